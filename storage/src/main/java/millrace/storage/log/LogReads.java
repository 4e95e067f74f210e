package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import millrace.ports.DiskFile;
import millrace.ports.FileRecords;
import millrace.record.DecodeLimits;
import millrace.record.MemoryRecords;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;
import millrace.record.RecordCursor;
import millrace.storage.file.SmallFiles;
import millrace.storage.identity.IdentityChain;

/// Finding things in a log that is being appended to. No lock: it works on one published [LogEnd] and one array of segments, taken in
/// that order, so that the segment of the end is in the array.
final class LogReads {
    static final ReadResult.Read NOTHING = new ReadResult.Read(MemoryRecords.EMPTY, 0, -1, List.of());

    private final LogSegment[] segments;
    private final LogEnd end;

    LogReads(LogSegment[] segments, LogEnd end) {
        this.segments = segments;
        this.end = end;
    }

    /// @return whether they are still the log's: else a segment may have been gone in the middle of a look
    boolean areOf(LogSegment[] now) {
        return segments == now;
    }

    /// The last segment that begins at `offset` or below, the first one when none does.
    static int floor(LogSegment[] segments, long offset) {
        int low = 0;
        int high = segments.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (segments[middle].baseOffset <= offset) low = middle + 1;
            else high = middle - 1;
        }
        return Math.max(0, high);
    }

    /// @return null when a segment left the log meanwhile: look again
    ReadResult read(long startOffset, int maxBytes, long bound, boolean atLeastOneBatch) throws IOException {
        for (int i = floor(segments, startOffset); i < segments.length; i++) {
            LogSegment segment = segments[i];
            if (segment.baseOffset >= bound) return NOTHING;
            LogSegment.Open held = segment.use();
            if (held == null) return null;
            boolean handedOn = false;
            try {
                int limit = limit(segment);
                IdentityChain claims = segment.identity();
                if (claims != null && !segment.identity.isGoodAt(held.file(), claims, startOffset)) return damaged(segment, claims, startOffset);
                LogSegment.Found first = segment.lookUp.find(held, startOffset, limit);
                if (first == null) continue;                                     // compaction left nothing of it in this segment
                if (first.lastOffset() >= bound) return NOTHING;
                int wanted = atLeastOneBatch ? Math.max(maxBytes, first.sizeInBytes()) : maxBytes;
                int bytes = Math.min(endPosition(i, held, claims, limit, bound) - first.position(), wanted);
                if (bytes <= 0) return NOTHING;
                if (claims != null) bytes = segment.identity.goodUntil(held.file(), claims, first.position(), first.position() + bytes) - first.position();
                if (claims != null && claims.isSuperseded()) return null;
                if (bytes <= 0) return damaged(segment, claims, first.baseOffset());
                var records = new FileRecords(held.file(), first.position(), bytes);
                var read = new ReadResult.Read(records, first.sizeInBytes(), segment.baseOffset, aborted(i, held, startOffset, (long) first.position() + bytes));
                handedOn = true;
                return read;
            } finally {
                if (!handedOn) held.file().release();
            }
        }
        return NOTHING;
    }

    /// @return null when the segment has changed by right meanwhile
    private static ReadResult damaged(LogSegment segment, IdentityChain claims, long offset) {
        if (claims.isSuperseded()) return null;
        throw CorruptSegment.damaged(segment.logFile(), SegmentIdentity.startOf(claims, offset), offset);
    }

    private int limit(LogSegment segment) {
        return segment == end.segment() ? end.position() : segment.sizeInBytes();
    }

    /// Where the last batch ends that lies below `bound` with all its records.
    private int endPosition(int index, LogSegment.Open held, IdentityChain claims, int limit, long bound) throws IOException {
        if (bound >= end.offset()) return limit;
        if (index + 1 < segments.length && segments[index + 1].baseOffset <= bound) return limit;
        if (claims != null && !segments[index].identity.isGoodAt(held.file(), claims, bound)) return Math.min(limit, SegmentIdentity.startOf(claims, bound));
        LogSegment.Found beyond = segments[index].lookUp.find(held, bound, limit);
        return beyond == null ? limit : beyond.position();
    }

    private List<AbortedTransaction> aborted(int index, LogSegment.Open held, long fromOffset, long endPosition) throws IOException {
        List<AbortedTransaction> found = null;
        long upperBound = -1;
        for (int i = index; i < segments.length; i++) {
            TransactionIndex transactions = segments[i].transactions();
            if (transactions.entries().isEmpty()) continue;
            if (found == null) {
                found = new ArrayList<>();
                upperBound = segments[index].lookUp.upperBoundAt(held, endPosition, index + 1 < segments.length ? segments[index + 1].baseOffset : end.offset());
            }
            if (transactions.collect(fromOffset, upperBound, found)) break;
        }
        return found == null ? List.of() : found;
    }

    /// The first record at `fromOffset` or behind it that is as late as `timestampMs`.
    Optional<TimestampOffset> offsetForTimestamp(long timestampMs, long fromOffset, DecodeLimits limits) throws IOException {
        for (LogSegment segment : segments) {
            if (limit(segment) == 0 || segment.times.largest() < timestampMs) continue;
            LogSegment.Open held = segment.use();
            if (held == null) continue;                                          // deleted: what is asked for lies behind it
            try {
                long from = fromOffset;
                for (LogSegment.Found batch; (batch = segment.lookUp.findTimestamp(held, timestampMs, from, limit(segment))) != null; from = batch.lastOffset() + 1) {
                    TimestampOffset record = firstRecord(held.file(), batch, timestampMs, fromOffset, limits);
                    if (record != null) return Optional.of(record);
                }
            } finally {
                held.file().release();
            }
        }
        return Optional.empty();
    }

    /// The first record that has the largest timestamp of all.
    Optional<TimestampOffset> maxTimestampOffset(DecodeLimits limits) throws IOException {
        LogSegment newest = null;
        for (LogSegment segment : segments) {
            if (limit(segment) > 0 && segment.times.largest() >= 0 && (newest == null || segment.times.largest() > newest.times.largest())) newest = segment;
        }
        if (newest == null) return Optional.empty();
        LogSegment.Open held = newest.use();
        if (held == null) return Optional.empty();
        try {
            LogSegment.Found batch = newest.lookUp.find(held, newest.times.offsetOfLargest(), limit(newest));
            return batch == null ? Optional.empty() : Optional.ofNullable(firstRecord(held.file(), batch, batch.maxTimestamp(), Long.MIN_VALUE, limits));
        } finally {
            held.file().release();
        }
    }

    private static TimestampOffset firstRecord(DiskFile file, LogSegment.Found where, long timestampMs, long fromOffset, DecodeLimits limits) throws IOException {
        RecordBatch batch = batch(file, where.position(), where.sizeInBytes());
        try (RecordCursor records = batch.records(limits)) {
            while (records.advance()) {
                if (records.timestamp() >= timestampMs && records.offset() >= fromOffset)
                    return new TimestampOffset(records.timestamp(), records.offset(), batch.partitionLeaderEpoch());
            }
        }
        return null;
    }

    /// Reads one batch whole.
    static RecordBatch batch(DiskFile file, int position, int sizeInBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(sizeInBytes);
        SmallFiles.readFully(file, bytes, position);
        return RecordBatch.at(bytes.flip(), 0);
    }

    /// Copies a region's whole batches into memory.
    static ByteBuffer copy(FileRecords region) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(region.sizeInBytes());
        SmallFiles.readFully(region.file(), bytes, region.position());
        bytes.flip();
        return bytes.limit(RecordBatches.of(bytes).wholeBytes());
    }
}
