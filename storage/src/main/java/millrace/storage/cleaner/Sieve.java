package millrace.storage.cleaner;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import millrace.record.RecordBatch;
import millrace.storage.log.AbortedTransaction;

/// What stays of a batch. One there is ([BatchSieve]); the simulation puts a careless one around it to see that its checkers are awake.
public interface Sieve {
    /// @param stillAborted is told of each aborted transaction whose marker was met and stays needed
    /// @return the whole batch that stays, the same or a smaller one; null when nothing does
    ByteBuffer sift(RecordBatch batch, Consumer<AbortedTransaction> stillAborted);
}
