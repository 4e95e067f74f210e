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

/// The power fails again and again: whatever was not synced is gone. Everything lies on one small ext4, the metadata too.
class PowerLossTest {
    private static final int VERIFY_EVERY = 10;
    private static final int RECORDS_A_LIFE = 200;
    private static final int PAUSE_UP_TO_MS = 500;

    @Test void whatWasAcknowledgedSurvivesThePower(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) {
        int losses = Scene.size("faults.powerlosses", 2);
        var random = new SplittableRandom(Long.getLong("faults.seed", 1));
        try (var mount = Mount.ext4(directory.resolve("disk.img"), directory.resolve("disk"), 512);
             var node = NodeProcess.start(directory, Map.of("log.dirs", mount.path().resolve("data").toString(), "log.segment.bytes", "1048576"))) {
            var scene = new Scene(node, Map.of());
            var load = scene.load(Scene.LONG);
            for (int loss = 1; loss <= losses; loss++) {
                load.awaitAcknowledged(RECORDS_A_LIFE, Scene.LONG);
                LockSupport.parkNanos(random.nextInt(PAUSE_UP_TO_MS) * 1_000_000L);
                // A power loss ends process and device at one moment. Without it the process would hear from a device that has ended already, and
                // ext4 swallows errors then: a sync that could no longer convert its extents returns as if it had succeeded.
                node.freeze();
                mount.losePower();
                node.kill();
                mount.again();
                node.start();
                if (loss % VERIFY_EVERY == 0) scene.verify("after power loss " + loss);
            }
            load.close();
            scene.verify("at the end");
            assertThat(load.errors()).as("errors that a producer saw").isEmpty();
            Ledger.note("power-loss", losses, scene.facts.acknowledgements(), "nothing lost, no violation");
        }
    }
}
