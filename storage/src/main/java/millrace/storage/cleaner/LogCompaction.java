package millrace.storage.cleaner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import millrace.record.DecodeLimits;
import millrace.record.RecordBatch;
import millrace.record.RecordCursor;
import millrace.storage.log.AbortedTransaction;
import millrace.storage.log.CleanedSegment;
import millrace.storage.log.LastRecord;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogRewrite;
import millrace.storage.log.PartitionLog;
import millrace.storage.log.SegmentFacts;
import millrace.storage.log.SegmentReader;

/// One pass over one log. Blocking.
final class LogCompaction {
    /// @param cleanedUpTo exclusive: the next pass begins here
    record Result(long cleanedUpTo, long bytesRead, long bytesKept, long recordsRead, long recordsKept, long keys, long keyMapBytes) {}

    private final PartitionLog log;
    private final LogConfig config;
    private final Cleanable range;
    private final LogRewrite rewrite;
    private final long timestampMs;
    private final IntConsumer throttle;
    private final UnaryOperator<Sieve> around;
    private final DecodeLimits limits;
    private final ByteBuffer readBuffer;
    private final ByteBuffer writeBuffer;
    private long bytesRead;
    private long bytesKept;

    /// @param rewrite     of the segments by which the range was found
    /// @param timestampMs wall clock, to measure delete horizons by
    /// @param throttle    is told of bytes before they are read or written; may wait, and may throw to end the pass
    /// @param around      the sieve that is used instead of the one given
    LogCompaction(PartitionLog log, LogRewrite rewrite, Cleanable range, CleanerSettings settings, long timestampMs, IntConsumer throttle, UnaryOperator<Sieve> around) {
        this.log = log;
        this.config = log.config();
        this.range = range;
        this.rewrite = rewrite;
        this.timestampMs = timestampMs;
        this.throttle = throttle;
        this.around = around;
        this.limits = DecodeLimits.ofSetting(config.maxDecompressedMessageBytes());
        this.readBuffer = ByteBuffer.allocate(settings.ioBufferBytes() / 2);
        this.writeBuffer = ByteBuffer.allocate(settings.ioBufferBytes() / 2);
    }

    /// @param hash of this pass
    Result run(CleanerSettings settings, KeyHash hash) throws IOException {
        List<SegmentFacts> cleanable = rewrite.segments(LogRewrite.Detail.INDEXES).stream().filter(segment -> segment.baseOffset() < range.firstUncleanableOffset()).toList();
        long offsets = range.firstUncleanableOffset() - range.firstDirtyOffset();
        try (var keys = new KeyMap(settings.keyMapBytes(), settings.loadFactor(), offsets, hash)) {
            collectKeys(cleanable, keys);
            long cleanedUpTo = keys.latestOffset() + 1;
            BatchSieve sieve = sieve(keys, cleanable, cleanedUpTo);
            List<SegmentFacts> covered = cleanable.stream().filter(segment -> segment.baseOffset() < cleanedUpTo).toList();
            Sieve used = around.apply(sieve);
            for (List<SegmentFacts> group : SegmentGroups.bySize(covered, config.segmentBytes(), config.segmentIndexBytes())) clean(group, used);
            return new Result(cleanedUpTo, bytesRead, bytesKept, sieve.recordsRead(), sieve.recordsKept(), keys.keys(), keys.bytes());
        }
    }

    // ---- which keys have a later value? ----

    private void collectKeys(List<SegmentFacts> cleanable, KeyMap keys) throws IOException {
        var transactions = new TransactionWalk(rewrite.abortedTransactions(range.firstDirtyOffset(), range.firstUncleanableOffset()));
        for (SegmentFacts segment : cleanable) {
            if (segment.nextBaseOffset() <= range.firstDirtyOffset()) continue;
            if (!collectKeys(segment, keys, transactions)) return;
            keys.coversUpTo(segment.lastOffset());
        }
    }

    /// @return false when the map is full
    private boolean collectKeys(SegmentFacts segment, KeyMap keys, TransactionWalk transactions) throws IOException {
        try (SegmentReader batches = rewrite.read(segment, range.firstDirtyOffset(), readBuffer, throttle)) {
            for (RecordBatch batch; (batch = batches.next()) != null; ) {
                boolean aborted = !batch.isControl() && transactions.isAborted(batch);
                if (batch.isControl()) transactions.marker(batch, BatchSieve.controlRecord(batch, limits));
                else if (!aborted && !collectKeys(batch, keys)) return false;
                if (batch.lastOffset() >= range.firstDirtyOffset()) keys.coversUpTo(batch.lastOffset());
            }
            bytesRead += batches.bytesRead();
            return true;
        }
    }

    private boolean collectKeys(RecordBatch batch, KeyMap keys) {
        try (RecordCursor records = batch.records(limits)) {
            while (records.advance()) {
                if (!records.hasKey() || records.offset() < range.firstDirtyOffset()) continue;
                if (keys.isFull()) return false;
                keys.put(records.key(), records.offset());
            }
            return true;
        }
    }

    // ---- what stays? ----

    /// Aborted transactions are asked for up to the end of the last segment that is rewritten, also where the map ended within it: a
    /// transaction that the sieve does not know as aborted would become committed (KAFKA-13727).
    private BatchSieve sieve(KeyMap keys, List<SegmentFacts> cleanable, long cleanedUpTo) throws IOException {
        long end = cleanable.stream().filter(segment -> segment.baseOffset() < cleanedUpTo).mapToLong(SegmentFacts::nextBaseOffset).max().orElse(cleanedUpTo);
        SortedMap<Long, LastRecord> lastRecords = log.lastRecordsOfProducers();
        var transactions = new TransactionWalk(rewrite.abortedTransactions(cleanable.getFirst().baseOffset(), end));
        return new BatchSieve(keys, transactions, lastRecords, log.highWatermark(), timestampMs, config.deleteRetentionMs(), limits);
    }

    private void clean(List<SegmentFacts> group, Sieve sieve) throws IOException {
        CleanedSegment cleaned = rewrite.begin(group.getFirst(), writeBuffer);
        boolean done = false;
        try {
            for (SegmentFacts segment : group) sift(segment, sieve, cleaned);
            cleaned.finish();
            bytesKept += cleaned.sizeInBytes();
            rewrite.replace(group, cleaned);
            done = true;
        } catch (LogDirFailure halfway) {
            done = true;                                             // it may be all that is left of the group: the next start decides what counts
            throw halfway;
        } finally {
            if (!done) discard(cleaned);
        }
    }

    private void sift(SegmentFacts segment, Sieve sieve, CleanedSegment into) throws IOException {
        try (SegmentReader batches = rewrite.read(segment, segment.baseOffset(), readBuffer, throttle)) {
            for (RecordBatch batch; (batch = batches.next()) != null; ) {
                ByteBuffer kept = sieve.sift(batch, aborted -> add(aborted, into));
                if (kept == null) continue;
                throttle.accept(kept.remaining());
                into.append(kept);
            }
            bytesRead += batches.bytesRead();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void add(AbortedTransaction aborted, CleanedSegment into) {
        try {
            into.addAborted(aborted);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What ended the pass is told; that its remains cannot be deleted now is not: the next attempt or start deletes them.
    private void discard(CleanedSegment cleaned) {
        if (log.isClosed()) return;                                  // the folder may be another log's by now
        try {
            cleaned.discard();
        } catch (IOException left) {
            // See above.
        }
    }
}
