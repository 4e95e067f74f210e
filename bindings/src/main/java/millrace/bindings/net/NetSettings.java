package millrace.bindings.net;

/// How sockets are set up.
///
/// @param loops event loops, one thread each
/// @param backlog connections that wait to be accepted (`socket.listen.backlog.size`)
/// @param sendBufferBytes of the socket, -1 to leave it to the operating system (`socket.send.buffer.bytes`)
/// @param receiveBufferBytes of the socket, -1 to leave it to the operating system (`socket.receive.buffer.bytes`)
/// @param maxReadBytes most bytes that one read takes from a socket; a frame that comes whole in one read is not copied
/// @param lowMarkBytes and `highMarkBytes`: a link stops being writable above the high mark and is so again below the low one
/// @param connectTimeoutMs for connections from here
public record NetSettings(int loops, int backlog, int sendBufferBytes, int receiveBufferBytes, int maxReadBytes, int lowMarkBytes, int highMarkBytes,
                          int connectTimeoutMs) {
    public static NetSettings defaults() {
        return new NetSettings(Runtime.getRuntime().availableProcessors(), 1_024, -1, -1, 1 << 20, 256 << 10, 1 << 20, 10_000);
    }

    public NetSettings withLoops(int count) {
        return new NetSettings(count, backlog, sendBufferBytes, receiveBufferBytes, maxReadBytes, lowMarkBytes, highMarkBytes, connectTimeoutMs);
    }

    public NetSettings withBacklog(int connections) {
        return new NetSettings(loops, connections, sendBufferBytes, receiveBufferBytes, maxReadBytes, lowMarkBytes, highMarkBytes, connectTimeoutMs);
    }

    public NetSettings withSocketBuffers(int sendBytes, int receiveBytes) {
        return new NetSettings(loops, backlog, sendBytes, receiveBytes, maxReadBytes, lowMarkBytes, highMarkBytes, connectTimeoutMs);
    }
}
