package millrace.storage.cleaner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import millrace.storage.log.LogEvent;
import org.junit.jupiter.api.Test;

/// A compacted log after a kill, when nobody knows yet that it is compacted: its gaps are no torn tails.
class CleanedRecoveryTest {
    private static final Path RECOVERY_POINTS = CleanerBench.DATA.resolve("recovery-point-offset-checkpoint");
    private static final Path CLEANED = CleanerBench.DATA.resolve("cleaner-offset-checkpoint");
    private static final int ROUNDS = 6;

    /// Segments whose end is compacted away, and some of which nothing is left.
    private static CleanerBench cleaned() {
        var bench = new CleanerBench().with(CleanerBench.COMPACT.toBuilder().segmentBytes(250).build()).open();
        for (int i = 0; i < ROUNDS; i++) {
            if (i % 3 == 1) bench.put("x=" + "y".repeat(60));
            else bench.put("keep" + i + "=" + "y".repeat(60));
            bench.put("x=" + i);
            bench.roll();
        }
        bench.put("z=1");
        bench.clean();
        bench.directory.checkpointTick();
        return bench;
    }

    private static CleanerBench killed(CleanerBench bench, long recoveryPoint, boolean cleanerCheckpoint) {
        bench.directory.close();
        bench.disk.killProcess();
        bench.disk.put(RECOVERY_POINTS, ("0\n1\ntable 0 " + recoveryPoint + "\n").getBytes(UTF_8));
        if (!cleanerCheckpoint) bench.disk.delete(CLEANED);
        return bench.open();
    }

    @Test void nothingIsCutWhereverTheRecoveryPointIs() {
        for (boolean cleanerCheckpoint : List.of(true, false)) {
            long end = cleaned().log.logEndOffset();
            for (long recoveryPoint = 0; recoveryPoint <= end; recoveryPoint++) {
                CleanerBench bench = cleaned();
                List<String> before = bench.content();
                assertThat(before).as("the ends of segments are gone").hasSize(ROUNDS - 2 + 2);
                killed(bench, recoveryPoint, cleanerCheckpoint);
                assertThat(bench.directory.damaged()).as("recovery point %d", recoveryPoint).isEmpty();
                assertThat(bench.content()).as("recovery point %d", recoveryPoint).isEqualTo(before);
                assertThat(bench.log.logEndOffset()).isEqualTo(end);
                assertThat(bench.events(LogEvent.TornTailCut.class)).isEmpty();
                killed(bench, 0, false);
                assertThat(bench.content()).as("recovered twice").isEqualTo(before);
            }
        }
    }

    /// Where no identity tells, the checkpoint does: a Kafka broker has cleaned the log.
    @Test void theCleanersCheckpointSpeaksForGapsBelowIt() {
        CleanerBench bench = cleaned();
        List<String> before = bench.content();
        for (String name : bench.names()) if (name.endsWith(".identity")) bench.disk.delete(CleanerBench.FOLDER.resolve(name));
        killed(bench, 0, true);
        assertThat(bench.content()).isEqualTo(before);
    }

    @Test void whatATruncationTakesBackIsNotCleanAnyMoreAfterACrash() {
        CleanerBench bench = cleaned();
        assertThat(new String(bench.disk.content(CLEANED), UTF_8)).isEqualTo("0\n1\ntable 0 12\n");
        bench.log.truncateTo(4);
        assertThat(new String(bench.disk.content(CLEANED), UTF_8)).isEqualTo("0\n1\ntable 0 4\n");
    }

    @Test void aCheckpointBehindTheEndOfTheLogIsLoweredAtTheStart() {
        CleanerBench bench = cleaned();
        bench.disk.put(CLEANED, "0\n1\ntable 0 900\n".getBytes(UTF_8));
        killed(bench, 0, true);
        assertThat(new String(bench.disk.content(CLEANED), UTF_8)).isEqualTo("0\n1\ntable 0 13\n");
    }
}
