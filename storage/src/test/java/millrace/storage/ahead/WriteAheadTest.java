package millrace.storage.ahead;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Randomness;
import millrace.record.DecodeLimits;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;
import millrace.record.RecordBatches;
import millrace.record.RecordCursor;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.ManualClock;
import millrace.storage.log.MemoryDisk;
import millrace.storage.log.PartitionLog;
import millrace.storage.sync.DirectWorkers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a power loss takes from the logs' own files, and the write-ahead files give back.
class WriteAheadTest {
    private static final Path DATA = Path.of("/data");
    private static final Path FIRST = DATA.resolve("millrace-ahead-0");
    private static final Path SECOND = DATA.resolve("millrace-ahead-1");
    private static final Uuid ID = new Uuid(1, 2);
    private static final long FILE_BYTES = 65_536;
    private final MemoryDisk disk = new MemoryDisk();
    private final DirectWorkers workers = new DirectWorkers();
    private final List<String> damaged = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();
    private final List<LogDirFailure> failures = new ArrayList<>();
    private LogDirectory directory;

    @BeforeEach void open() {
        var listener = new LogDirSettings.Listener() {
            @Override public void onDamaged(TopicPartition topicPartition, String text) {
                damaged.add(topicPartition + ": " + text);
            }

            @Override public void onLost(String text) {
                lost.add(text);
            }

            @Override public void onFailure(LogDirFailure failure) {
                failures.add(failure);
            }
        };
        var one = new Randomness() {
            @Override public long nextLong() {
                return 0x0123_4567_89AB_CDEFL;
            }

            @Override public int nextInt(int bound) {
                return 0;
            }
        };
        directory = LogDirectory.open(disk, DATA, new ManualClock(), workers, new LogDirSettings("MkU3OEVBNTcwNTJENDM2Qg", 1, one, _ -> LogConfig.DEFAULTS, 1, 100, FILE_BYTES, listener));
    }

    private void losePowerAndStart() {
        disk.losePower(0);
        open();
    }

    /// A log whose folder is on the device, so that its tail may be copied.
    private PartitionLog log(int partition) {
        PartitionLog log = directory.createLog(new TopicPartition("t", partition), ID, LogConfig.DEFAULTS);
        log.flush(0);
        return log;
    }

    private PartitionLog opened(int partition) {
        return directory.log(new TopicPartition("t", partition)).orElseThrow();
    }

    private static void append(PartitionLog log, int leaderEpoch, String value) {
        try (var builder = new RecordBatchBuilder()) {
            builder.append(1_700_000_000_000L, null, ByteBuffer.wrap(value.getBytes(UTF_8)), List.of());
            log.appendAsLeader(builder.build(), leaderEpoch, AppendOrigin.CLIENT);
        }
    }

    private void appendDurably(PartitionLog log, int leaderEpoch, String value) {
        append(log, leaderEpoch, value);
        directory.syncOwner().requestSync(log, log.logEndOffset());
        workers.runAll();
        assertThat(log.flushedOffset()).isEqualTo(log.logEndOffset());
    }

    private String contents(PartitionLog log) {
        var text = new StringBuilder();
        ByteBuffer bytes = ByteBuffer.wrap(disk.content(log.directory().resolve("00000000000000000000.log")));
        for (RecordBatch batch : RecordBatches.of(bytes)) {
            try (RecordCursor records = batch.records(new DecodeLimits(1 << 20))) {
                records.forEachRemaining(each -> text.append(each.offset()).append('=').append(UTF_8.decode(each.value())).append(' '));
            }
        }
        return text.toString().trim();
    }

    @Test void aRoundOfManyLogsCostsOneSync() {
        var logs = new ArrayList<PartitionLog>();
        for (int i = 0; i < 10; i++) logs.add(log(i));
        for (PartitionLog log : logs) appendDurably(log, 1, "first");
        for (PartitionLog log : logs) {
            append(log, 1, "second");
            directory.syncOwner().requestSync(log, 2);
        }
        int before = disk.syncs;
        workers.runAll();
        assertThat(disk.syncs - before).isEqualTo(1);
        assertThat(logs).allMatch(log -> log.flushedOffset() == 2 && log.recoveryPoint() == 0);
        losePowerAndStart();
        for (int i = 0; i < 10; i++) assertThat(contents(opened(i))).isEqualTo("0=first 1=second");
        assertThat(disk.exists(FIRST)).isFalse();
    }

    @Test void theTailOfALogThatKeptSomeOfItIsCompleted() {
        PartitionLog log = log(0);
        appendDurably(log, 1, "a");
        appendDurably(log, 1, "b");
        log.flush(2);
        appendDurably(log, 1, "c");
        append(log, 1, "never asked for");
        losePowerAndStart();
        assertThat(contents(opened(0))).isEqualTo("0=a 1=b 2=c");
        assertThat(opened(0).flushedOffset()).isEqualTo(3);
        appendDurably(opened(0), 2, "d");
        losePowerAndStart();
        assertThat(contents(opened(0))).isEqualTo("0=a 1=b 2=c 3=d");
    }

    @Test void aLogWhoseFolderIsNotOnTheDeviceIsFlushed() {
        PartitionLog log = directory.createLog(new TopicPartition("t", 0), ID, LogConfig.DEFAULTS);
        appendDurably(log, 1, "a");
        assertThat(disk.exists(FIRST)).isFalse();
        losePowerAndStart();
        assertThat(contents(opened(0))).isEqualTo("0=a");
    }

    /// Its bytes were synced by the recovery; its folder may never have been.
    @Test void whatAStartHasRecoveredIsOnTheDeviceWithItsFolder() {
        append(directory.createLog(new TopicPartition("t", 0), ID, LogConfig.DEFAULTS), 1, "a");
        disk.killProcess();
        open();
        assertThat(opened(0).flushedOffset()).isEqualTo(1);
        losePowerAndStart();
        assertThat(contents(opened(0))).isEqualTo("0=a");
        assertThat(opened(0).topicId()).isEqualTo(ID);
    }

    @Test void filesAreTakenInTurnAfterTheirLogsHaveBeenFlushed() {
        PartitionLog log = log(0);
        for (int i = 0; i < 100; i++) appendDurably(log, 1, "v" + i);            // a file holds 16 groups
        assertThat(log.recoveryPoint()).isGreaterThanOrEqualTo(80);
        assertThat(disk.content(FIRST)).hasSize((int) FILE_BYTES);
        assertThat(disk.content(SECOND)).hasSize((int) FILE_BYTES);
        losePowerAndStart();
        assertThat(opened(0).logEndOffset()).isEqualTo(100);
        assertThat(contents(opened(0))).endsWith("98=v98 99=v99");
    }

    @Test void whileTheOtherFileIsNeededLogsAreSyncedThemselves() {
        PartitionLog log = log(0);
        var ahead = new WriteAhead(disk, Path.of("/data"), FILE_BYTES, _ -> { });
        for (int i = 0; i < 32; i++) {
            append(log, 1, "v");
            assertThat(ahead.write(List.of(log))).isEmpty();
        }
        append(log, 1, "v");
        assertThat(ahead.write(List.of(log))).containsExactly(log);
        assertThat(log.flushedOffset()).isEqualTo(32);
    }

    @Test void aTornGroupAtTheEndIsNone() {
        PartitionLog log = log(0);
        PartitionLog other = log(1);
        appendDurably(log, 1, "a");
        appendDurably(log, 1, "b");
        appendDurably(other, 1, "x");
        byte[] bytes = disk.content(FIRST);
        byte[] torn = bytes.clone();
        Arrays.fill(torn, 2 * AheadGroup.ALIGNMENT + 30, 3 * AheadGroup.ALIGNMENT, (byte) 0);
        disk.losePower(0);
        disk.put(FIRST, torn);
        open();
        assertThat(contents(opened(0))).isEqualTo("0=a 1=b");
        assertThat(opened(1).logEndOffset()).isZero();
        assertThat(damaged).isEmpty();
    }

    @Test void offsetsThatAreNowhereMakeTheLogDamagedAndTheCopiesAreKept() {
        PartitionLog log = log(0);
        appendDurably(log, 1, "a");
        appendDurably(log, 1, "b");
        byte[] bytes = disk.content(FIRST);
        bytes[40]++;
        disk.losePower(0);
        disk.put(FIRST, bytes);
        open();
        assertThat(damaged).singleElement().asString().contains("t-0").contains("offsets 0 to 0 were acknowledged");
        assertThat(disk.exists(DATA.resolve("millrace-ahead-0.kept"))).isTrue();
        assertThat(disk.exists(FIRST)).isFalse();
        assertThat(lost).isEmpty();                                          // the first group of a file may as well be one that was never whole

        directory.closeCleanly(7);
        losePowerAndStart();
        assertThat(damaged).as("as well after the copies have been set aside").hasSize(2);
        assertThat(directory.damaged()).containsKey(new TopicPartition("t", 0));
    }

    @Test void aDamagedGroupInTheMiddleIsToldAlsoWhereNoLogMissesIt() {
        PartitionLog log = log(0);
        PartitionLog other = log(1);
        appendDurably(log, 1, "a");
        appendDurably(other, 1, "x");
        appendDurably(log, 1, "b");
        byte[] bytes = disk.content(FIRST);
        bytes[AheadGroup.ALIGNMENT + 40]++;
        disk.losePower(0);
        disk.put(FIRST, bytes);
        open();
        assertThat(contents(opened(0))).isEqualTo("0=a 1=b");
        assertThat(lost).singleElement().asString().contains("1 groups").contains("millrace-ahead-0");
        assertThat(disk.exists(DATA.resolve("millrace-ahead-0.kept"))).isTrue();
    }

    @Test void whoComesAfterTheEndWritesNothing() {
        PartitionLog log = log(0);
        appendDurably(log, 1, "a");
        var ahead = new WriteAhead(disk, DATA, FILE_BYTES, _ -> { });
        ahead.close();
        assertThat(ahead.write(List.of(log))).containsExactly(log);
    }

    @Test void copiesOfWhatWasTruncatedAreVoid() {
        PartitionLog log = log(0);
        appendDurably(log, 1, "a");
        appendDurably(log, 1, "b");
        appendDurably(log, 1, "c");
        log.truncateTo(1);
        appendDurably(log, 2, "B");
        losePowerAndStart();
        assertThat(contents(opened(0))).isEqualTo("0=a 1=B");
    }

    @Test void copiesFromBeforeSomebodyElseWroteAreVoid() {
        PartitionLog log = log(0);
        appendDurably(log, 1, "a");
        log.flush(1);
        appendDurably(log, 1, "b");
        appendDurably(log, 1, "c");
        byte[] copies = disk.content(FIRST);
        losePowerAndStart();
        opened(0).truncateTo(1);
        appendDurably(opened(0), 5, "Kafka's");
        opened(0).flush(2);
        disk.losePower(0);
        disk.put(FIRST, copies);
        open();
        assertThat(contents(opened(0))).isEqualTo("0=a 1=Kafka's");
        assertThat(damaged).isEmpty();
    }

    @Test void aTopicOfTheSameNameIsAnother() {
        PartitionLog log = log(0);
        appendDurably(log, 1, "a");
        directory.deleteLog(new TopicPartition("t", 0));
        directory.createLog(new TopicPartition("t", 0), new Uuid(3, 4), LogConfig.DEFAULTS).flush(0);
        losePowerAndStart();
        assertThat(opened(0).logEndOffset()).isZero();
        assertThat(damaged).isEmpty();
    }

    @Test void aCleanStopLeavesNothingAndWhatLiesBesideItsMarkerIsIgnored() {
        PartitionLog log = log(0);
        appendDurably(log, 1, "a");
        appendDurably(log, 1, "b");
        byte[] copies = disk.content(FIRST);
        directory.closeCleanly(7);
        assertThat(disk.exists(FIRST)).isFalse();
        disk.losePower(0);
        disk.put(FIRST, copies);
        open();
        assertThat(disk.exists(FIRST)).isFalse();
        assertThat(contents(opened(0))).isEqualTo("0=a 1=b");
    }

    @Test void theLogsStartIsNotWrittenDownBeforeItsFilesHaveIt() {
        PartitionLog log = log(0);
        for (String value : List.of("a", "b", "c")) appendDurably(log, 1, value);
        log.updateHighWatermark(3);
        log.advanceLogStartOffset(2);
        directory.checkpointTick();
        appendDurably(log, 1, "d");
        losePowerAndStart();
        assertThat(opened(0).logStartOffset()).isEqualTo(2);
        assertThat(contents(opened(0))).isEqualTo("0=a 1=b 2=c 3=d");
    }

    @Test void withoutRoomForThemLogsAreSyncedThemselves() {
        PartitionLog log = log(0);
        append(log, 1, "a");
        disk.usableBytes = 4_000;                                            // less than the file is made longer by
        directory.syncOwner().requestSync(log, 1);
        workers.runAll();
        assertThat(log.flushedOffset()).isEqualTo(1);
        assertThat(disk.content(FIRST)).isEmpty();
        assertThat(failures).isEmpty();
        disk.usableBytes = 1 << 20;
        losePowerAndStart();
        assertThat(contents(opened(0))).isEqualTo("0=a");
    }

    @Test void aFailingDeviceTakesTheDirectoryOffline() {
        PartitionLog log = log(0);
        append(log, 1, "a");
        disk.failingSyncs = path -> path.equals(FIRST);
        directory.syncOwner().requestSync(log, 1);
        workers.runAll();
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure).hasMessageContaining("millrace-ahead-0"));
        assertThat(log.flushedOffset()).isZero();
    }

    @Test void whatIsFlushedInTheBackgroundEndsTheFilesUse() {
        PartitionLog log = log(0);
        appendDurably(log, 1, "a");
        directory.syncOwner().requestFlush(log);
        workers.runAll();
        assertThat(log.recoveryPoint()).isEqualTo(1);
    }
}
