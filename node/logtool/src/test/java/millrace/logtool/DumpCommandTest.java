package millrace.logtool;

import static millrace.logtool.Scene.abort;
import static millrace.logtool.Scene.append;
import static millrace.logtool.Scene.batch;
import static millrace.logtool.Scene.records;
import static millrace.logtool.Scene.transactional;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import millrace.common.Uuid;
import millrace.protocol.CoordinatorKey;
import millrace.protocol.CoordinatorValue;
import millrace.protocol.group.OffsetCommitKey;
import millrace.protocol.group.OffsetCommitValue;
import millrace.protocol.transaction.TransactionLogKey;
import millrace.protocol.transaction.TransactionLogValue;
import millrace.record.Codec;
import millrace.storage.log.LogConfig;
import millrace.storage.log.PartitionLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// That the lines are those of Apache's tool is shown in `proof/compat`; here, what they are and what becomes of damage.
class DumpCommandTest {
    @TempDir Path folder;
    private Scene scene;

    @BeforeEach void openADirectory() {
        scene = new Scene(folder);
    }

    @AfterEach void close() {
        scene.close();
    }

    private PartitionLog orders() {
        PartitionLog log = scene.log("orders", LogConfig.DEFAULTS);
        append(log, batch(Codec.NONE, "k", "one", "two"));
        append(log, batch(Codec.ZSTD, null, "three"));
        append(log, transactional(9, 0, "gone"));
        abort(log, 9);
        return log;
    }

    @Test void aSegmentIsShownBatchByBatch() {
        orders();
        scene.stop();
        assertThat(scene.run("dump", scene.segment("orders", ".log"))).isZero();
        List<String> lines = scene.lines();
        assertThat(lines).hasSize(6);
        assertThat(lines.get(0)).isEqualTo("Dumping " + scene.segment("orders", ".log"));
        assertThat(lines.get(1)).isEqualTo("Log starting offset: 0");
        assertThat(lines.get(2)).startsWith("baseOffset: 0 lastOffset: 1 count: 2 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 partitionLeaderEpoch: 3 isTransactional: false "
                + "isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: 1700000000000 size: ").contains(" magic: 2 compresscodec: none crc: ").endsWith(" isvalid: true");
        assertThat(lines.get(3)).contains("compresscodec: zstd");
        assertThat(lines.get(4)).contains("producerId: 9 producerEpoch: 0").contains("isTransactional: true isControl: false");
        assertThat(lines.get(5)).contains("isTransactional: true isControl: true");
    }

    @Test void recordsHaveTheirMetadataAndTheirContentWhenAskedFor() {
        orders();
        scene.stop();
        scene.run("dump", "--deep-iteration", scene.segment("orders", ".log"));
        assertThat(scene.lines()).contains("| offset: 1 CreateTime: 1700000000000 keySize: 1 valueSize: 3 sequence: -1 headerKeys: [trace,kind]");
        scene.run("dump", "--print-data-log", "--files", scene.segment("orders", ".log"));
        assertThat(scene.lines()).contains("| offset: 1 CreateTime: 1700000000000 keySize: 1 valueSize: 3 sequence: -1 headerKeys: [trace,kind] key: k payload: two",
                "| offset: 2 CreateTime: 1700000000000 keySize: -1 valueSize: 5 sequence: -1 headerKeys: [trace,kind] payload: three",
                "| offset: 4 CreateTime: 1700000000000 keySize: 4 valueSize: 6 sequence: -1 headerKeys: [] endTxnMarker: ABORT coordinatorEpoch: 8");
        scene.run("dump", "--print-data-log", "--skip-record-metadata", scene.segment("orders", ".log"));
        assertThat(scene.lines()).contains("| key: k payload: two", "| payload: three").noneMatch(line -> line.contains("endTxnMarker"));
    }

    @Test void maxBytesEndsBeforeTheBatchThatDoesNotFit() {
        orders();
        scene.stop();
        scene.run("dump", "--max-bytes", 150, scene.segment("orders", ".log"));
        assertThat(scene.lines()).hasSize(3).noneMatch(line -> line.contains("invalid bytes"));
    }

    @Test void jsonIsOneObjectALineThatNamesItsFile() {
        orders();
        scene.stop();
        scene.run("dump", "--json", "--print-data-log", scene.segment("orders", ".log"));
        assertThat(scene.lines().get(0)).isEqualTo("{\"file\":\"" + scene.segment("orders", ".log") + "\",\"kind\":\"note\",\"text\":\"Log starting offset: 0\"}");
        assertThat(scene.lines().get(1)).contains("\"kind\":\"batch\",\"baseOffset\":0,").contains("\"deleteHorizonMs\":null,").contains("\"isvalid\":true}");
        assertThat(scene.lines().get(2)).contains("\"kind\":\"record\",\"offset\":0,").endsWith("\"headerKeys\":[\"trace\",\"kind\"],\"key\":\"k\",\"payload\":\"one\"}");
    }

    @Test void aDamagedBatchIsShownAndItsRecordsAreNot() {
        orders();
        scene.stop();
        scene.flip(scene.segment("orders", ".log"), 70);
        assertThat(scene.run("dump", "--print-data-log", scene.segment("orders", ".log"))).isEqualTo(1);
        assertThat(scene.lines().get(2)).endsWith("isvalid: false");
        assertThat(scene.told()).doesNotContain("payload: one").contains("payload: three");
        assertThat(scene.errors()).contains(scene.segment("orders", ".log") + ", position 0").contains("CRC of the batch of offset 0");
    }

    @Test void bytesThatAreNoBatchAreCounted() {
        orders();
        scene.stop();
        scene.flip(scene.segment("orders", ".log"), 8);
        assertThat(scene.run("dump", scene.segment("orders", ".log"))).isZero();
        assertThat(scene.told()).contains(" invalid bytes at the end of 00000000000000000000.log");
    }

    @Test void coordinatorsRecordsAreShownByTheNamesOfTheirFields() {
        PartitionLog offsets = scene.log("__consumer_offsets", LogConfig.DEFAULTS);
        var key = new OffsetCommitKey("billing", "orders", 2);
        append(offsets, records(keyed(key), versioned(OffsetCommitValue.builder().offset(7).metadata("m").commitTimestamp(5).topicId(new Uuid(1, 2)).build(), 4)));
        append(offsets, records(keyed(key), versioned(OffsetCommitValue.builder().offset(8).commitTimestamp(6).build(), 1)));
        append(offsets, records(keyed(key), null));
        append(offsets, records(ByteBuffer.allocate(4).putShort(0, (short) 999), null));
        PartitionLog transactions = scene.log("__transaction_state", LogConfig.DEFAULTS);
        append(transactions, records(keyed(new TransactionLogKey("pay")), versioned(TransactionLogValue.builder().producerId(4).build(), 0)));
        scene.stop();

        scene.run("dump", "--offsets-decoder", "--skip-record-metadata", scene.segment("__consumer_offsets", ".log"));
        String told = "| key: {\"type\":\"1\",\"data\":{\"group\":\"billing\",\"topic\":\"orders\",\"partition\":2}} payload: ";
        assertThat(scene.lines()).contains(
                told + "{\"version\":\"4\",\"data\":{\"offset\":7,\"leaderEpoch\":-1,\"metadata\":\"m\",\"commitTimestamp\":5,\"topicId\":\"" + new Uuid(1, 2) + "\"}}",
                told + "{\"version\":\"1\",\"data\":{\"offset\":8,\"metadata\":\"\",\"commitTimestamp\":6,\"expireTimestamp\":-1}}",
                told + "<DELETE>",
                "| key: Unknown record type 999 at offset 3, skipping.");
        scene.run("dump", "--transaction-log-decoder", "--skip-record-metadata", scene.segment("__transaction_state", ".log"));
        assertThat(scene.told()).contains("{\"type\":\"0\",\"data\":{\"transactionalId\":\"pay\"}}").contains("\"transactionPartitions\":");
    }

    private static ByteBuffer keyed(CoordinatorKey key) {
        ByteBuffer content = key.toBytes((short) 0);
        return ByteBuffer.allocate(2 + content.remaining()).putShort(key.recordType()).put(content).flip();
    }

    private static ByteBuffer versioned(CoordinatorValue value, int version) {
        ByteBuffer content = value.toBytes((short) version);
        return ByteBuffer.allocate(2 + content.remaining()).putShort((short) version).put(content).flip();
    }

    @Test void theFilesBesideASegmentAreShown() {
        PartitionLog log = scene.log("orders", LogConfig.builder().indexIntervalBytes(100).build());
        for (int i = 0; i < 5; i++) append(log, batch(Codec.NONE, "k", "x".repeat(200)));
        append(log, transactional(9, 0, "gone"));
        abort(log, 9);
        scene.stop();
        int size = 0;
        for (String suffix : List.of(".index", ".timeindex", ".txnindex", ".identity")) {
            assertThat(scene.run("dump", scene.segment("orders", suffix))).as(suffix).isZero();
            size += scene.lines().size();
        }
        assertThat(size).isGreaterThan(8);
        scene.run("dump", scene.segment("orders", ".txnindex"));
        assertThat(scene.lines()).contains("version: 0 producerId: 9 firstOffset: 5 lastOffset: 6 lastStableOffset: 7");
        scene.run("dump", scene.file("orders", "00000000000000000007.snapshot"));
        assertThat(scene.lines().get(1)).startsWith("producerId: 9 producerEpoch: 0 coordinatorEpoch: 8 currentTxnFirstOffset: OptionalLong.empty lastTimestamp: ");
        scene.run("dump", scene.file("orders", "leader-epoch-checkpoint"), scene.file("orders", "partition.metadata"), scene.data.resolve("meta.properties"),
                scene.data.resolve("recovery-point-offset-checkpoint"));
        assertThat(scene.lines()).contains("epoch: 3 startOffset: 0", "topic_id: " + new Uuid(1, "orders".hashCode()), "cluster.id: MkU3OEVBNTcwNTJENDM2Qg", "topic: orders partition: 0 offset: 7");
    }

    @Test void aFileThatIsNotWhatItsNameSaysIsNamedAndTheNextIsShownAllTheSame() {
        orders();
        scene.stop();
        Path snapshot = scene.file("orders", "00000000000000000005.snapshot");
        scene.flip(snapshot, 12);
        assertThat(scene.run("dump", snapshot, scene.file("orders", "none.log"), scene.data, scene.data.resolve("millrace-identity"))).isEqualTo(1);
        assertThat(scene.errors()).contains(snapshot + ": it is no snapshot of producers").contains("none.log").contains(scene.data + " is a directory");
        assertThat(scene.told()).contains("generation: 1");
        assertThat(scene.run("dump")).isEqualTo(1);
    }

    @Test void aWordAboutWhatIsMissing() {
        assertThat(scene.run("dump", folder.resolve("00000000000000000000.log"))).isEqualTo(1);
        assertThat(scene.errors()).contains("there is no file " + folder.resolve("00000000000000000000.log"));
    }
}
