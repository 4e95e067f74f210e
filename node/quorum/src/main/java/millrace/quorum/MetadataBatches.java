package millrace.quorum;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import millrace.common.OffsetAndEpoch;
import millrace.metadata.MetadataFrame;
import millrace.metadata.MetadataVersion;
import millrace.protocol.ErrorCode;
import millrace.protocol.metadata.MetadataRecord;
import millrace.record.ControlRecord;
import millrace.record.ControlRecords;
import millrace.record.CorruptRecord;
import millrace.record.DecodeLimits;
import millrace.record.Header;
import millrace.record.Record;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;
import millrace.record.RecordBatches;
import millrace.record.RecordCursor;

/// Metadata records to record batches and back. A record's key is null, its value a [MetadataFrame].
final class MetadataBatches {
    /// A batch is a unit of replication: a follower must be able to take it in one fetch (`controller.quorum.fetch.max.bytes` is 1 MiB by default).
    static final int MAX_BATCH_BYTES = 512 << 10;
    private static final int MAX_RECORDS = 10_000;
    private static final DecodeLimits LIMITS = new DecodeLimits(64 << 20);

    private MetadataBatches() {}

    /// The records cut into batches, in order; offsets from 0 on, to be assigned when they are appended.
    static List<ByteBuffer> write(List<? extends MetadataRecord> records, MetadataVersion metadataVersion, long timestampMs, int epoch, long baseOffset) {
        var batches = new ArrayList<ByteBuffer>();
        long offset = baseOffset;
        var frames = new ArrayList<ByteBuffer>();
        int bytes = 0;
        for (MetadataRecord record : records) {
            ByteBuffer frame = MetadataFrame.write(record, metadataVersion);
            int size = RecordBatchBuilder.largestSizeOf(null, frame, List.<Header>of());
            if (!frames.isEmpty() && (bytes + size > MAX_BATCH_BYTES || frames.size() == MAX_RECORDS)) {
                batches.add(batch(frames, timestampMs, epoch, offset));
                offset += frames.size();
                frames.clear();
                bytes = 0;
            }
            frames.add(frame);
            bytes += size;
        }
        if (!frames.isEmpty()) batches.add(batch(frames, timestampMs, epoch, offset));
        return batches;
    }

    private static ByteBuffer batch(List<ByteBuffer> frames, long timestampMs, int epoch, long baseOffset) {
        try (var builder = new RecordBatchBuilder().baseOffset(baseOffset).partitionLeaderEpoch(epoch)) {
            for (ByteBuffer frame : frames) builder.append(timestampMs, null, frame);
            return builder.build();
        }
    }

    /// Told what a log or snapshot holds, in order.
    interface Reader {
        void onRecord(MetadataRecord record);

        void onControl(ControlRecord record);

        /// A batch comes that is what was written.
        default void onBatch(long baseOffset) {}

        /// A batch has been read whole.
        void onBatchEnd(OffsetAndEpoch last, long timestampMs);
    }

    /// @param bytes whole batches; a partial one at the end is left aside
    /// @return how many bytes were read
    /// @throws CorruptRecord where a batch is not what was written; nothing of it has been told
    static int read(ByteBuffer bytes, Reader reader) {
        RecordBatches batches = RecordBatches.of(bytes);
        for (RecordBatch batch : batches) {
            if (!batch.crcMatches()) throw new CorruptRecord(ErrorCode.CORRUPT_MESSAGE, "the CRC of the batch at offset " + batch.baseOffset() + " does not match");
            reader.onBatch(batch.baseOffset());
            try (RecordCursor cursor = batch.records(LIMITS)) {
                while (cursor.hasNext()) {
                    Record record = cursor.next();
                    if (batch.isControl()) reader.onControl(ControlRecords.parse(record));
                    else reader.onRecord(MetadataFrame.read(record.value()));
                }
            }
            reader.onBatchEnd(new OffsetAndEpoch(batch.lastOffset(), batch.partitionLeaderEpoch()), batch.maxTimestamp());
        }
        return batches.wholeBytes();
    }
}
