package millrace.storage.log;

import java.util.List;
import millrace.ports.FileRecords;
import millrace.record.Records;

/// What a read found.
public sealed interface ReadResult {
    /// Batches from the one that holds the asked offset on. The last one may be cut by the byte limit, as Kafka's readers expect.
    ///
    /// @param records             a [FileRecords] that the receiver releases once, or [millrace.record.MemoryRecords#EMPTY]
    /// @param firstBatchSize      bytes of the first batch, 0 when `records` is empty
    /// @param segmentBaseOffset   of the segment read, for tracing; -1 when nothing was read
    /// @param abortedTransactions those that have records in the region, for read_committed consumers
    record Read(Records records, int firstBatchSize, long segmentBaseOffset, List<AbortedTransaction> abortedTransactions) implements ReadResult {
        /// Gives the file back unread.
        public void release() {
            if (records instanceof FileRecords region) region.release();
        }
    }

    /// The asked offset is not in the log.
    record OutOfRange(long logStartOffset, long logEndOffset) implements ReadResult {}
}
