package millrace.storage.log;

import static millrace.storage.log.LogBench.batch;
import static millrace.storage.log.LogBench.idempotent;
import static millrace.storage.log.LogBench.marker;
import static millrace.storage.log.LogBench.transactional;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import millrace.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A log is made by [PartitionLog], damaged on purpose, and checked.
class PartitionCheckTest {
    private static final int BATCHES = 400;
    private final LogBench bench = new LogBench().with(LogConfig.builder().segmentBytes(60_000).indexIntervalBytes(1000).build());
    private final List<Finding> findings = new ArrayList<>();
    private long bytesRead;

    @BeforeEach void makeALog() {
        bench.open();
        bench.log.assignTopicId(new Uuid(1, 2));
        for (int i = 0; i < BATCHES; i++) {
            bench.append(batch(1_700_000_000_000L + (i * 7919) % 1000, "x".repeat(300)));
            if (i % 100 == 50) {
                bench.append(transactional(9, 0, i / 100, "gone"));
                bench.mark(marker(9, 0, false, 1));
            }
            if (i % 100 == 60) bench.append(idempotent(5, 0, i / 100, "kept"));
        }
        bench.log.close();
    }

    @Test void aLogThatIsRightHasNoFindingsAndIsReadWhole() throws IOException {
        check();
        assertThat(findings).isEmpty();
        assertThat(bytesRead).isGreaterThanOrEqualTo(BATCHES * 300L);
        assertThat(bench.names()).anyMatch(name -> name.endsWith(".txnindex")).anyMatch(name -> name.endsWith(".snapshot")).anyMatch(name -> name.endsWith(".recentbatches"));
    }

    @Test void nothingIsChangedAndNothingMade() throws IOException {
        damage(0, ".log", 5000);
        bench.disk.delete(bench.file(0, ".index"));
        var before = new TreeMap<String, byte[]>();
        for (String name : bench.names()) before.put(name, bench.disk.content(bench.folder.resolve(name)));
        check();
        assertThat(findings).isNotEmpty();
        assertThat(bench.names()).containsExactlyElementsOf(before.keySet());
        before.forEach((name, content) -> assertThat(bench.disk.content(bench.folder.resolve(name))).as(name).isEqualTo(content));
    }

    @Test void aFlippedBitInARecordIsToldWithItsPositionAndHidesNothingBehindIt() throws IOException {
        int first = positionOfBatch(10);
        int second = positionOfBatch(20);
        damage(0, ".log", first + 100);
        damage(0, ".log", second + 100);
        withoutIdentity();
        check();
        assertThat(findings).extracting(Finding::file).containsOnly(bench.file(0, ".log"));
        assertThat(findings).extracting(Finding::position).containsExactly((long) first, (long) second);
        assertThat(findings).allSatisfy(it -> assertThat(it.wrong()).contains("CRC").contains("then good ones follow"));
        assertThat(findings).allSatisfy(it -> assertThat(it.advice()).contains("replica"));
    }

    @Test void aBrokenLengthIsSteppedOverByLookingForTheNextBatch() throws IOException {
        int at = positionOfBatch(10);
        int bytes = positionOfBatch(11) - at;
        damage(0, ".log", at + 8);
        withoutIdentity();
        check();
        assertThat(findings).singleElement().satisfies(it -> {
            assertThat(it.position()).isEqualTo(at);
            assertThat(it.wrong()).contains(bytes + " bytes are no good batch");
        });
    }

    @Test void whatTheCrcLeavesOutIsToldByTheIdentity() throws IOException {
        int at = positionOfBatch(10);
        damage(0, ".log", at + 15);                                  // the leader epoch
        check();
        assertThat(findings).singleElement().satisfies(it -> assertThat(it.wrong()).contains("not as it was written").contains("leader epochs"));
    }

    @Test void aLostTailBelowAClaimIsTold() throws IOException {
        Path last = bench.file(bench.segmentOffsets().getLast(), ".log");
        byte[] whole = bench.disk.content(last);
        bench.disk.put(last, Arrays.copyOf(whole, whole.length / 2));
        check();
        assertThat(findings).extracting(Finding::wrong).anyMatch(it -> it.contains("identity speaks of")).anyMatch(it -> it.contains("are left"));
    }

    @Test void offsetsThatDoNotAscendAreTold() throws IOException {
        int at = positionOfBatch(10);
        byte[] log = bench.disk.content(bench.file(0, ".log"));
        ByteBuffer.wrap(log).putLong(at, 3);
        bench.disk.put(bench.file(0, ".log"), log);
        withoutIdentity();
        check();
        assertThat(findings).extracting(Finding::wrong).anyMatch(it -> it.contains("says offsets 3 to 3 where 10 or a later one was due"));
    }

    @ParameterizedTest @ValueSource(strings = {".index", ".timeindex"})
    void anIndexEntryThatLiesIsTold(String suffix) throws IOException {
        int entryBytes = suffix.equals(".index") ? 8 : 12;
        damage(0, suffix, 2 * entryBytes - 1);                       // the second entry's last bit: it still ascends
        check();
        assertThat(findings).singleElement().satisfies(it -> {
            assertThat(it.file()).isEqualTo(bench.file(0, suffix));
            assertThat(it.position()).isEqualTo(entryBytes);
            assertThat(it.wrong()).startsWith("entry 1 ");
            assertThat(it.advice()).contains("repair-index");
        });
    }

    @ParameterizedTest @ValueSource(strings = {".index", ".timeindex"})
    void anIndexThatIsNoneOrIsMissingIsTold(String suffix) throws IOException {
        bench.disk.put(bench.file(0, suffix), new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9});
        check();
        assertThat(findings).singleElement().satisfies(it -> assertThat(it.wrong()).contains("do not ascend"));
        findings.clear();
        bench.disk.delete(bench.file(0, suffix));
        check();
        assertThat(findings).singleElement().satisfies(it -> assertThat(it.wrong()).isEqualTo("it is missing"));
    }

    @Test void onlyTheLastSegmentOfALogThatWasNotStoppedInOrderMayLackItsIndexes() throws IOException {
        long last = bench.segmentOffsets().getLast();
        bench.disk.delete(bench.file(last, ".index"));
        bench.disk.delete(bench.file(last, ".timeindex"));
        checker().run(false);
        assertThat(findings).isEmpty();
        checker().run(true);
        assertThat(findings).hasSize(2);
    }

    @Test void aTransactionIndexThatNamesAnotherRecordIsTold() throws IOException {
        Path file = bench.folder.resolve(bench.names().stream().filter(name -> name.endsWith(".txnindex")).findFirst().orElseThrow());
        byte[] content = bench.disk.content(file);
        ByteBuffer.wrap(content).putLong(18, ByteBuffer.wrap(content).getLong(18) + 3);
        bench.disk.put(file, content);
        check();
        assertThat(findings).singleElement().satisfies(it -> assertThat(it.wrong()).contains("producer 9").contains("another record does"));
    }

    @ParameterizedTest @ValueSource(strings = {".snapshot", ".recentbatches", ".identity"})
    void aSideFileWithAFlippedBitIsTold(String suffix) throws IOException {
        String name = bench.names().stream().filter(each -> each.endsWith(suffix)).reduce((first, second) -> second).orElseThrow();
        byte[] content = bench.disk.content(bench.folder.resolve(name));
        content[content.length - 6] ^= 1;
        bench.disk.put(bench.folder.resolve(name), content);
        check();
        assertThat(findings).singleElement().satisfies(it -> {
            assertThat(it.file()).isEqualTo(bench.folder.resolve(name));
            assertThat(it.advice()).contains("delete it");
        });
    }

    @Test void epochsTopicIdAndFilesWithoutALogAreLookedAt() throws IOException {
        bench.disk.put(bench.folder.resolve("leader-epoch-checkpoint"), "0\n7\n".getBytes());
        bench.disk.put(bench.folder.resolve("partition.metadata"), "version: 0\n".getBytes());
        bench.disk.put(bench.folder.resolve("00000000000000009999.index"), new byte[0]);
        check();
        assertThat(findings).extracting(it -> it.file().getFileName().toString()).contains("leader-epoch-checkpoint", "partition.metadata", "00000000000000009999.index");
    }

    @Test void anIdentityOfAnotherPartitionIsToldAndOneOfAnOlderGenerationIsNone() throws IOException {
        new PartitionCheck(bench.disk, bench.folder, new millrace.common.TopicPartition("orders", 1), bench.generation, watch).run(true);
        assertThat(findings).isNotEmpty().allSatisfy(it -> assertThat(it.wrong()).contains("it is that of partition 0"));
        findings.clear();
        damage(0, ".log", positionOfBatch(10) + 15);
        new PartitionCheck(bench.disk, bench.folder, LogBench.ORDERS_0, bench.generation + 1, watch).run(true);
        assertThat(findings).isEmpty();
    }

    // ---- repairing ----

    @ParameterizedTest @ValueSource(strings = {".index", ".timeindex"})
    void aWrongIndexIsMadeAnewAndTheCheckIsSatisfied(String suffix) throws IOException {
        damage(0, suffix, 15);
        assertThat(repair(0)).isInstanceOfSatisfying(IndexRepair.Outcome.Repaired.class, it -> assertThat(it.files()).contains(bench.file(0, suffix)));
        findings.clear();
        check();
        assertThat(findings).isEmpty();
        bench.open(new LogStart(bench.log.logEndOffset(), 0, bench.log.logEndOffset(), true));
        assertThat(bench.content()).hasSize(BATCHES + 12);
        assertThat(bench.events(LogEvent.SideFileRejected.class)).isEmpty();
    }

    @Test void aRightIndexIsLeftAsItIs() throws IOException {
        byte[] index = bench.disk.content(bench.file(0, ".index"));
        assertThat(repair(0)).isInstanceOf(IndexRepair.Outcome.Right.class);
        assertThat(bench.disk.content(bench.file(0, ".index"))).isEqualTo(index);
    }

    @Test void aDamagedSegmentIsNotIndexed() throws IOException {
        damage(0, ".log", positionOfBatch(10) + 100);
        bench.disk.delete(bench.file(0, ".index"));
        assertThat(repair(0)).isInstanceOfSatisfying(IndexRepair.Outcome.Refused.class, it -> assertThat(it.damage().position()).isEqualTo(positionOfBatch(10)));
        assertThat(bench.disk.exists(bench.file(0, ".index"))).isFalse();
    }

    @Test void theMadeIndexIsOnTheDevice() throws IOException {
        bench.disk.delete(bench.file(0, ".index"));
        repair(0);
        byte[] made = bench.disk.content(bench.file(0, ".index"));
        bench.disk.losePower(0);
        assertThat(bench.disk.content(bench.file(0, ".index"))).isEqualTo(made);
    }

    // ---- words ----

    private final LogFileWatch watch = new LogFileWatch() {
        @Override public void found(Finding finding) {
            findings.add(finding);
        }

        @Override public void read(Path file, long bytes) {
            bytesRead += bytes;
        }
    };

    private PartitionCheck checker() {
        return new PartitionCheck(bench.disk, bench.folder, LogBench.ORDERS_0, bench.generation, watch);
    }

    private void check() throws IOException {
        checker().run(true);
    }

    private IndexRepair.Outcome repair(long segment) throws IOException {
        return new IndexRepair(bench.disk, watch).repair(bench.file(segment, ".log"));
    }

    private void damage(long segment, String suffix, int at) {
        byte[] content = bench.disk.content(bench.file(segment, suffix));
        content[at] ^= 1;
        bench.disk.put(bench.file(segment, suffix), content);
    }

    private void withoutIdentity() throws IOException {
        for (String name : bench.names()) if (name.endsWith(".identity")) bench.disk.delete(bench.folder.resolve(name));
    }

    private int positionOfBatch(int number) {
        ByteBuffer log = ByteBuffer.wrap(bench.disk.content(bench.file(0, ".log")));
        int position = 0;
        for (int i = 0; i < number; i++) position += log.getInt(position + 8) + 12;
        return position;
    }
}
