package millrace.storage.log;

import java.util.List;
import millrace.protocol.ErrorCode;

/// What became of an append.
public sealed interface AppendResult {
    /// It is in the log (in the page cache; [PartitionLog#flushedOffset] tells what is on the device).
    ///
    /// @param logAppendTimeMs the leader's time that the batches were stamped with, wall clock; -1 with `CreateTime`
    /// @param maxTimestamp    largest record timestamp of the append, -1 when there is none
    /// @param bytes           as written, which differs from what was given where the topic's compression asked for a rewrite
    record Appended(long firstOffset, long lastOffset, long logAppendTimeMs, long logStartOffset, long maxTimestamp, int bytes) implements AppendResult {}

    /// The batch is one of its producer's last five: nothing was appended, these are its offsets of the first time.
    ///
    /// @param timestamp of the first time, as an append would have answered it
    record Duplicate(long firstOffset, long lastOffset, long timestamp, long logStartOffset) implements AppendResult {}

    /// It did not happen, and the log is as before.
    ///
    /// @param message      what was wrong, where, and what to do
    /// @param recordErrors the records at fault, when single ones are
    record Refused(ErrorCode error, String message, List<RecordError> recordErrors) implements AppendResult {}

    /// @param batchIndex index of the record within the batch, from 0
    record RecordError(int batchIndex, String message) {}
}
