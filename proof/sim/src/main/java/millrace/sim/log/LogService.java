package millrace.sim.log;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import millrace.protocol.ErrorCode;
import millrace.sim.Node;

/// Whoever keeps the partitions: a bare [LogNode], or a [WholeNode] behind its wire. It dies and comes back as the world wishes; whoever waits
/// for an answer then waits for ever, as on a real network.
public interface LogService {
    /// What a client is told about a produce.
    sealed interface Reply {
        record Acked(long firstOffset) implements Reply {}

        /// It did not happen.
        record Refused(ErrorCode error, String message) implements Reply {}
    }

    /// What a reader is told.
    sealed interface Answer {
        record Bytes(ByteBuffer bytes) implements Answer {}

        record OutOfRange(long logStartOffset, long logEndOffset) implements Answer {}
    }

    Node node();

    void start();

    boolean isServing();

    /// @return how often it has been started
    int lives();

    /// @return whether the device has damaged the only copy in a way that the node refuses to serve, once and for all
    boolean hasFailedClosed();

    void produce(int partition, ByteBuffer batch, Consumer<Reply> reply);

    void read(int partition, long from, int maxBytes, Consumer<Answer> answer);

    /// @param answer is given the end (exclusive) of what readers are shown
    void endOffset(int partition, LongConsumer answer);
}
