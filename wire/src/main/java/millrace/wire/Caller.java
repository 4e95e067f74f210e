package millrace.wire;

import millrace.ports.EventLoop;

/// Who asks, over which connection, in which version: the circumstances of one request.
///
/// @param apiVersion of the request and so of its response
/// @param clientId as the request header says, "" when null
/// @param clientAddress the peer's address alone, as Kafka shows it (`127.0.0.1`); Kafka's ClientHost is this with a leading slash
/// @param principal `User:ANONYMOUS` until the connection has authenticated
/// @param listenerName the listener it came in by, e.g. `PLAINTEXT`
/// @param connectionId one for each connection, never reused while the node runs
/// @param loop the connection's
/// @param softwareName and `softwareVersion`: from ApiVersions v3+, "unknown" before
/// @param receivedMs monotonic milliseconds when the request's last byte had come
public record Caller(short apiVersion, String clientId, String clientAddress, String principal, String listenerName, String connectionId,
                     EventLoop loop, String softwareName, String softwareVersion, long receivedMs) {
    /// @return the number at the end of the connection's id; a connection that was accepted later has a higher one. 0 where there is none
    public long connectionNumber() {
        int digits = connectionId.length();
        while (digits > 0 && Character.isDigit(connectionId.charAt(digits - 1))) digits--;
        return digits == connectionId.length() ? 0 : Long.parseLong(connectionId, digits, connectionId.length(), 10);
    }

    /// The principal of whoever has not authenticated.
    public static final String ANONYMOUS = "User:ANONYMOUS";
}
