package millrace.record;

import static millrace.record.CorruptRecord.invalid;

import java.nio.ByteBuffer;
import java.util.List;
import millrace.protocol.BufferWriter;
import millrace.protocol.MalformedMessage;
import millrace.protocol.Message;
import millrace.protocol.WireReader;
import millrace.protocol.message.EndTxnMarker;
import millrace.protocol.message.KRaftVersionRecord;
import millrace.protocol.message.LeaderChangeMessage;
import millrace.protocol.message.SnapshotFooterRecord;
import millrace.protocol.message.SnapshotHeaderRecord;
import millrace.protocol.message.VotersRecord;

/// Control batches, made and read.
///
///     key:    version*2 (0)  type*2
///     value:  version*2      the rest of EndTxnMarker, LeaderChangeMessage, SnapshotHeaderRecord, ... in that version
///
/// A reader takes a version that is newer than it knows as the newest that it knows: fields are only ever added at the end.
/// Sources: KIP-98 (transaction markers), KIP-595 (leader change), KIP-630 (snapshots), KIP-853 (version and voters).
public final class ControlRecords {
    public static final short ABORT = 0;
    public static final short COMMIT = 1;
    public static final short LEADER_CHANGE = 2;
    public static final short SNAPSHOT_HEADER = 3;
    public static final short SNAPSHOT_FOOTER = 4;
    public static final short KRAFT_VERSION = 5;
    public static final short KRAFT_VOTERS = 6;

    private static final int KEY_BYTES = 4;
    private static final int VERSION_BYTES = 2;

    private ControlRecords() {}

    /// The marker that ends a producer's transaction in one partition: a batch of its own, with the producer's id and epoch.
    public static ByteBuffer endTransactionMarker(long baseOffset, long timestampMs, int partitionLeaderEpoch, long producerId, short producerEpoch,
            boolean commit, int coordinatorEpoch) {
        var builder = new RecordBatchBuilder().baseOffset(baseOffset).partitionLeaderEpoch(partitionLeaderEpoch)
                .producer(producerId, producerEpoch, RecordBatch.NO_SEQUENCE).transactional(true).control(true);
        return append(builder, timestampMs, new ControlRecord.EndTransaction(commit, coordinatorEpoch)).build();
    }

    /// @param message of version 0: Kafka 4.4 writes and reads no other, although the schema has a version 1
    public static ByteBuffer leaderChange(long baseOffset, long timestampMs, int leaderEpoch, LeaderChangeMessage message) {
        return batch(baseOffset, timestampMs, leaderEpoch, List.of(new ControlRecord.LeaderChange(message)));
    }

    public static ByteBuffer snapshotHeader(long baseOffset, long timestampMs, int leaderEpoch, SnapshotHeaderRecord message) {
        return batch(baseOffset, timestampMs, leaderEpoch, List.of(new ControlRecord.SnapshotHeader(message)));
    }

    public static ByteBuffer snapshotFooter(long baseOffset, long timestampMs, int leaderEpoch, SnapshotFooterRecord message) {
        return batch(baseOffset, timestampMs, leaderEpoch, List.of(new ControlRecord.SnapshotFooter(message)));
    }

    public static ByteBuffer kraftVersion(long baseOffset, long timestampMs, int leaderEpoch, KRaftVersionRecord message) {
        return batch(baseOffset, timestampMs, leaderEpoch, List.of(new ControlRecord.KRaftVersion(message)));
    }

    public static ByteBuffer voters(long baseOffset, long timestampMs, int leaderEpoch, VotersRecord message) {
        return batch(baseOffset, timestampMs, leaderEpoch, List.of(new ControlRecord.Voters(message)));
    }

    /// Several control records of the quorum in one batch, as a snapshot's head has them.
    public static ByteBuffer batch(long baseOffset, long timestampMs, int leaderEpoch, List<ControlRecord> records) {
        var builder = new RecordBatchBuilder().baseOffset(baseOffset).partitionLeaderEpoch(leaderEpoch).control(true);
        for (ControlRecord record : records) append(builder, timestampMs, record);
        return builder.build();
    }

    private static RecordBatchBuilder append(RecordBatchBuilder builder, long timestampMs, ControlRecord record) {
        ByteBuffer key = ByteBuffer.allocate(KEY_BYTES).putShort((short) 0).putShort(record.type()).flip();
        return builder.append(timestampMs, key, value(record));
    }

    /// Only the marker's schema leaves the version to its surroundings, as coordinator records do; in the others it is the first field.
    private static ByteBuffer value(ControlRecord record) {
        short version = record.contentVersion();
        Message content = record.content();
        boolean prefixed = record instanceof ControlRecord.EndTransaction;
        if (record instanceof ControlRecord.LeaderChange && version != 0)
            throw new IllegalArgumentException("a leader change of version " + version + " cannot be read by Kafka 4.4, which knows version 0 alone");
        ByteBuffer value = ByteBuffer.allocate((prefixed ? VERSION_BYTES : 0) + content.size(version));
        if (prefixed) value.putShort(version);
        content.write(BufferWriter.copyingInto(value), version);
        return value.flip();
    }

    /// @param record of a batch whose [RecordBatch#isControl] is true
    /// @throws CorruptRecord `INVALID_RECORD` when key or value are too short or malformed
    public static ControlRecord parse(Record record) {
        short type = type(record.key());
        if (type < ABORT || type > KRAFT_VOTERS) return new ControlRecord.Unknown(type);
        ByteBuffer value = record.value();
        if (value == null || value.remaining() < VERSION_BYTES) throw invalid("control record of type " + type + " at offset " + record.offset() + " has no version");
        short version = value.getShort(value.position());
        if (version < 0) throw invalid("control record of type " + type + " at offset " + record.offset() + " has the version " + version);
        try {
            return parse(type, value, version);
        } catch (MalformedMessage e) {
            throw invalid("control record of type " + type + " at offset " + record.offset() + ": " + e.getMessage());
        }
    }

    /// The kind of control record that a key names.
    /// @throws CorruptRecord `INVALID_RECORD` when it is no control record's key
    public static short type(ByteBuffer key) {
        if (key == null || key.remaining() < KEY_BYTES) throw invalid("the key of a control record has " + (key == null ? 0 : key.remaining()) + " bytes, it needs " + KEY_BYTES);
        short version = key.getShort(key.position());
        if (version < 0) throw invalid("the key of a control record has the version " + version);
        return key.getShort(key.position() + 2);
    }

    private static ControlRecord parse(short type, ByteBuffer value, short version) {
        return switch (type) {
            case LEADER_CHANGE -> {
                short known = newest(version, LeaderChangeMessage.HIGHEST_VERSION);
                yield new ControlRecord.LeaderChange(LeaderChangeMessage.read(WireReader.of(value, "LeaderChangeMessage", known), known));
            }
            case SNAPSHOT_HEADER -> {
                short known = newest(version, SnapshotHeaderRecord.HIGHEST_VERSION);
                yield new ControlRecord.SnapshotHeader(SnapshotHeaderRecord.read(WireReader.of(value, "SnapshotHeaderRecord", known), known));
            }
            case SNAPSHOT_FOOTER -> {
                short known = newest(version, SnapshotFooterRecord.HIGHEST_VERSION);
                yield new ControlRecord.SnapshotFooter(SnapshotFooterRecord.read(WireReader.of(value, "SnapshotFooterRecord", known), known));
            }
            case KRAFT_VERSION -> {
                short known = newest(version, KRaftVersionRecord.HIGHEST_VERSION);
                yield new ControlRecord.KRaftVersion(KRaftVersionRecord.read(WireReader.of(value, "KRaftVersionRecord", known), known));
            }
            case KRAFT_VOTERS -> {
                short known = newest(version, VotersRecord.HIGHEST_VERSION);
                yield new ControlRecord.Voters(VotersRecord.read(WireReader.of(value, "VotersRecord", known), known));
            }
            default -> {
                short known = newest(version, EndTxnMarker.HIGHEST_VERSION);
                ByteBuffer content = value.slice(value.position() + VERSION_BYTES, value.remaining() - VERSION_BYTES);
                var marker = EndTxnMarker.read(WireReader.of(content, "EndTxnMarker", known), known);
                yield new ControlRecord.EndTransaction(type == COMMIT, marker.coordinatorEpoch());
            }
        };
    }

    private static short newest(short version, short highest) {
        return version < highest ? version : highest;
    }
}
