package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import millrace.ports.FileRecords;

/// How a log is read while it is appended to, truncated, shortened and cleaned.
///
///     published end ─▶ segment ─▶ index ─▶ region of the file            (no lock)
///
/// Invariant: what is returned was all of one log at one moment. Each look ([LogReads]) works on one end and one array of segments; where the
/// segments are others afterwards it is done again.
final class LogReader {
    private final LogState state;

    LogReader(LogState state) {
        this.state = state;
    }

    ReadResult read(long startOffset, int maxBytes, long beforeOffset, boolean atLeastOneBatch) {
        while (true) {
            LogEnd end = state.end();
            long start = state.logStartOffset();
            if (state.isClosed()) throw new LogClosed(state.topicPartition());
            if (startOffset < start || startOffset > end.offset()) return new ReadResult.OutOfRange(start, end.offset());
            long bound = Math.min(beforeOffset, end.offset());
            if (startOffset >= bound) return LogReads.NOTHING;
            try {
                LogSegment[] now = state.segments();
                ReadResult result = new LogReads(now, end).read(startOffset, maxBytes, bound, atLeastOneBatch);
                if (result != null && state.segments() == now) return result;
                if (result instanceof ReadResult.Read stale) stale.release();            // a transaction index may have been gone already
            } catch (IOException e) {
                throw state.failed(e, "read from offset " + startOffset);
            }
        }
    }

    ByteBuffer readBytes(long startOffset, int maxBytes, long beforeOffset) {
        if (!(read(startOffset, maxBytes, beforeOffset, true) instanceof ReadResult.Read read) || !(read.records() instanceof FileRecords region)) return ByteBuffer.allocate(0);
        try {
            return LogReads.copy(region);
        } catch (IOException e) {
            throw state.failed(e, "read from offset " + startOffset);
        } finally {
            region.release();
        }
    }

    Optional<TimestampOffset> offsetForTimestamp(long timestampMs) {
        try {
            while (true) {
                LogReads reads = reads();
                Optional<TimestampOffset> found = reads.offsetForTimestamp(timestampMs, state.logStartOffset(), state.rules().limits());
                if (reads.areOf(state.segments())) return found;
            }
        } catch (IOException e) {
            throw state.failed(e, "look for the timestamp " + timestampMs);
        }
    }

    Optional<TimestampOffset> maxTimestampOffset() {
        try {
            while (true) {
                LogReads reads = reads();
                Optional<TimestampOffset> found = reads.maxTimestampOffset(state.rules().limits());
                if (reads.areOf(state.segments())) return found;
            }
        } catch (IOException e) {
            throw state.failed(e, "look for the largest timestamp");
        }
    }

    /// The end first: what it says is in segments that are taken afterwards.
    private LogReads reads() {
        LogEnd end = state.end();
        return new LogReads(state.segments(), end);
    }
}
