package millrace.compat.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import millrace.compat.NodeProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A file system that is full, really, and has room again later: the same process goes on.
class DiskFullTest {
    private static final Duration SHORT = Duration.ofSeconds(4);
    private static final int MEBIBYTES = 24;
    private static final int BALLAST_BYTES = 20 << 20;

    @Test void aFullDiskRefusesAndTakesAgainOnceThereIsRoom(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        try (var disk = Mount.tmpfs(directory.resolve("disk"), MEBIBYTES);
             var node = NodeProcess.start(directory, Map.of("log.dirs", disk.path().resolve("data").toString(), "metadata.log.dir", directory.resolve("metadata").toString(),
                     "log.segment.bytes", "1048576"))) {
            fillAndFree(node, disk);
        }
    }

    /// The everyday node: the metadata lies on the same file system.
    @Test void aFullDiskThatHoldsTheMetadataTooIsOutlivedAsWell(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        try (var disk = Mount.tmpfs(directory.resolve("disk"), MEBIBYTES);
             var node = NodeProcess.start(directory, Map.of("log.dirs", disk.path().resolve("data").toString(), "log.segment.bytes", "1048576"))) {
            fillAndFree(node, disk);
        }
    }

    private static void fillAndFree(NodeProcess node, Mount disk) throws IOException {
        var scene = new Scene(node, Map.of());
        Path ballast = disk.path().resolve("ballast");
        try (var load = scene.load(SHORT)) {
            load.awaitAcknowledged(100, Scene.LONG);
            Files.write(ballast, new byte[BALLAST_BYTES]);
            Load.await(() -> !load.errors().isEmpty(), Scene.LONG, "a producer that is refused");
            scene.verify("while the disk is full");
            Files.delete(ballast);
            load.awaitAcknowledged(500, Scene.LONG);
        }
        scene.verify("with room again");
        assertThat(node.output()).contains("no space left in " + disk.path());
        node.kill();
        node.start();
        scene.verify("after a kill");
        Ledger.note("disk-full", 1, scene.facts.acknowledgements(), "refused while full, taken again without a restart, nothing lost");
    }
}
