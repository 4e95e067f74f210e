package millrace.wire;

/// The bounds of one listener.
///
/// @param maxRequestBytes a larger frame closes the connection (`socket.request.max.bytes`)
/// @param maxFirstRequestBytes the same for the first frame of a connection, from a peer of whom nothing is known yet
/// @param maxIdleMs a connection over which nothing has moved for so long, and that waits for nothing, is closed (`connections.max.idle.ms`); negative for never
/// @param maxUnfinishedFrameMs within this time after its first byte a frame must be whole, and within an eighth of it while others wait for
///     request memory; meant against peers that drip
/// @param maxConnections of this listener (`listener.name.<name>.max.connections`)
/// @param maxInFlightRequests of one connection that wait for their answers; then no more are read
/// @param maxUnsentBytes of one connection: responses that wait for an earlier one or for the peer to take them; then no more requests are read
/// @param maxRequestsPerTurn of one connection, before the others of its loop are served
public record ListenerSettings(int maxRequestBytes, int maxFirstRequestBytes, long maxIdleMs, long maxUnfinishedFrameMs, int maxConnections,
                               int maxInFlightRequests, int maxUnsentBytes, int maxRequestsPerTurn) {
    public static final ListenerSettings DEFAULTS =
        new ListenerSettings(100 << 20, 100 << 20, 600_000, 120_000, Integer.MAX_VALUE, 128, 1 << 20, 64);

    public ListenerSettings withMaxRequestBytes(int bytes) {
        return new ListenerSettings(bytes, Math.min(bytes, maxFirstRequestBytes), maxIdleMs, maxUnfinishedFrameMs, maxConnections,
            maxInFlightRequests, maxUnsentBytes, maxRequestsPerTurn);
    }

    public ListenerSettings withMaxFirstRequestBytes(int bytes) {
        return new ListenerSettings(maxRequestBytes, bytes, maxIdleMs, maxUnfinishedFrameMs, maxConnections, maxInFlightRequests,
            maxUnsentBytes, maxRequestsPerTurn);
    }

    public ListenerSettings withMaxIdleMs(long ms) {
        return new ListenerSettings(maxRequestBytes, maxFirstRequestBytes, ms, maxUnfinishedFrameMs, maxConnections, maxInFlightRequests,
            maxUnsentBytes, maxRequestsPerTurn);
    }

    public ListenerSettings withMaxUnfinishedFrameMs(long ms) {
        return new ListenerSettings(maxRequestBytes, maxFirstRequestBytes, maxIdleMs, ms, maxConnections, maxInFlightRequests,
            maxUnsentBytes, maxRequestsPerTurn);
    }

    public ListenerSettings withMaxConnections(int connections) {
        return new ListenerSettings(maxRequestBytes, maxFirstRequestBytes, maxIdleMs, maxUnfinishedFrameMs, connections, maxInFlightRequests,
            maxUnsentBytes, maxRequestsPerTurn);
    }

    public ListenerSettings withMaxInFlightRequests(int requests) {
        return new ListenerSettings(maxRequestBytes, maxFirstRequestBytes, maxIdleMs, maxUnfinishedFrameMs, maxConnections, requests,
            maxUnsentBytes, maxRequestsPerTurn);
    }

    public ListenerSettings withMaxUnsentBytes(int bytes) {
        return new ListenerSettings(maxRequestBytes, maxFirstRequestBytes, maxIdleMs, maxUnfinishedFrameMs, maxConnections,
            maxInFlightRequests, bytes, maxRequestsPerTurn);
    }
}
