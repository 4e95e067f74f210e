package millrace.storage.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import millrace.common.TopicPartition;
import millrace.record.RecordBatchBuilder;
import millrace.storage.ahead.WriteAhead;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.DamagedLog;
import millrace.storage.log.FlushListener;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;
import millrace.storage.log.LogHost;
import millrace.storage.log.LogPlace;
import millrace.storage.log.LogStart;
import millrace.storage.log.ManualClock;
import millrace.storage.log.MemoryDisk;
import millrace.storage.log.PartitionLog;
import millrace.storage.log.SegmentCache;
import org.junit.jupiter.api.Test;

class SyncOwnerTest {
    private final MemoryDisk disk = new MemoryDisk();
    private final DirectWorkers workers = new DirectWorkers();
    private final List<LogDirFailure> failures = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final List<Integer> rounds = new ArrayList<>();
    private final ManualClock clock = new ManualClock();
    private final SyncOwner owner = new SyncOwner(workers, disk, clock, Path.of("/d"), 0, failures::add, (logs, _) -> rounds.add(logs));

    private PartitionLog log(int partition) throws DamagedLog {
        var of = new TopicPartition("t", partition);
        var host = new LogHost() {
            @Override public void recoveryPointLowered(PartitionLog log) {}

            @Override public void truncated(PartitionLog log) {}

            @Override public void deleteLater(List<Path> files, long delayMs) {}

            @Override public void flushWanted(PartitionLog log) {}

            @Override public void onEvent(LogEvent event) {}
        };
        PartitionLog log = PartitionLog.open(new LogPlace(disk, new ManualClock(), Path.of("/d/" + of), of, new SegmentCache(10), host), LogConfig.DEFAULTS, LogStart.CLEAN);
        log.onFlushed(offset -> told.add(of + "@" + offset));
        return log;
    }

    private static void append(PartitionLog log) {
        append(log, 1);
    }

    private static void append(PartitionLog log, int bytes) {
        try (var builder = new RecordBatchBuilder()) {
            builder.append(1_700_000_000_000L, null, ByteBuffer.allocate(bytes), List.of());
            log.appendAsLeader(builder.build(), 1, AppendOrigin.CLIENT);
        }
    }

    @Test void oneSyncAnswersEverybodyWhoWaits() throws Exception {
        PartitionLog log = log(0);
        log.flush(0);
        int before = disk.syncs;
        for (int i = 0; i < 10; i++) {
            append(log);
            owner.requestSync(log, log.logEndOffset());
        }
        workers.runAll();
        assertThat(told).containsExactly("t-0@10");
        assertThat(disk.syncs - before).isEqualTo(3);                       // the segment, and once the leader epochs and their name
        for (int i = 0; i < 10; i++) {
            append(log);
            owner.requestSync(log, log.logEndOffset());
        }
        int again = disk.syncs;
        workers.runAll();
        assertThat(disk.syncs - again).isEqualTo(1);
    }

    @Test void manyLogsAreSyncedSideBySideAndWakeOnce() throws Exception {
        for (int i = 0; i < 9; i++) {
            PartitionLog log = log(i);
            append(log);
            owner.requestSync(log, 1);
        }
        workers.runAll();
        assertThat(told).hasSize(9).contains("t-0@1", "t-8@1");
        assertThat(workers.ran).isEqualTo(4);
        assertThat(rounds).as("one round, for all of them").containsExactly(9);
    }

    @Test void whoWaitsForSeveralLogsIsWokenWhenAllOfThemHaveMoved() throws Exception {
        for (int i = 0; i < 2; i++) {
            PartitionLog log = log(i);
            log.onFlushed(new FlushListener() {
                @Override public void flushed(long offset) {
                    told.add("moved");
                }

                @Override public void allTold() {
                    told.add("woken");
                }
            });
            append(log);
            owner.requestSync(log, 1);
        }
        workers.runAll();
        assertThat(told).containsExactly("moved", "moved", "woken", "woken");
    }

    @Test void whatIsAskedForDuringARoundIsTheNextOne() throws Exception {
        PartitionLog log = log(0);
        append(log);
        log.onFlushed(offset -> {
            told.add("@" + offset);
            if (offset < 3) {
                append(log);
                owner.requestSync(log, log.logEndOffset());
            }
        });
        owner.requestSync(log, 1);
        workers.runAll();
        assertThat(told).containsExactly("@1", "@2", "@3");
        assertThat(rounds).containsExactly(1, 1, 1);
    }

    @Test void aFailureIsToldOnceAndNothingAfterIt() throws Exception {
        for (int i = 0; i < 6; i++) {
            PartitionLog log = log(i);
            append(log);
            owner.requestSync(log, 1);
        }
        disk.failingSyncs = path -> path.toString().contains("t-2");
        workers.runAll();
        assertThat(failures).hasSize(1);
        assertThat(told).isEmpty();
        assertThat(owner.failure()).isSameAs(failures.getFirst());
        disk.failingSyncs = path -> false;
        PartitionLog log = log(7);
        append(log);
        owner.requestSync(log, 1);
        workers.runAll();
        assertThat(told).isEmpty();
    }

    @Test void whatNobodyWaitsForGoesToTheDeviceInPieces() throws Exception {
        PartitionLog log = log(0);
        log.flush(0);
        int before = disk.syncs;
        append(log, 300 << 10);
        append(log, 300 << 10);
        owner.requestFlush(log);
        workers.runAll();
        int size = (int) log.sizeInBytes();
        assertThat(disk.writtenBack).containsExactly("0+262144", "262144+262144", "524288+" + (size - 524288));
        assertThat(disk.syncs - before).as("the segment, and once the leader epochs and their name").isEqualTo(3);
        assertThat(log.flushedOffset()).isEqualTo(2);

        disk.writtenBack.clear();
        for (int i = 0; i < 20; i++) append(log, 900 << 10);
        owner.requestFlush(log);
        workers.runAll();
        assertThat(disk.writtenBack).as("much of it in larger ones").hasSize(64).startsWith(size + "+" + (log.sizeInBytes() - size + 63) / 64);
    }

    @Test void aLittleIsJustSyncedAndWhoWaitsIsKeptUpByNoPieces() throws Exception {
        PartitionLog log = log(0);
        append(log);
        owner.requestFlush(log);
        workers.runAll();
        assertThat(log.flushedOffset()).isEqualTo(1);
        append(log, 300 << 10);
        owner.requestSync(log, 2);
        workers.runAll();
        assertThat(disk.writtenBack).isEmpty();
        assertThat(log.flushedOffset()).isEqualTo(2);
    }

    @Test void bulkIsNotCutIntoPieces() throws Exception {
        var full = new ArrayList<WriteAhead.Retirement>();
        PartitionLog log = log(0);
        try (var flusher = new Flusher(workers, clock, Path.of("/d"), failures::add)) {
            for (int seconds : new int[] {2, 2, 10}) {
                append(log, 600 << 10);
                clock.advance(seconds * 1_000L);
                flusher.retire(new WriteAhead.Retirement(Map.of(log, log.logEndOffset()), () -> full.add(null)));
                workers.runAll();
                assertThat(log.recoveryPoint()).isEqualTo(log.logEndOffset());
                assertThat(disk.writtenBack.isEmpty()).as("full after %d s", seconds).isEqualTo(seconds < 3);
            }
        }
        assertThat(full).hasSize(3);
    }

    @Test void whatCannotBeWrittenBackIsLostAsAfterASync() throws Exception {
        PartitionLog log = log(0);
        append(log, 300 << 10);
        owner.requestFlush(log);
        disk.failingSyncs = path -> path.toString().endsWith(".log");
        workers.runAll();
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure).hasMessageContaining("write back").hasMessageContaining(".log"));
        disk.failingSyncs = path -> false;
        owner.requestFlush(log);
        owner.requestSync(log, 1);
        workers.runAll();
        assertThat(log.flushedOffset()).as("it is not tried again").isZero();
        assertThat(told).isEmpty();
    }

    @Test void closingEndsWhatWasAskedFor() throws Exception {
        PartitionLog log = log(0);
        append(log);
        owner.requestSync(log, 1);
        owner.close();
        assertThat(told).containsExactly("t-0@1");
        append(log);
        owner.requestSync(log, 2);
        workers.runAll();
        assertThat(told).hasSize(1);
    }
}
