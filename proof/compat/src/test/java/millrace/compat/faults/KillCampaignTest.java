package millrace.compat.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import millrace.compat.NodeProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// SIGKILL again and again, with clients that write on.
class KillCampaignTest {
    private static final int VERIFY_EVERY = 20;
    private static final int RECORDS_A_LIFE = 200;
    private static final int PAUSE_UP_TO_MS = 500;

    @Test void killedAgainAndAgainANodeLosesNothing(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) {
        int kills = Scene.size("faults.kills", 3);
        var random = new SplittableRandom(Long.getLong("faults.seed", 1));
        try (var node = NodeProcess.start(directory, Map.of("log.segment.bytes", "1048576"))) {
            var scene = new Scene(node, Map.of());
            var load = scene.load(Scene.LONG);
            for (int kill = 1; kill <= kills; kill++) {
                load.awaitAcknowledged(RECORDS_A_LIFE, Scene.LONG);
                LockSupport.parkNanos(random.nextInt(PAUSE_UP_TO_MS) * 1_000_000L);
                node.kill();
                node.start();
                if (kill % VERIFY_EVERY == 0) scene.verify("after kill " + kill);
            }
            load.close();
            scene.verify("at the end");
            assertThat(load.errors()).as("errors that a producer saw").isEmpty();
            Ledger.note("kill", kills, scene.facts.acknowledgements(), "nothing lost, no violation");
        }
    }
}
