package millrace.coordination;

import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

import millrace.core.CoordinatorCore;
import millrace.protocol.ErrorCode;
import millrace.record.ControlRecords;
import millrace.record.CorruptRecord;
import millrace.record.DecodeLimits;
import millrace.record.Record;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;
import millrace.record.RecordCursor;

/// Applies a partition's whole log to a new core. Blocking: for a worker, not for a loop.
///
/// Everything up to the log's end counts, not just what is committed: this broker leads, so all of it will be, or it does not lead
/// any more.
final class CoordinatorLoader<Change> {
    /// What one batch may unfold to. Far above what any coordinator writes, far below what would hurt.
    private static final DecodeLimits LIMITS = new DecodeLimits(256L * 1024 * 1024);

    private final CoordinatorPartition partition;
    private final ChangeFormat<Change> format;
    private final int bufferBytes;
    private long records;

    CoordinatorLoader(CoordinatorPartition partition, ChangeFormat<Change> format, int bufferBytes) {
        this.partition = partition;
        this.format = format;
        this.bufferBytes = bufferBytes;
    }

    /// @param unwanted is asked from time to time; when it says so the rest is left
    /// @return the log's end: where the next batch will begin
    /// @throws CorruptRecord or [millrace.protocol.MalformedMessage] when the log holds what cannot be read
    long load(CoordinatorCore<?, Change, ?> core, BooleanSupplier unwanted) {
        long end = partition.logEndOffset();
        long next = partition.logStartOffset();
        while (next < end && !unwanted.getAsBoolean()) {
            ByteBuffer bytes = partition.readBytes(next, bufferBytes);
            if (!bytes.hasRemaining()) break;       // compaction has left nothing of the rest
            for (RecordBatch batch : RecordBatches.of(bytes)) {
                apply(batch, next, core);
                next = Math.max(next, batch.nextOffset());
            }
        }
        return end;
    }

    /// @return how many records were applied
    long records() {
        return records;
    }

    private void apply(RecordBatch batch, long fromOffset, CoordinatorCore<?, Change, ?> core) {
        if (batch.nextOffset() <= fromOffset) return;
        if (!batch.crcMatches()) throw new CorruptRecord(ErrorCode.CORRUPT_MESSAGE,
                "a batch of " + partition.topicPartition() + " at offset " + batch.baseOffset() + " does not match its checksum");
        try (RecordCursor cursor = batch.records(LIMITS)) {
            while (cursor.hasNext()) {
                Record record = cursor.next();
                if (record.offset() < fromOffset || record.key() == null) continue;
                Change change = batch.isControl() ? marker(batch, record) : format.read(batch.isTransactional() ? batch.producerId() : -1, record.key(), record.value());
                records++;
                if (change != null) core.apply(change);
            }
        }
    }

    private Change marker(RecordBatch batch, Record record) {
        short type = ControlRecords.type(record.key());
        boolean ends = type == ControlRecords.COMMIT || type == ControlRecords.ABORT;
        return ends ? format.transactionEnded(batch.producerId(), type == ControlRecords.COMMIT) : null;
    }
}
