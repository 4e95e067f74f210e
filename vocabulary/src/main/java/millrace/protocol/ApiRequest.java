package millrace.protocol;

/// What a client asks.
public interface ApiRequest extends Message {
    ApiKey apiKey();
}
