package millrace.storage.cleaner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import millrace.storage.log.AbortedTransaction;
import millrace.storage.log.CrashingDisk;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.MemoryDisk;
import millrace.storage.log.ProducerView;
import org.junit.jupiter.api.Test;

/// The process dies, or the power goes, in front of each single thing that a compaction does to the disk, and once more in front of each
/// thing that the start after it does: whatever is left means the same, and is cleaned to the same end. So it is when the device fails there.
class CleanerCrashTest {
    private static final int MOST_CHANGES = 2_000;

    private record Meaning(TreeMap<String, String> table, List<ProducerView> producers, long end) {
        static Meaning of(CleanerBench bench) {
            return new Meaning(bench.table(), bench.log.producers(), bench.log.logEndOffset());
        }
    }

    /// Several segments that become one and more: old values, tombstones past their horizon, an aborted transaction across segments.
    private static CleanerBench filled() {
        var bench = new CleanerBench().with(CleanerBench.COMPACT.toBuilder().segmentBytes(500).deleteRetentionMs(5).build()).open();
        bench.put("gone=1");
        bench.put("gone=");
        for (int i = 0; i < 6; i++) bench.put("a=" + i, "b" + i + "=1");
        bench.transactional(7, 0, "a=wrong");
        bench.roll().transactional(7, 1, "b0=wrong", "b1=wrong");
        bench.end(7, false);
        bench.idempotent(8, 0, "c=1");
        bench.transactional(7, 3, "d=1");
        bench.end(7, true);
        bench.roll().clean();                                            // sets the tombstone's horizon
        bench.clock.advance(10);
        bench.transactional(7, 4, "b2=wrong");
        bench.end(7, false);
        for (int i = 0; i < 6; i++) bench.put("a=" + i, "e=" + i);
        bench.put("e=");
        bench.roll().put("z=1");
        bench.replicated().directory.checkpointTick();
        bench.directory.closeCleanly(1);
        return bench;
    }

    private static CleanerBench start(MemoryDisk disk, CrashingDisk through, CleanerBench like) {
        var bench = new CleanerBench(disk).with(like.config);
        bench.clock.timestampMs = like.clock.timestampMs;
        bench.open(through);
        return bench;
    }

    private interface Death {
        void strike(MemoryDisk disk);
    }

    private static void everyCrash(Death death) {
        everyEnd(death, false);
    }

    private static void everyEnd(Death death, boolean ofTheDevice) {
        var untouched = filled();
        Meaning before = Meaning.of(start(untouched.disk, new CrashingDisk(untouched.disk), untouched));
        boolean finished = false;
        int crashes = 0;
        for (int at = 0; !finished; at++) {
            assertThat(at).isLessThan(MOST_CHANGES);
            CleanerBench origin = filled();
            var disk = new CrashingDisk(origin.disk);
            CleanerBench dying = start(origin.disk, disk, origin).replicated();
            disk.changesLeft = at;
            disk.failsOnce = ofTheDevice;
            try {
                dying.clean();
                finished = !disk.struck;
            } catch (CrashingDisk.Crash | LogDirFailure end) {
                crashes++;
            }
            death.strike(origin.disk);
            restartWithACrash(origin, at % 7, death);
            CleanerBench found = start(origin.disk, new CrashingDisk(origin.disk), origin);
            assertThat(Meaning.of(found)).as("crash in front of change %d", at).isEqualTo(before);
            assertThat(found.names()).as("crash in front of change %d", at).noneMatch(name -> name.endsWith(".cleaned") || name.endsWith(".swap"));
            found.clean();
            assertThat(Meaning.of(found)).as("cleaned after a crash in front of change %d", at).isEqualTo(before);
            for (AbortedTransaction each : found.aborted()) assertThat(each.producerId()).isEqualTo(7);
            assertThat(found.failures).isEmpty();
            assertThat(found.cleaner.uncleanable()).isEmpty();
        }
        assertThat(crashes).isGreaterThan(30);
    }

    /// The start after the crash is itself stopped once.
    private static void restartWithACrash(CleanerBench origin, int changes, Death death) {
        var disk = new CrashingDisk(origin.disk);
        disk.changesLeft = changes;
        try {
            start(origin.disk, disk, origin);
        } catch (CrashingDisk.Crash again) {
            // As it should.
        }
        death.strike(origin.disk);
    }

    @Test void killedAtEveryStep() {
        everyCrash(MemoryDisk::killProcess);
    }

    /// What had been given up halfway is not cleared away: it may be all that is left.
    @Test void withADeviceThatFailsOnceAtEveryStep() {
        everyEnd(MemoryDisk::killProcess, true);
        everyEnd(disk -> disk.losePower(0), true);
    }

    @Test void withoutPowerAtEveryStep() {
        everyCrash(disk -> disk.losePower(0));
    }
}
