package millrace.protocol;

/// What a node answers.
public interface ApiResponse extends Message {
    ApiKey apiKey();
}
