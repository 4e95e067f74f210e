package millrace.compat.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import millrace.compat.NodeProcess;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A file system that is full, really, and has room again later: the same process goes on.
class DiskFullTest {
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final int MEBIBYTES = 24;
    private static final int BALLAST_BYTES = 20 << 20;

    /// The everyday node has its metadata on the same file system.
    static List<Boolean> metadataToo() {
        return Scene.variants(List.of(true, false));
    }

    @ParameterizedTest
    @MethodSource("metadataToo")
    void aFullDiskRefusesAndTakesAgainOnceThereIsRoom(boolean metadataToo, @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        try (var disk = Mount.tmpfs(directory.resolve("disk"), MEBIBYTES)) {
            String data = disk.path().resolve("data").toString();
            String metadata = metadataToo ? data : directory.resolve("metadata").toString();
            try (var node = NodeProcess.start(directory, Map.of("log.dirs", data, "metadata.log.dir", metadata, "log.segment.bytes", "1048576"))) {
                fillAndFree(node, disk);
            }
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
