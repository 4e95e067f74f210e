package millrace.compat.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import millrace.compat.NodeProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// One file of a stopped node is damaged, the node starts again, and clients look at what it makes of it. Then the same data with another damage.
///
///     fill ─▶ SIGKILL ─▶ copy "killed" ─▶ start, stop ─▶ copy "clean" ─▶ for each seed: copy back ─▶ damage ─▶ start ─▶ read, write
class CorruptionCampaignTest {
    private static final int RECORDS = 6_000;
    /// Checkpoints, compactions and snapshots of the metadata come often, so that there is something to damage.
    private static final Map<String, String> SETTINGS = Map.of("offsets.topic.num.partitions", "1", "transaction.state.log.num.partitions", "1",
            "log.flush.offset.checkpoint.interval.ms", "1000", "log.cleaner.backoff.ms", "500", "metadata.log.max.record.bytes.between.snapshots", "2000");

    private static final int EVERYDAY = 6;

    /// `-Dfaults.corruptions=N` tries N damages, the first of `-Dfaults.seed=S`; with the seed alone it is that one.
    @Test void oneDamagedFileNeverGivesAWrongRecordAndNeverALossThatNobodyTells(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        Long seed = Long.getLong("faults.seed");
        int corruptions = Scene.size("faults.corruptions", seed == null ? EVERYDAY : 1);
        long first = seed == null ? 1 : seed;
        var broken = new ArrayList<String>();
        try (var node = NodeProcess.start(directory, SETTINGS)) {
            var story = new DamagedNode(node, directory);
            story.fill(RECORDS);
            for (long each = first; each < first + corruptions; each++) {
                String wrong = story.after(each);
                if (wrong != null) broken.add("-Dfaults.seed=" + each + " " + wrong);
            }
        }
        assertThat(broken).isEmpty();
        Ledger.note("corruption", corruptions, RECORDS, "no wrong record, no loss without an error");
    }
}
