package millrace.wire;

import millrace.protocol.ApiKey;

/// Is told what passes through the wire. Called on event loops, many times a second: it counts and returns.
public interface Meter {
    /// A request has been answered, in line, and its response handed to the connection.
    /// @param fromReplica whether a replica or an observer of the quorum asks, not a client
    /// @param handlingNanos in the handler, up to its first answer
    /// @param totalNanos from the request's last byte to the response's turn
    default void answered(ApiKey api, boolean fromReplica, short version, int requestBytes, long handlingNanos, long totalNanos) {}

    /// A handler has thrown.
    default void failed(ApiKey api, short version) {}

    /// @param loop the number of the event loop that the connection belongs to
    default void connectionOpened(String listenerName, int loop) {}

    default void connectionClosed(String listenerName, int loop) {}

    /// A connection was not let in, or was closed because of what it sent.
    default void connectionRefused(String listenerName) {}

    Meter NONE = new Meter() {};
}
