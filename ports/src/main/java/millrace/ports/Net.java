package millrace.ports;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// Connections: bytes in, bytes and file regions out. Framing and meaning are the wire's ([ConnectionDriver]).
public interface Net {
    /// Takes the address. Connections that come wait with the operating system until [Listening#accept].
    /// @throws IOException when the address cannot be bound; the text names host and port
    Listening listen(String host, int port) throws IOException;

    /// Opens a connection. `driver` hears [ConnectionDriver#onOpen] or, when it cannot be made, only [ConnectionDriver#onClosed].
    void connect(String host, int port, EventLoop loop, ConnectionDriver driver);

    /// The loops that own connections, for work that wants a loop without a connection.
    List<? extends EventLoop> loops();

    interface Listening extends AutoCloseable {
        String host();

        /// The port really bound (differs from the one asked for when that was 0).
        int port();

        /// Begins to accept, once. Each connection is bound to one of the event loops for its whole life.
        void accept(DriverFactory drivers);

        /// Stops accepting, and gives the address back: it can be taken again at once. Connections already open go on.
        @Override void close();
    }

    interface DriverFactory {
        /// Called on the connection's loop.
        /// @return null to refuse the connection at once
        ConnectionDriver accept(Link link);
    }

    /// The wire's end of a connection: called by its loop only.
    interface ConnectionDriver {
        void onOpen(Link link);

        /// Bytes have come. The buffer is the binding's and valid during the call only; the driver takes what it needs (all of it).
        void onBytes(ByteBuffer bytes);

        /// What was written has drained below the low mark after [Link#isWritable] had turned false.
        void onWritable();

        /// The connection is gone (peer, error, or [Link#close]); called exactly once, last.
        /// @param cause null for an orderly end
        void onClosed(Throwable cause);
    }

    /// The binding's end of a connection. All methods on the connection's loop only, but for [#loop].
    interface Link {
        EventLoop loop();

        /// The peer as `address:port`, for logs.
        String peer();

        /// The peer's address alone, as Kafka shows it (`127.0.0.1`).
        String peerAddress();

        int localPort();

        /// Queues one message. Parts are sent in order; [ByteBuffer] parts belong to the link from now on (they must not be
        /// changed), a [FileRecords] part is released by the link once sent or dropped.
        /// @param whenDone runs on the loop when the whole message has been handed to the kernel or dropped; may be null
        void write(List<Object> parts, Runnable whenDone);

        /// Hands everything queued to the kernel.
        void flush();

        /// @return false while more than the high mark of bytes waits to be taken by the peer
        boolean isWritable();

        /// Stops or resumes reading from the socket (back pressure).
        void setReading(boolean reading);

        /// Closes after what is queued has been flushed, or right away.
        void close(boolean afterFlush);
    }
}
