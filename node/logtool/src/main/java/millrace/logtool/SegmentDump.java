package millrace.logtool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.protocol.Described;
import millrace.record.ControlRecord;
import millrace.record.ControlRecords;
import millrace.record.CorruptRecord;
import millrace.record.DecodeLimits;
import millrace.record.Header;
import millrace.record.Record;
import millrace.record.RecordBatch;
import millrace.record.RecordCursor;
import millrace.record.TimestampType;
import millrace.storage.file.SmallFiles;

/// Shows a file of record batches: a segment, or a snapshot of the metadata quorum.
///
/// A batch whose bytes are damaged is shown as its header says, with `isvalid: false`, and its records are not; where there is no header the
/// walk ends, as nobody can tell where the next batch begins (`check` looks for it).
final class SegmentDump {
    /// @param records    show each record, not only each batch
    /// @param content    show keys and values, by the decoder
    /// @param metadata   show offsets, timestamps and sizes of records, and control records
    /// @param maxBytes   of the file, from its beginning
    record Wanted(boolean records, boolean content, boolean metadata, long maxBytes, Decoder decoder) {}

    private static final int LARGEST_BATCH = 1 << 30;

    private final Disk disk;
    private final Wanted wanted;
    private final Output out;
    private final Troubles troubles;

    SegmentDump(Disk disk, Wanted wanted, Output out, Troubles troubles) {
        this.disk = disk;
        this.wanted = wanted;
        this.out = out;
        this.troubles = troubles;
    }

    void dump(Path file) throws IOException {
        try (DiskFile in = disk.open(file, Disk.OpenMode.READ)) {
            long size = in.size();
            long end = Math.min(size, wanted.maxBytes);
            long position = 0;
            for (RecordBatch batch; !out.isGone() && (batch = batchAt(in, position, end, file)) != null; position += batch.sizeInBytes()) {
                out.row(batch(batch, position));
                if (wanted.records) records(batch, position, file);
            }
            if (position < end && end == size) out.say("Found " + (size - position) + " invalid bytes at the end of " + file.getFileName());
        }
    }

    /// @return null at the end, and where there is no batch
    private RecordBatch batchAt(DiskFile in, long position, long end, Path file) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(RecordBatch.HEADER_BYTES);
        if (end - position < RecordBatch.HEADER_BYTES) return null;
        SmallFiles.readFully(in, head, position);
        long bytes = (long) head.getInt(8) + RecordBatch.LOG_OVERHEAD;
        if (bytes > end - position) return null;
        if (bytes > LARGEST_BATCH) {
            troubles.add(file, position, "a batch of " + bytes + " bytes is longer than can be shown");
            return null;
        }
        ByteBuffer whole = ByteBuffer.allocate(Math.max((int) bytes, 0));
        SmallFiles.readFully(in, whole, position);
        try {
            return RecordBatch.at(whole.flip(), 0);
        } catch (CorruptRecord corrupt) {
            troubles.add(file, position, corrupt.getMessage());
            return null;
        }
    }

    private static Row batch(RecordBatch batch, long position) {
        return new Row("batch").with("baseOffset", batch.baseOffset()).with("lastOffset", batch.lastOffset()).with("count", batch.recordCount())
                .with("baseSequence", batch.baseSequence()).with("lastSequence", batch.lastSequence())
                .with("producerId", batch.producerId()).with("producerEpoch", batch.producerEpoch()).with("partitionLeaderEpoch", batch.partitionLeaderEpoch())
                .with("isTransactional", batch.isTransactional()).with("isControl", batch.isControl())
                .with("deleteHorizonMs", batch.hasDeleteHorizon() ? OptionalLong.of(batch.deleteHorizonMs()) : OptionalLong.empty())
                .with("position", position).with(timestampName(batch), batch.maxTimestamp()).with("size", batch.sizeInBytes()).with("magic", batch.magic())
                .with("compresscodec", codec(batch)).with("crc", batch.crc()).with("isvalid", batch.crcMatches());
    }

    private static String codec(RecordBatch batch) {
        try {
            return batch.codec().name().toLowerCase(Locale.ROOT);
        } catch (CorruptRecord unknown) {
            return "unknown(" + (batch.attributes() & 7) + ")";
        }
    }

    private static String timestampName(RecordBatch batch) {
        return batch.timestampType() == TimestampType.LOG_APPEND_TIME ? "LogAppendTime" : "CreateTime";
    }

    // ---- records ----

    private void records(RecordBatch batch, long position, Path file) {
        if (!batch.crcMatches()) {
            troubles.add(file, position, "the CRC of the batch of offset " + batch.baseOffset() + " does not match, so its records are not shown");
            return;
        }
        try (RecordCursor records = batch.records(DecodeLimits.DEFAULT)) {
            while (records.hasNext()) record(batch, records.next());
        } catch (CorruptRecord corrupt) {
            troubles.add(file, position, "the records of the batch of offset " + batch.baseOffset() + " cannot be read: " + corrupt.getMessage());
        }
    }

    private void record(RecordBatch batch, Record record) {
        var row = new Row("record");
        if (wanted.metadata) {
            row.with("offset", record.offset()).with(timestampName(batch), record.timestamp()).with("keySize", sizeOf(record.key())).with("valueSize", sizeOf(record.value()))
                    .with("sequence", record.sequence()).with("headerKeys", record.headers().stream().map(Header::key).toList());
            if (batch.isControl()) control(record, row);
        }
        if (wanted.content && !batch.isControl()) wanted.decoder.decode(record, row);
        out.row(row);
    }

    private static int sizeOf(ByteBuffer bytes) {
        return bytes == null ? -1 : bytes.remaining();
    }

    private static void control(Record record, Row row) {
        switch (ControlRecords.parse(record)) {
            case ControlRecord.EndTransaction(boolean commit, int epoch) -> row.with("endTxnMarker", commit ? "COMMIT" : "ABORT").with("coordinatorEpoch", epoch);
            case ControlRecord.LeaderChange change   -> row.with("LeaderChange", json(change));
            case ControlRecord.SnapshotHeader header -> row.with("SnapshotHeader", json(header));
            case ControlRecord.SnapshotFooter footer -> row.with("SnapshotFooter", json(footer));
            case ControlRecord.KRaftVersion version  -> row.with("KRaftVersion", json(version));
            case ControlRecord.Voters voters         -> row.with("KRaftVoters", json(voters));
            case ControlRecord.Unknown(short type)   -> row.with("controlType", "UNKNOWN(" + type + ")");
        }
    }

    private static Row.RawJson json(ControlRecord record) {
        return new Row.RawJson(FieldsJson.of((Described) record.content(), record.contentVersion()));
    }
}
