package millrace.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import millrace.common.Uuid;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.KRaftVersionRecord;
import millrace.protocol.message.LeaderChangeMessage;
import millrace.protocol.message.SnapshotFooterRecord;
import millrace.protocol.message.SnapshotHeaderRecord;
import millrace.protocol.message.VotersRecord;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

class ControlRecordsTest {
    private static final long NOW = 1_750_000_000_000L;

    @Test void transactionMarkersAreKafkasByteForByte() {
        for (boolean commit : new boolean[] {false, true}) {
            ByteBuffer ours = ControlRecords.endTransactionMarker(77, NOW, 5, 4_000, (short) 3, commit, 12);
            var marker = new EndTransactionMarker(commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT, 12);
            assertThat(ours).isEqualTo(Kafka.copy(MemoryRecords.withEndTransactionMarker(77, NOW, 5, 4_000, (short) 3, marker).buffer()));
            assertThat(parseOnly(ours)).isEqualTo(new ControlRecord.EndTransaction(commit, 12));
            assertThat(RecordBatch.at(ours, 0).isControl()).isTrue();
            assertThat(RecordBatch.at(ours, 0).isTransactional()).isTrue();
        }
    }

    @Test void aLeaderChangeIsKafkasByteForByte() {
        var kafkas = new org.apache.kafka.common.message.LeaderChangeMessage().setLeaderId(3)
                .setVoters(List.of(kafkaVoter(1), kafkaVoter(3))).setGrantingVoters(List.of(kafkaVoter(3)));
        ByteBuffer expected = Kafka.copy(MemoryRecords.withLeaderChangeMessage(8, NOW, 2, ByteBuffer.allocate(512), kafkas).buffer());
        var message = leaderChange((short) 0, Uuid.ZERO);
        ByteBuffer ours = ControlRecords.leaderChange(8, NOW, 2, message);
        assertThat(ours).isEqualTo(expected);
        assertThat(parseOnly(ours)).isEqualTo(new ControlRecord.LeaderChange(message));
    }

    @Test void aLeaderChangeThatKafkaCouldNotReadIsNotWritten() {
        assertThatThrownBy(() -> ControlRecords.leaderChange(8, NOW, 2, leaderChange((short) 1, new Uuid(5, 6)))).isInstanceOf(IllegalArgumentException.class);
    }

    private static LeaderChangeMessage leaderChange(short version, Uuid directory) {
        return new LeaderChangeMessage(version, 3, List.of(new LeaderChangeMessage.Voter(1, directory), new LeaderChangeMessage.Voter(3, directory)),
                List.of(new LeaderChangeMessage.Voter(3, directory)));
    }

    private static org.apache.kafka.common.message.LeaderChangeMessage.Voter kafkaVoter(int id) {
        return new org.apache.kafka.common.message.LeaderChangeMessage.Voter().setVoterId(id);
    }

    @Test void snapshotFramesAreKafkasByteForByte() {
        var header = new SnapshotHeaderRecord((short) 0, NOW - 5);
        ByteBuffer ourHeader = ControlRecords.snapshotHeader(0, NOW, 2, header);
        assertThat(ourHeader).isEqualTo(Kafka.copy(MemoryRecords.withSnapshotHeaderRecord(0, NOW, 2, ByteBuffer.allocate(512),
                new org.apache.kafka.common.message.SnapshotHeaderRecord().setLastContainedLogTimestamp(NOW - 5)).buffer()));
        assertThat(parseOnly(ourHeader)).isEqualTo(new ControlRecord.SnapshotHeader(header));

        ByteBuffer ourFooter = ControlRecords.snapshotFooter(9, NOW, 2, new SnapshotFooterRecord((short) 0));
        assertThat(ourFooter).isEqualTo(Kafka.copy(MemoryRecords.withSnapshotFooterRecord(9, NOW, 2, ByteBuffer.allocate(512),
                new org.apache.kafka.common.message.SnapshotFooterRecord()).buffer()));
        assertThat(parseOnly(ourFooter)).isEqualTo(new ControlRecord.SnapshotFooter(new SnapshotFooterRecord((short) 0)));
    }

    @Test void quorumMembershipIsKafkasByteForByte() {
        var version = new KRaftVersionRecord((short) 0, (short) 1);
        ByteBuffer ourVersion = ControlRecords.kraftVersion(1, NOW, 2, version);
        assertThat(ourVersion).isEqualTo(Kafka.copy(MemoryRecords.withKRaftVersionRecord(1, NOW, 2, ByteBuffer.allocate(512),
                new org.apache.kafka.common.message.KRaftVersionRecord().setKRaftVersion((short) 1)).buffer()));
        assertThat(parseOnly(ourVersion)).isEqualTo(new ControlRecord.KRaftVersion(version));

        var voters = new VotersRecord((short) 0, List.of(new VotersRecord.Voter(1, new Uuid(7, 8),
                List.of(new VotersRecord.Endpoint("CONTROLLER", "127.0.0.1", 9093)), new VotersRecord.KRaftVersionFeature((short) 0, (short) 1))));
        var endpoints = new org.apache.kafka.common.message.VotersRecord.EndpointCollection();
        endpoints.add(new org.apache.kafka.common.message.VotersRecord.Endpoint().setName("CONTROLLER").setHost("127.0.0.1").setPort(9093));
        var kafkas = new org.apache.kafka.common.message.VotersRecord().setVoters(List.of(new org.apache.kafka.common.message.VotersRecord.Voter().setVoterId(1)
                .setVoterDirectoryId(new org.apache.kafka.common.Uuid(7, 8)).setEndpoints(endpoints)
                .setKRaftVersionFeature(new org.apache.kafka.common.message.VotersRecord.KRaftVersionFeature().setMaxSupportedVersion((short) 1))));
        ByteBuffer ours = ControlRecords.voters(2, NOW, 2, voters);
        assertThat(ours).isEqualTo(Kafka.copy(MemoryRecords.withVotersRecord(2, NOW, 2, ByteBuffer.allocate(512), kafkas).buffer()));
        assertThat(parseOnly(ours)).isEqualTo(new ControlRecord.Voters(voters));
    }

    @Test void severalControlRecordsShareABatch() {
        ByteBuffer bytes = ControlRecords.batch(0, NOW, 1, List.of(new ControlRecord.SnapshotHeader(new SnapshotHeaderRecord((short) 0, NOW)),
                new ControlRecord.KRaftVersion(new KRaftVersionRecord((short) 0, (short) 1))));
        try (RecordCursor cursor = RecordBatch.at(bytes, 0).records(DecodeLimits.DEFAULT)) {
            assertThat(ControlRecords.parse(cursor.next())).isInstanceOf(ControlRecord.SnapshotHeader.class);
            assertThat(ControlRecords.parse(cursor.next())).isInstanceOf(ControlRecord.KRaftVersion.class);
            assertThat(cursor.hasNext()).isFalse();
        }
    }

    @Test void whatANewerKafkaWritesIsSkippedOrReadAsFarAsKnown() {
        assertThat(ControlRecords.parse(record(bytes(0, 0, 0, 9), bytes(0, 0)))).isEqualTo(new ControlRecord.Unknown((short) 9));
        assertThat(ControlRecords.parse(record(bytes(0, 7, 0, 1), bytes(0, 5, 0, 0, 0, 8, 1, 2, 3)))).isEqualTo(new ControlRecord.EndTransaction(true, 8));
    }

    @Test void aMalformedControlRecordIsCorrupt() {
        for (Record wrong : List.of(record(null, bytes(0, 0)), record(bytes(0, 0, 0), null), record(bytes(0xff, 0, 0, 1), bytes(0, 0, 0, 0, 0, 1)),
                record(bytes(0, 0, 0, 1), null), record(bytes(0, 0, 0, 1), bytes(0)), record(bytes(0, 0, 0, 1), bytes(0, 0, 0)),
                record(bytes(0, 0, 0, 1), bytes(0xff, 0xff, 0, 0, 0, 1)), record(bytes(0, 0, 0, 6), bytes(0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f)))) {
            assertThatThrownBy(() -> ControlRecords.parse(wrong)).isInstanceOfSatisfying(CorruptRecord.class,
                    corrupt -> assertThat(corrupt.error()).isEqualTo(ErrorCode.INVALID_RECORD));
        }
    }

    private static Record record(ByteBuffer key, ByteBuffer value) {
        return new Record(0, NOW, -1, key, value, List.of());
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length);
        for (int value : values) bytes.put((byte) value);
        return bytes.flip();
    }

    private static ControlRecord parseOnly(ByteBuffer batch) {
        try (RecordCursor cursor = RecordBatch.at(batch, 0).records(DecodeLimits.DEFAULT)) {
            return ControlRecords.parse(cursor.next());
        }
    }
}
