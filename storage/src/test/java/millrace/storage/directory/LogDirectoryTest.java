package millrace.storage.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Randomness;
import millrace.record.RecordBatchBuilder;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;
import millrace.storage.log.ManualClock;
import millrace.storage.log.MemoryDisk;
import millrace.storage.log.OutOfSpace;
import millrace.storage.log.PartitionLog;
import millrace.storage.sync.DirectWorkers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogDirectoryTest {
    private static final Path DATA = Path.of("/data");
    private static final String CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg";
    private static final TopicPartition A0 = new TopicPartition("a", 0);
    private static final TopicPartition B1 = new TopicPartition("b-with-dash", 1);
    private static final Uuid ID = new Uuid(7, 9);

    private final MemoryDisk disk = new MemoryDisk();
    private final ManualClock clock = new ManualClock();
    private final DirectWorkers workers = new DirectWorkers();
    private final List<LogEvent> events = new ArrayList<>();
    private final List<LogDirFailure> failures = new ArrayList<>();
    private final List<TopicPartition> damaged = new ArrayList<>();
    private LogConfig config = LogConfig.DEFAULTS;
    private LogDirectory directory;

    private LogDirectory open() {
        return open(CLUSTER, 1);
    }

    private LogDirectory open(String clusterId, int nodeId) {
        var random = new Random(5);
        var randomness = new Randomness() {
            @Override public long nextLong() {
                return random.nextLong();
            }

            @Override public int nextInt(int bound) {
                return random.nextInt(bound);
            }
        };
        var listener = new LogDirSettings.Listener() {
            @Override public void onEvent(LogEvent event) {
                events.add(event);
            }

            @Override public void onFailure(LogDirFailure failure) {
                failures.add(failure);
            }

            @Override public void onDamaged(TopicPartition topicPartition, String text) {
                damaged.add(topicPartition);
            }
        };
        directory = LogDirectory.open(disk, DATA, clock, workers, new LogDirSettings(clusterId, nodeId, randomness, topic -> config, 2, 100, 65_536, listener));
        return directory;
    }

    private void append(PartitionLog log, String value) {
        try (var builder = new RecordBatchBuilder()) {
            builder.append(clock.timestampMs(), null, ByteBuffer.wrap(value.getBytes(UTF_8)), List.of());
            log.appendAsLeader(builder.build(), 1, AppendOrigin.CLIENT);
        }
    }

    private String text(String name) {
        return new String(disk.content(DATA.resolve(name)), UTF_8);
    }

    private List<String> names() throws Exception {
        return disk.list(DATA).stream().map(path -> path.getFileName().toString()).toList();
    }

    @Test void anEmptyDirectoryIsFormattedAndRemembersWhoseItIs() {
        open();
        MetaProperties mine = directory.metaProperties();
        assertThat(text("meta.properties")).isEqualTo("cluster.id=" + CLUSTER + "\ndirectory.id=" + mine.directoryId() + "\nnode.id=1\nversion=1\n");
        assertThat(directory.previousBrokerEpoch()).isEmpty();
        directory.close();
        assertThat(open(null, 1).metaProperties()).isEqualTo(mine);
        directory.close();
        assertThatThrownBy(() -> open("anotherClusterId", 1)).isInstanceOf(IllegalStateException.class).hasMessageContaining(CLUSTER).hasMessageContaining("/data");
        assertThatThrownBy(() -> open(CLUSTER, 2)).isInstanceOf(IllegalStateException.class).hasMessageContaining("node 1");
        assertThat(open().metaProperties()).isEqualTo(mine);
    }

    @Test void anUnformattedDirectoryNeedsAClusterId() {
        assertThatThrownBy(() -> open(null, 1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("not formatted");
    }

    @Test void aDirectoryOfLogsWhoseNameIsLostIsNotTakenForANewOne() {
        append(open().createLog(A0, ID, config), "x");
        directory.close();
        disk.delete(DATA.resolve("meta.properties"));
        assertThatThrownBy(this::open).isInstanceOf(IllegalStateException.class).hasMessageContaining("/data").hasMessageContaining("meta.properties").hasMessageContaining("restore");
        assertThat(disk.exists(DATA.resolve("meta.properties"))).isFalse();
    }

    @Test void whatKafkasFormatterWroteIsRead() {
        disk.createDirectories(DATA);
        disk.put(DATA.resolve("meta.properties"), ("#\n#Fri Nov 20 10:00:00 UTC 2026\ncluster.id=" + CLUSTER + "\nversion=1\ndirectory.id=3Db5QLSqSZieL3rJBUUegA\nnode.id=1\n").getBytes(UTF_8));
        assertThat(open().metaProperties().directoryId()).hasToString("3Db5QLSqSZieL3rJBUUegA");
    }

    @Test void aDirectoryIsUsedByOneProcessAtATime() {
        open();
        assertThatThrownBy(this::open).isInstanceOf(IllegalStateException.class).hasMessageContaining("another process");
    }

    @Test void oneSyncOfTheDirectoryMakesAllFoldersDurableThatWereThereBefore() {
        open();
        PartitionLog first = directory.createLog(A0, ID, config);
        PartitionLog second = directory.createLog(B1, ID, config);
        var synced = new ArrayList<Path>();
        disk.failingSyncs = path -> !synced.add(path);
        first.flush(0);
        second.flush(0);
        assertThat(synced).containsOnlyOnce(DATA);
        disk.losePower(0);
        open();
        assertThat(directory.logs()).extracting(PartitionLog::topicPartition).containsExactly(A0, B1);
    }

    @Test void aFolderThatCameAfterTheSyncIsBroughtToTheDeviceBeforeItsRecords() {
        open().createLog(A0, ID, config).flush(0);
        PartitionLog late = directory.createLog(B1, ID, config);
        append(late, "x");
        late.flush(1);
        disk.losePower(0);
        assertThat(open().log(B1).orElseThrow().logEndOffset()).isEqualTo(1);
    }

    /// Its folder was there when the process came, and perhaps only in memory.
    @Test void foldersThatAKillHasLeftAreOnTheDeviceBeforeTheirLogsAreShown() {
        append(open().createLog(A0, ID, config), "x");
        append(directory.createLog(B1, ID, config), "y");
        disk.killProcess();
        open();
        disk.losePower(0);
        open();
        assertThat(directory.logs()).extracting(PartitionLog::logEndOffset).containsExactly(1L, 1L);
    }

    @Test void aLogThatNobodyHasTouchedIsClosedWithoutASyncOfItsFiles() {
        append(open().createLog(A0, ID, config), "x");
        directory.closeCleanly(1);
        open();
        directory.log(A0).orElseThrow().assignLeaderEpoch(2, 1);             // as every start does
        var synced = new ArrayList<Path>();
        disk.failingSyncs = path -> !synced.add(path);
        directory.closeCleanly(2);
        assertThat(synced).filteredOn(path -> path.startsWith(DATA.resolve("a-0"))).containsExactly(DATA.resolve("a-0/leader-epoch-checkpoint.tmp"), DATA.resolve("a-0"));
    }

    @Test void aCleanStopIsRememberedUntilTheNextStart() throws Exception {
        open();
        append(directory.createLog(A0, ID, config), "x");
        append(directory.createLog(B1, ID, config), "y");
        directory.log(A0).orElseThrow().updateHighWatermark(1);
        directory.closeCleanly(42);
        assertThat(text(".kafka_cleanshutdown")).isEqualTo("{\"version\":0,\"brokerEpoch\":42}");
        assertThat(text("recovery-point-offset-checkpoint")).isEqualTo("0\n2\na 0 1\nb-with-dash 1 1\n");
        assertThat(text("replication-offset-checkpoint")).isEqualTo("0\n2\na 0 1\nb-with-dash 1 0\n");
        assertThat(text("log-start-offset-checkpoint")).isEqualTo("0\n0\n");
        disk.losePower(0);

        open();
        assertThat(directory.previousBrokerEpoch()).hasValue(42);
        assertThat(names()).doesNotContain(".kafka_cleanshutdown");
        assertThat(directory.logs()).extracting(PartitionLog::topicPartition).containsExactly(A0, B1);
        assertThat(directory.log(A0).orElseThrow().highWatermark()).isEqualTo(1);
        assertThat(directory.log(B1).orElseThrow().topicId()).isEqualTo(ID);
        assertThat(events).noneMatch(LogEvent.Recovered.class::isInstance);
        directory.close();

        open();
        assertThat(directory.previousBrokerEpoch()).isEmpty();
        assertThat(events).anyMatch(LogEvent.Recovered.class::isInstance);
        assertThat(directory.log(A0).orElseThrow().logEndOffset()).isEqualTo(1);
    }

    @Test void afterACrashAFullDiskIsOpened() {
        open();
        directory.close();
        disk.usableBytes = 0;
        assertThat(open().logs()).isEmpty();
        assertThat(failures).isEmpty();
    }

    @Test void aCopyThatTakesItsPlaceOnAFullDiskIsCheckpointedLater() {
        open();
        PartitionLog copy = directory.createFuture(A0, ID, config, 0);
        append(copy, "x");
        disk.failingWrites = path -> path.getParent().equals(DATA);
        disk.usableBytes = 4_000;
        PartitionLog log = directory.promoteFuture(A0);
        assertThat(log.logEndOffset()).isEqualTo(1);
        assertThat(directory.failure()).isEmpty();
        disk.failingWrites = path -> false;
        disk.usableBytes = 1 << 30;
        directory.checkpointTick();
        assertThat(text("recovery-point-offset-checkpoint")).isEqualTo("0\n1\na 0 1\n");
    }

    @Test void aCopyIsNotTakenForCleanBecauseAnEarlierLogOfItsNameWas() {
        disk.createDirectories(DATA);
        disk.put(DATA.resolve("cleaner-offset-checkpoint"), "0\n1\na 0 50\n".getBytes(UTF_8));
        open();
        directory.createFuture(A0, ID, config, 0);
        assertThat(directory.cleanerCheckpoint().of(A0)).isEmpty();
        assertThat(text("cleaner-offset-checkpoint")).isEqualTo("0\n0\n");
    }

    @Test void whatWasSyncedSurvivesThePowerWithoutAnyCheckpoint() {
        open();
        PartitionLog log = directory.createLog(A0, ID, config);
        append(log, "x");
        directory.syncOwner().requestSync(log, 1);
        workers.runAll();
        append(log, "lost");
        assertThat(log.flushedOffset()).isEqualTo(1);
        disk.losePower(0);
        open();
        assertThat(directory.log(A0).orElseThrow().logEndOffset()).isEqualTo(1);
        assertThat(directory.log(A0).orElseThrow().topicId()).isEqualTo(ID);
    }

    @Test void aDeletedLogIsGoneAtOnceAndItsFilesAfterTheDelay() throws Exception {
        open();
        append(directory.createLog(A0, ID, config), "x");
        assertThat(directory.deleteLog(A0)).isTrue();
        assertThat(directory.deleteLog(A0)).isFalse();
        assertThat(directory.log(A0)).isEmpty();
        assertThat(names()).anyMatch(name -> name.matches("a-0\\.[0-9a-f]{32}-delete"));
        clock.advance(config.fileDeleteDelayMs() - 1);
        directory.checkpointTick();
        assertThat(names()).anyMatch(name -> name.endsWith("-delete"));
        clock.advance(1);
        directory.checkpointTick();
        assertThat(names()).noneMatch(name -> name.startsWith("a-0"));
    }

    @Test void aPartitionMayBeCreatedAgainRightAfterItsDeletion() {
        open();
        PartitionLog old = directory.createLog(A0, ID, config);
        append(old, "x");
        old.flush(1);
        directory.checkpointTick();
        directory.deleteLog(A0);
        var newId = new Uuid(8, 8);
        assertThat(directory.createLog(A0, newId, config).logEndOffset()).isZero();
        directory.close();
        open();
        assertThat(damaged).isEmpty();
        assertThat(directory.log(A0).orElseThrow().topicId()).isEqualTo(newId);
    }

    @Test void leftoversOfDeletionsAreSweptAfterTheNextStart() throws Exception {
        open();
        append(directory.createLog(A0, ID, config), "x");
        directory.deleteLog(A0);
        directory.close();
        open();
        directory.checkpointTick();
        assertThat(names()).noneMatch(name -> name.startsWith("a-0"));
    }

    @Test void anotherTopicsFolderIsNotTakenForThisOne() {
        open();
        directory.createLog(A0, ID, config);
        assertThat(directory.createLog(A0, ID, config)).isSameAs(directory.log(A0).orElseThrow());
        assertThatThrownBy(() -> directory.createLog(A0, new Uuid(1, 1), config)).isInstanceOf(IllegalStateException.class);
        assertThat(directory.markStray(A0)).isTrue();
        assertThat(directory.strays()).singleElement().satisfies(path -> assertThat(path.toString()).matches("/data/a-0\\.[0-9a-f]{32}-stray"));
        assertThat(directory.createLog(A0, new Uuid(1, 1), config).topicId()).isEqualTo(new Uuid(1, 1));
    }

    /// Crashes and bit rot, seed 11 of `LogRestartTest`: it was taken for a torn tail and cut, and its offsets were given out again.
    @Test void whatAStartHasRecoveredIsNotCutWhenItRotsBeforeTheNextCheckpoint() {
        PartitionLog log = open().createLog(A0, ID, config);
        append(log, "x");
        append(log, "y");
        log.flush(2);
        directory.close();
        assertThat(open().log(A0).orElseThrow().logEndOffset()).isEqualTo(2);
        assertThat(text("recovery-point-offset-checkpoint")).contains("a 0 2");
        directory.close();
        Path file = DATA.resolve("a-0/00000000000000000000.log");
        byte[] rotten = disk.content(file).clone();
        rotten[rotten.length - 1] ^= 1;
        disk.put(file, rotten);
        open();
        assertThat(damaged.isEmpty() ? directory.log(A0).orElseThrow().logEndOffset() : 2).as("refused, or read around").isEqualTo(2);
        assertThat(disk.content(file)).isEqualTo(rotten);
    }

    @Test void aDamagedLogStaysClosedAndTheOthersGoOn() {
        open();
        append(directory.createLog(A0, ID, config), "x");
        append(directory.createLog(B1, ID, config), "y");
        for (PartitionLog log : directory.logs()) log.flush(1);
        directory.checkpointTick();
        directory.close();
        Path file = DATA.resolve("a-0/00000000000000000000.log");
        disk.put(file, new byte[20]);
        open();
        assertThat(damaged).containsExactly(A0);
        assertThat(directory.damaged().get(A0)).contains("a-0").contains("damaged");
        assertThat(directory.log(B1).orElseThrow().logEndOffset()).isEqualTo(1);
        assertThatThrownBy(() -> directory.createLog(A0, ID, config)).isInstanceOf(IllegalStateException.class).hasMessageContaining("damaged");
        directory.closeCleanly(3);
        open();
        assertThat(damaged).containsExactly(A0, A0);
        assertThat(disk.content(file)).isEqualTo(new byte[20]);
    }

    @Test void aLogThatNothingNamesIsRefusedAndNotNobodys() {
        PartitionLog log = open().createLog(A0, ID, config);
        append(log, "x");
        directory.closeCleanly(5);
        disk.delete(DATA.resolve("a-0").resolve("partition.metadata"));
        assertThat(open().log(A0).orElseThrow().topicId()).as("the identity names it").isEqualTo(ID);
        directory.closeCleanly(6);
        disk.delete(DATA.resolve("a-0").resolve("partition.metadata"));
        disk.delete(DATA.resolve("a-0").resolve("00000000000000000000.identity"));
        assertThat(open().log(A0)).isEmpty();
        assertThat(directory.damaged().get(A0)).contains("partition.metadata").contains("names no topic");
        assertThatThrownBy(() -> directory.createLog(A0, ID, config)).isInstanceOf(IllegalStateException.class).hasMessageContaining("names no topic");
        assertThat(damaged).containsExactly(A0);
    }

    /// Killed before it had a side file to speak of, it was set aside as another topic's (corruption 3078).
    @Test void aYoungLogThatNamesAnotherTopicIsRefusedAndNotSetAside() {
        young();
        nameAnotherTopic();
        disk.delete(DATA.resolve("a-0").resolve("partition.metadata"));
        assertThat(open().log(A0).orElseThrow().topicId()).as("mended as the error says").isEqualTo(ID);
        assertThat(directory.log(A0).orElseThrow().logEndOffset()).isEqualTo(2);
    }

    /// While it stays closed its copies are set aside. It does not go on without them when it has been mended.
    @Test void aLogThatWasRefusedIsNotMendedWithoutWhatOnlyItsCopiesHeld() {
        young();
        disk.losePower(0);
        nameAnotherTopic();
        disk.delete(DATA.resolve("a-0").resolve("partition.metadata"));
        assertThat(open().log(A0)).isEmpty();
        assertThat(directory.damaged().get(A0)).contains("ends at offset 1").contains("recovery point 2");
    }

    private void nameAnotherTopic() {
        disk.put(DATA.resolve("a-0").resolve("partition.metadata"), "version: 0\ntopic_id: AAAAAAAAAAcAAAAAAAAACg\n".getBytes(UTF_8));
        assertThat(open().log(A0)).isEmpty();
        assertThat(directory.damaged().get(A0)).contains("partition.metadata").contains("written for topic " + ID);
        directory.close();
    }

    @ParameterizedTest @ValueSource(strings = {"", "version: 0\ntopic_id: ", "\0\0\0\0"})
    void aYoungLogThatNamesNoTopicIsItsOwnersOnceAnybodyWasAnswered(String rotten) {
        young();
        disk.put(DATA.resolve("a-0").resolve("partition.metadata"), rotten.getBytes(UTF_8));
        assertThat(open().log(A0).orElseThrow().topicId()).isEqualTo(ID);
        assertThat(directory.log(A0).orElseThrow().logEndOffset()).isEqualTo(2);
        assertThat(damaged).isEmpty();
    }

    /// Two records acknowledged, the second by a copy, and killed before any checkpoint.
    private void young() {
        PartitionLog log = open().createLog(A0, ID, config);
        for (String value : List.of("x", "y")) {
            append(log, value);
            directory.syncOwner().requestSync(log, log.logEndOffset());
            workers.runAll();
            assertThat(log.flushedOffset()).isEqualTo(log.logEndOffset());
        }
        directory.close();
    }

    /// A power loss took its topic's name before anybody was answered. Seed 49 of `LogSimulationTest` over the wire: the start that recovered it wrote down that it
    /// was on the device, and the next one kept it closed for having lost its name.
    @Test void aYoungLogThatLostItsNameIsStillNobodysAfterASecondCrash() {
        append(open().createLog(A0, ID, config), "x");
        directory.close();
        disk.put(DATA.resolve("a-0").resolve("partition.metadata"), new byte[0]);
        for (int start = 2; start < 5; start++) {
            PartitionLog log = open().log(A0).orElseThrow();
            assertThat(log.topicId()).as("start %d", start).isEqualTo(Uuid.ZERO);
            assertThat(log.logEndOffset()).isEqualTo(1);
            directory.close();
        }
        assertThat(damaged).isEmpty();
    }

    @Test void theRecoveryPointOnTheDeviceFallsBeforeATruncation() {
        open();
        PartitionLog log = directory.createLog(A0, ID, config);
        for (int i = 0; i < 4; i++) append(log, "v" + i);
        log.flush(4);
        directory.checkpointTick();
        assertThat(text("recovery-point-offset-checkpoint")).isEqualTo("0\n1\na 0 4\n");
        log.truncateTo(2);
        assertThat(text("recovery-point-offset-checkpoint")).isEqualTo("0\n1\na 0 0\n");
        disk.losePower(0);
        open();
        assertThat(damaged).isEmpty();
        assertThat(directory.log(A0).orElseThrow().logEndOffset()).isEqualTo(2);
    }

    @Test void aFailedSyncTakesTheDirectoryOfflineOnceAndNoMarkerIsWritten() throws Exception {
        open();
        PartitionLog log = directory.createLog(A0, ID, config);
        append(log, "x");
        var told = new ArrayList<Long>();
        log.onFlushed(told::add);
        disk.failingSyncs = path -> path.toString().endsWith(".log");
        directory.syncOwner().requestSync(log, 1);
        workers.runAll();
        directory.syncOwner().requestSync(log, 1);
        workers.runAll();
        assertThat(told).isEmpty();
        assertThat(failures).hasSize(1);
        assertThat(directory.failure()).contains(failures.getFirst());
        disk.failingSyncs = path -> false;
        assertThatThrownBy(() -> directory.createLog(B1, ID, config)).isInstanceOf(LogDirFailure.class);
        assertThatThrownBy(() -> directory.closeCleanly(1)).isInstanceOf(LogDirFailure.class);
        assertThat(names()).doesNotContain(".kafka_cleanshutdown");
    }

    @Test void aFullDiskStopsNeitherTheDirectoryNorATruncation() throws Exception {
        open();
        PartitionLog log = directory.createLog(A0, ID, config);
        for (int i = 0; i < 4; i++) append(log, "v" + i);
        log.flush(4);
        directory.checkpointTick();
        append(log, "w");
        log.flush(5);
        disk.usableBytes = 0;
        directory.checkpointTick();
        assertThatThrownBy(() -> directory.createLog(B1, ID, config)).isInstanceOf(OutOfSpace.class).hasMessageContaining("b-with-dash-1");
        assertThat(text("recovery-point-offset-checkpoint")).isEqualTo("0\n1\na 0 4\n");
        log.truncateTo(2);
        assertThat(names()).doesNotContain("recovery-point-offset-checkpoint");
        assertThat(failures).isEmpty();
        disk.usableBytes = 1 << 20;
        directory.createLog(B1, ID, config);
        directory.checkpointTick();
        directory.closeCleanly(1);
        assertThat(open().log(A0).orElseThrow().logEndOffset()).isEqualTo(2);
    }

    @Test void dirtyLogsAreSyncedInTimeAlsoWhenNobodyWaits() {
        open();
        PartitionLog log = directory.createLog(A0, ID, LogConfig.builder().flushMs(50).build());
        append(log, "x");
        directory.flushTick(1_000, 10_000);
        directory.flushTick(1_049, 10_000);
        workers.runAll();
        assertThat(log.flushedOffset()).isZero();
        directory.flushTick(1_050, 10_000);
        workers.runAll();
        assertThat(log.flushedOffset()).isEqualTo(1);
    }

    @Test void whatNoSyncHasMadeDurableComesToTheDeviceInTime() {
        open();
        PartitionLog log = directory.createLog(A0, ID, config);
        append(log, "x");
        directory.flushTick(1_000, Long.MAX_VALUE);
        append(log, "y");
        directory.flushTick(30_999, Long.MAX_VALUE);
        workers.runAll();
        assertThat(log.flushedOffset()).isZero();
        directory.flushTick(31_000, Long.MAX_VALUE);
        workers.runAll();
        assertThat(log.flushedOffset()).isEqualTo(2);
    }

    @Test void whatIsDurableInACopyWaitsForTheWriteAheadFile() {
        open();
        PartitionLog log = directory.createLog(A0, ID, config);
        log.flush(0);
        for (long nowMs = 1_000; nowMs < 100_000; nowMs += 12_000) {
            append(log, "x");
            directory.flushTick(nowMs, Long.MAX_VALUE);
            directory.syncOwner().requestSync(log, log.logEndOffset());
            workers.runAll();
        }
        assertThat(log.flushedOffset()).isEqualTo(9);
        assertThat(log.recoveryPoint()).isZero();
    }

    @Test void muchThatNoSyncHasMadeDurableComesToTheDeviceSooner() {
        open();
        PartitionLog log = directory.createLog(A0, ID, config);
        String large = "x".repeat(1_000_000);
        for (int i = 0; i < 67; i++) append(log, large);
        directory.flushTick(1_000, Long.MAX_VALUE);
        directory.flushTick(2_000, Long.MAX_VALUE);
        workers.runAll();
        assertThat(log.flushedOffset()).as("67.0 of 67.1 million bytes").isZero();
        append(log, large);
        directory.flushTick(3_000, Long.MAX_VALUE);
        workers.runAll();
        assertThat(log.flushedOffset()).isEqualTo(68);
    }

    @Test void aWallClockThatLeapsAheadDeletesNothing() {
        config = LogConfig.builder().segmentBytes(200).build();
        open();
        PartitionLog log = directory.createLog(A0, ID, config);
        for (int i = 0; i < 5; i++) append(log, "x".repeat(80));
        log.updateHighWatermark(5);
        directory.retentionTick(clock.monotonicMs(), clock.timestampMs());
        long year = 365L * 86_400_000;
        for (int minutes = 0; minutes < 60; minutes += 5) {
            directory.retentionTick(clock.monotonicMs() + minutes * 60_000L, clock.timestampMs() + year);
            assertThat(log.logStartOffset()).isZero();
        }
        directory.retentionTick(clock.monotonicMs() + 3_600_001, clock.timestampMs() + year + 3_600_001);
        assertThat(log.logStartOffset()).isEqualTo(5);
    }

    @Test void theQuorumsLogIsNotTouched() {
        open().close();
        disk.createDirectories(DATA.resolve("__cluster_metadata-0"));
        open();
        assertThat(directory.logs()).isEmpty();
    }

    @Test void foldersAreToldByTheirNames() {
        assertThat(PartitionFolder.of("a-b-12")).isEqualTo(new PartitionFolder(PartitionFolder.Kind.LOG, new TopicPartition("a-b", 12)));
        assertThat(PartitionFolder.of("a-0.0123456789abcdef0123456789abcdef-delete").kind()).isEqualTo(PartitionFolder.Kind.DELETED);
        assertThat(PartitionFolder.of("a-0.0123456789abcdef0123456789abcdef-future")).isEqualTo(new PartitionFolder(PartitionFolder.Kind.FUTURE, new TopicPartition("a", 0)));
        assertThat(PartitionFolder.of("a-0.0123456789abcdef0123456789abcdef-stray").kind()).isEqualTo(PartitionFolder.Kind.STRAY);
        for (String other : new String[] {"lost+found", "a", "-1", "a-", "a-x", "notes-delete"}) assertThat(PartitionFolder.of(other).kind()).as(other).isEqualTo(PartitionFolder.Kind.OTHER);
        assertThat(PartitionFolder.named(new TopicPartition("t".repeat(249), 99), "f".repeat(32), "-delete")).hasSize(255).endsWith("-99." + "f".repeat(32) + "-delete");
    }
}
