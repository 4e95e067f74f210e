package millrace.storage.cleaner;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Consumer;
import millrace.record.ControlRecord;
import millrace.record.ControlRecords;
import millrace.record.DecodeLimits;
import millrace.record.Record;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;
import millrace.record.RecordCursor;
import millrace.record.TimestampType;
import millrace.storage.log.AbortedTransaction;
import millrace.storage.log.LastRecord;

/// Decides what stays of each batch, in the order of the log.
///
/// | record                                           | stays                                                                  |
/// |--------------------------------------------------|------------------------------------------------------------------------|
/// | of an aborted transaction                        | no                                                                     |
/// | above what the key map covers                    | yes: it may be the latest                                              |
/// | with a later value of its key in the dirty part  | no                                                                     |
/// | a tombstone                                      | until the batch's delete horizon, which the pass that meets it first sets |
/// | a marker                                         | while anything of its transaction is left, then until the delete horizon  |
/// | without a key                                    | no: a compacted topic takes none, so it is from before it was one       |
///
/// A batch that loses all its records goes, but for the last one of an active producer (its sequence is the next one's measure) and the one
/// that ends at the high watermark (its offset tells where the log ends): those stay as a header. What stays whole is copied as it is.
///
/// For one pass, by one thread.
final class BatchSieve implements Sieve {
    private final KeyMap keys;
    private final TransactionWalk transactions;
    private final SortedMap<Long, LastRecord> lastRecords;
    private final long highWatermark;
    private final long timestampMs;
    private final long deleteRetentionMs;
    private final DecodeLimits limits;
    private long recordsRead;
    private long recordsKept;

    /// @param lastRecords of the producers that are active
    /// @param timestampMs wall clock, to measure delete horizons by
    BatchSieve(KeyMap keys, TransactionWalk transactions, SortedMap<Long, LastRecord> lastRecords, long highWatermark, long timestampMs, long deleteRetentionMs, DecodeLimits limits) {
        this.keys = keys;
        this.transactions = transactions;
        this.lastRecords = lastRecords;
        this.highWatermark = highWatermark;
        this.timestampMs = timestampMs;
        this.deleteRetentionMs = deleteRetentionMs;
        this.limits = limits;
    }

    @Override public ByteBuffer sift(RecordBatch batch, Consumer<AbortedTransaction> stillAborted) {
        return batch.isControl() ? siftControl(batch, stillAborted) : siftData(batch);
    }

    private ByteBuffer siftControl(RecordBatch batch, Consumer<AbortedTransaction> stillAborted) {
        TransactionWalk.Marker marker = transactions.marker(batch, controlRecord(batch, limits));
        if (marker.stillAborted() != null) stillAborted.accept(marker.stillAborted());
        recordsRead += batch.recordCount();
        if (batch.recordCount() == 0 || marker.nothingLeft() && isPastHorizon(batch)) return headerIfNeeded(batch);
        recordsKept += batch.recordCount();
        if (!marker.nothingLeft() || batch.hasDeleteHorizon()) return batch.bytes();
        return rebuilt(batch, records(batch), true);
    }

    /// @return null when the batch holds no record any more
    static ControlRecord controlRecord(RecordBatch batch, DecodeLimits limits) {
        try (RecordCursor records = batch.records(limits)) {
            return records.hasNext() ? ControlRecords.parse(records.next()) : null;
        }
    }

    private List<Record> records(RecordBatch batch) {
        var all = new ArrayList<Record>(1);
        try (RecordCursor records = batch.records(limits)) {
            while (records.hasNext()) all.add(records.next());
        }
        return all;
    }

    private ByteBuffer siftData(RecordBatch batch) {
        recordsRead += batch.recordCount();
        if (transactions.isAborted(batch)) return headerIfNeeded(batch);
        var kept = new ArrayList<Record>(Math.min(batch.recordCount(), batch.sizeInBytes()));
        boolean hasTombstones = false;
        try (RecordCursor records = batch.records(limits)) {
            while (records.hasNext()) {
                Record record = records.next();
                if (!stays(batch, record)) continue;
                kept.add(record);
                hasTombstones |= !record.hasValue();
            }
        }
        if (kept.isEmpty()) return headerIfNeeded(batch);
        recordsKept += kept.size();
        boolean needsHorizon = hasTombstones && !batch.hasDeleteHorizon();
        if (kept.size() == batch.recordCount() && !needsHorizon) return batch.bytes();
        return rebuilt(batch, kept, needsHorizon);
    }

    private boolean stays(RecordBatch batch, Record record) {
        if (record.offset() > keys.latestOffset()) return true;
        if (!record.hasKey() || record.offset() < keys.get(record.key())) return false;
        return record.hasValue() || !isPastHorizon(batch);
    }

    private boolean isPastHorizon(RecordBatch batch) {
        return batch.hasDeleteHorizon() && batch.deleteHorizonMs() <= timestampMs;
    }

    private ByteBuffer headerIfNeeded(RecordBatch batch) {
        if (batch.nextOffset() != highWatermark && !isLastOfItsProducer(batch)) return null;
        try (var header = new RecordBatchBuilder(RecordBatch.HEADER_BYTES)) {
            placed(header, batch);
            return header.emptied(batch.timestampType(), batch.maxTimestamp()).build();
        }
    }

    private boolean isLastOfItsProducer(RecordBatch batch) {
        LastRecord last = batch.hasProducerId() ? lastRecords.get(batch.producerId()) : null;
        if (last == null) return false;
        return last.lastDataOffset() >= 0 ? batch.lastOffset() == last.lastDataOffset() : batch.isControl() && batch.producerEpoch() == last.producerEpoch();
    }

    private ByteBuffer rebuilt(RecordBatch batch, List<Record> records, boolean needsHorizon) {
        try (var builder = new RecordBatchBuilder(batch.sizeInBytes()).codec(batch.codec())) {
            placed(builder, batch);
            if (batch.timestampType() == TimestampType.LOG_APPEND_TIME) builder.logAppendTime(batch.maxTimestamp());
            if (needsHorizon) builder.deleteHorizon(timestampMs + deleteRetentionMs);
            else if (batch.hasDeleteHorizon()) builder.deleteHorizon(batch.deleteHorizonMs());
            for (Record each : records) builder.appendUnchanged(each);
            return builder.build();
        }
    }

    private static void placed(RecordBatchBuilder builder, RecordBatch batch) {
        builder.baseOffset(batch.baseOffset()).lastOffset(batch.lastOffset()).partitionLeaderEpoch(batch.partitionLeaderEpoch())
                .producer(batch.producerId(), batch.producerEpoch(), batch.baseSequence()).transactional(batch.isTransactional()).control(batch.isControl());
    }

    long recordsRead() {
        return recordsRead;
    }

    long recordsKept() {
        return recordsKept;
    }
}
