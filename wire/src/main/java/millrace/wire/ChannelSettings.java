package millrace.wire;

/// The bounds of one channel.
///
/// @param clientId in the header of each request
/// @param maxResponseBytes a larger frame closes the channel
/// @param maxInFlightRequests without an answer; one more is not sent
/// @param maxUnsentBytes of requests that the peer has not taken; one more is not sent
public record ChannelSettings(String clientId, int maxResponseBytes, int maxInFlightRequests, long maxUnsentBytes) {
    public static ChannelSettings of(String clientId) {
        return new ChannelSettings(clientId, 256 << 20, 128, 64 << 20);
    }
}
