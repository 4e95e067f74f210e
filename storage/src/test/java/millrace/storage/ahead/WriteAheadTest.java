package millrace.storage.ahead;

import static millrace.storage.ahead.AheadBench.DATA;
import static millrace.storage.ahead.AheadBench.FILE_BYTES;
import static millrace.storage.ahead.AheadBench.FIRST;
import static millrace.storage.ahead.AheadBench.ID;
import static millrace.storage.ahead.AheadBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.storage.log.LogConfig;
import millrace.storage.log.PartitionLog;
import org.junit.jupiter.api.Test;

/// What a power loss takes from the logs' own files, and the write-ahead files give back.
class WriteAheadTest {
    private final AheadBench bench = new AheadBench().open();

    @Test void aRoundOfManyLogsCostsOneSync() {
        var logs = new ArrayList<PartitionLog>();
        for (int i = 0; i < 10; i++) logs.add(bench.log(i));
        for (PartitionLog log : logs) bench.appendDurably(log, 1, "first");
        PartitionLog other = bench.log(10);
        for (int i = 0; i < 34; i++) bench.appendDurably(other, 1, "both files have been written whole, and are not made longer");
        for (PartitionLog log : logs) {
            bench.append(log, 1, "second");
            bench.directory.syncOwner().requestSync(log, 2);
        }
        int before = bench.disk.syncs;
        bench.workers.runAll();
        assertThat(bench.disk.syncs - before).isEqualTo(1);
        assertThat(logs).allMatch(log -> log.flushedOffset() == 2 && log.recoveryPoint() == 1);
        bench.losePowerAndStart();
        for (int i = 0; i < 10; i++) assertThat(bench.contents(i)).isEqualTo("0=first 1=second");
        assertThat(bench.disk.exists(FIRST)).isFalse();
    }

    @Test void theTailOfALogThatKeptSomeOfItIsCompleted() {
        PartitionLog log = bench.log(0);
        bench.appendDurably(log, 1, "a");
        bench.appendDurably(log, 1, "b");
        log.flush(2);
        bench.appendDurably(log, 1, "c");
        bench.append(log, 1, "never asked for");
        bench.losePowerAndStart();
        assertThat(bench.contents(0)).isEqualTo("0=a 1=b 2=c");
        assertThat(bench.opened(0).flushedOffset()).isEqualTo(3);
        bench.appendDurably(bench.opened(0), 2, "d");
        bench.losePowerAndStart();
        assertThat(bench.contents(0)).isEqualTo("0=a 1=b 2=c 3=d");
    }

    @Test void aLogWhoseFolderIsNotOnTheDeviceIsFlushed() {
        PartitionLog log = bench.directory.createLog(new TopicPartition("t", 0), ID, LogConfig.DEFAULTS);
        bench.appendDurably(log, 1, "a");
        assertThat(bench.disk.exists(FIRST)).isFalse();
        bench.losePowerAndStart();
        assertThat(bench.contents(0)).isEqualTo("0=a");
    }

    /// Its bytes were synced by the recovery; its folder may never have been.
    @Test void whatAStartHasRecoveredIsOnTheDeviceWithItsFolder() {
        bench.append(bench.directory.createLog(new TopicPartition("t", 0), ID, LogConfig.DEFAULTS), 1, "a");
        bench.disk.killProcess();
        bench.open();
        assertThat(bench.opened(0).flushedOffset()).isEqualTo(1);
        bench.losePowerAndStart();
        assertThat(bench.contents(0)).isEqualTo("0=a");
        assertThat(bench.opened(0).topicId()).isEqualTo(ID);
    }

    @Test void filesAreTakenInTurnAfterTheirLogsHaveBeenFlushed() {
        PartitionLog log = bench.log(0);
        for (int i = 0; i < 100; i++) bench.appendDurably(log, 1, "v" + i);            // a file holds 16 groups
        assertThat(log.recoveryPoint()).isGreaterThanOrEqualTo(80);
        assertThat(bench.disk.content(FIRST)).hasSize(FILE_BYTES);
        assertThat(bench.disk.content(SECOND)).hasSize(FILE_BYTES);
        bench.losePowerAndStart();
        assertThat(bench.opened(0).logEndOffset()).isEqualTo(100);
        assertThat(bench.contents(0)).endsWith("98=v98 99=v99");
    }

    @Test void whileTheOtherFileIsNeededLogsAreSyncedThemselves() {
        PartitionLog log = bench.log(0);
        var ahead = new WriteAhead(bench.disk, DATA, FILE_BYTES, _ -> { });
        for (int i = 0; i < 32; i++) {
            bench.append(log, 1, "v");
            assertThat(ahead.write(List.of(log))).isEmpty();
        }
        bench.append(log, 1, "v");
        assertThat(ahead.write(List.of(log))).containsExactly(log);
        assertThat(log.flushedOffset()).isEqualTo(32);
    }

    @Test void aTornGroupAtTheEndIsNone() {
        PartitionLog log = bench.log(0);
        PartitionLog other = bench.log(1);
        bench.appendDurably(log, 1, "a");
        bench.appendDurably(log, 1, "b");
        bench.appendDurably(other, 1, "x");
        byte[] torn = bench.disk.content(FIRST).clone();
        Arrays.fill(torn, 2 * AheadGroup.ALIGNMENT + 30, 3 * AheadGroup.ALIGNMENT, (byte) 0);
        bench.losePowerAndStartWith(FIRST, torn);
        assertThat(bench.contents(0)).isEqualTo("0=a 1=b");
        assertThat(bench.opened(1).logEndOffset()).isZero();
        assertThat(bench.damaged).isEmpty();
    }

    @Test void offsetsThatAreNowhereMakeTheLogDamagedAndTheCopiesAreKept() {
        PartitionLog log = bench.log(0);
        bench.appendDurably(log, 1, "a");
        bench.appendDurably(log, 1, "b");
        byte[] bytes = bench.disk.content(FIRST);
        bytes[40]++;
        bench.losePowerAndStartWith(FIRST, bytes);
        assertThat(bench.damaged).singleElement().asString().contains("t-0").contains("offsets 0 to 0 were acknowledged");
        assertThat(bench.disk.exists(DATA.resolve("millrace-ahead-0.kept"))).isTrue();
        assertThat(bench.disk.exists(FIRST)).isFalse();
        assertThat(bench.lost).isEmpty();                                          // the first group of a file may as well be one that was never whole

        bench.directory.closeCleanly(7);
        bench.losePowerAndStart();
        assertThat(bench.damaged).as("as well after the copies have been set aside").hasSize(2);
        assertThat(bench.directory.damaged()).containsKey(new TopicPartition("t", 0));
    }

    @Test void aDamagedGroupInTheMiddleIsToldAlsoWhereNoLogMissesIt() {
        PartitionLog log = bench.log(0);
        PartitionLog other = bench.log(1);
        bench.appendDurably(log, 1, "a");
        bench.appendDurably(other, 1, "x");
        bench.appendDurably(log, 1, "b");
        byte[] bytes = bench.disk.content(FIRST);
        bytes[AheadGroup.ALIGNMENT + 40]++;
        bench.losePowerAndStartWith(FIRST, bytes);
        assertThat(bench.contents(0)).isEqualTo("0=a 1=b");
        assertThat(bench.lost).singleElement().asString().contains("1 groups").contains("millrace-ahead-0");
        assertThat(bench.disk.exists(DATA.resolve("millrace-ahead-0.kept"))).isTrue();
    }

    @Test void whoComesAfterTheEndWritesNothing() {
        PartitionLog log = bench.log(0);
        bench.appendDurably(log, 1, "a");
        var ahead = new WriteAhead(bench.disk, DATA, FILE_BYTES, _ -> { });
        ahead.close();
        assertThat(ahead.write(List.of(log))).containsExactly(log);
    }

    @Test void copiesOfWhatWasTruncatedAreVoid() {
        PartitionLog log = bench.log(0);
        bench.appendDurably(log, 1, "a");
        bench.appendDurably(log, 1, "b");
        bench.appendDurably(log, 1, "c");
        log.truncateTo(1);
        bench.appendDurably(log, 2, "B");
        bench.losePowerAndStart();
        assertThat(bench.contents(0)).isEqualTo("0=a 1=B");
    }

    @Test void copiesFromBeforeSomebodyElseWroteAreVoid() {
        PartitionLog log = bench.log(0);
        bench.appendDurably(log, 1, "a");
        log.flush(1);
        bench.appendDurably(log, 1, "b");
        bench.appendDurably(log, 1, "c");
        byte[] copies = bench.disk.content(FIRST);
        bench.losePowerAndStart();
        bench.opened(0).truncateTo(1);
        bench.appendDurably(bench.opened(0), 5, "Kafka's");
        bench.opened(0).flush(2);
        bench.losePowerAndStartWith(FIRST, copies);
        assertThat(bench.contents(0)).isEqualTo("0=a 1=Kafka's");
        assertThat(bench.damaged).isEmpty();
    }

    @Test void aTopicOfTheSameNameIsAnother() {
        PartitionLog log = bench.log(0);
        bench.appendDurably(log, 1, "a");
        bench.directory.deleteLog(new TopicPartition("t", 0));
        bench.directory.createLog(new TopicPartition("t", 0), new Uuid(3, 4), LogConfig.DEFAULTS).flush(0);
        bench.losePowerAndStart();
        assertThat(bench.opened(0).logEndOffset()).isZero();
        assertThat(bench.damaged).isEmpty();
    }

    @Test void aCleanStopLeavesNothingAndWhatLiesBesideItsMarkerIsIgnored() {
        PartitionLog log = bench.log(0);
        bench.appendDurably(log, 1, "a");
        bench.appendDurably(log, 1, "b");
        byte[] copies = bench.disk.content(FIRST);
        bench.directory.closeCleanly(7);
        assertThat(bench.disk.exists(FIRST)).isFalse();
        bench.losePowerAndStartWith(FIRST, copies);
        assertThat(bench.disk.exists(FIRST)).isFalse();
        assertThat(bench.contents(0)).isEqualTo("0=a 1=b");
    }

    @Test void theLogsStartIsNotWrittenDownBeforeItsFilesHaveIt() {
        PartitionLog log = bench.log(0);
        for (String value : List.of("a", "b", "c")) bench.appendDurably(log, 1, value);
        log.updateHighWatermark(3);
        log.advanceLogStartOffset(2);
        bench.directory.checkpointTick();
        bench.appendDurably(log, 1, "d");
        bench.losePowerAndStart();
        assertThat(bench.opened(0).logStartOffset()).isEqualTo(2);
        assertThat(bench.contents(0)).isEqualTo("0=a 1=b 2=c 3=d");
    }

    @Test void withoutRoomForThemLogsAreSyncedThemselves() {
        PartitionLog log = bench.log(0);
        bench.append(log, 1, "a");
        bench.disk.usableBytes = 4_000;                                            // less than the file is made longer by
        bench.directory.syncOwner().requestSync(log, 1);
        bench.workers.runAll();
        assertThat(log.flushedOffset()).isEqualTo(1);
        assertThat(bench.disk.content(FIRST)).isEmpty();
        assertThat(bench.failures).isEmpty();
        bench.disk.usableBytes = 1 << 20;
        bench.losePowerAndStart();
        assertThat(bench.contents(0)).isEqualTo("0=a");
    }

    @Test void aFailingDeviceTakesTheDirectoryOffline() {
        PartitionLog log = bench.log(0);
        bench.append(log, 1, "a");
        bench.disk.failingSyncs = path -> path.equals(FIRST);
        bench.directory.syncOwner().requestSync(log, 1);
        bench.workers.runAll();
        assertThat(bench.failures).singleElement().satisfies(failure -> assertThat(failure).hasMessageContaining("millrace-ahead-0"));
        assertThat(log.flushedOffset()).isZero();
    }

    @Test void whatIsFlushedInTheBackgroundEndsTheFilesUse() {
        PartitionLog log = bench.log(0);
        bench.appendDurably(log, 1, "a");
        bench.directory.syncOwner().requestFlush(log);
        bench.workers.runAll();
        assertThat(log.recoveryPoint()).isEqualTo(1);
    }
}
