package millrace.compat.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import millrace.compat.NodeProcess;
import millrace.compat.Peers;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Writes and syncs that fail with EIO, by a library preloaded into the node.
class FailingDeviceTest {
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(1);

    /// The sync that fails is that of the metadata, in the everyday run.
    static List<String> failures() {
        return Scene.variants(List.of("write", "sync"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void oneOfTwoDirectoriesFailsAndTheOtherGoesOn(String what, @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        Path good = directory.resolve("good"), bad = directory.resolve("bad"), order = directory.resolve("order");
        try (var node = NodeProcess.start(directory, Map.of("log.dirs", good + "," + bad), failing(directory, bad, order))) {
            var scene = new Scene(node, Map.of());
            try (var load = scene.load(SHORT)) {
                load.awaitAcknowledged(200, LIMIT);
                Files.writeString(order, what);
                Load.await(() -> !load.errors().isEmpty(), LIMIT, "a producer that is refused");
            }
            var inBad = partitionsIn(bad);
            assertThat(inBad).as("partitions in the failed directory").hasSize(2);
            try (Admin admin = scene.admin()) {
                Load.await(() -> descriptions(admin).get(bad.toString()).error() != null, LIMIT, "the failed directory to be reported");
                assertThat(descriptions(admin).get(good.toString()).error()).isNull();
                Load.await(() -> leaderless(admin).equals(inBad), LIMIT, "the controller to take away leadership of " + inBad);
            }
            for (int partition = 0; partition < Scene.PARTITIONS; partition++) {
                String error = scene.reading().partition(partition, inBad.contains(partition) ? REFUSED_WITHIN : LIMIT);
                if (inBad.contains(partition)) assertThat(error).as("partition " + partition).isNotNull();
                else assertThat(error).as("partition " + partition).isNull();
            }
            assertThat(node.output()).contains("log directory of " + bad).contains("it is offline from now on");
            node.kill();
            Files.delete(order);
            node.start();
            scene.verify("after a restart on a device that works");
            Ledger.note("eio-" + what, 1, scene.facts.acknowledgements(), "one directory offline, the other served, nothing lost after a restart");
        }
    }

    @Test void withoutTheDirectoryOfTheMetadataTheNodeStopsAndSaysWhy(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        Path data = directory.resolve("data"), order = directory.resolve("order");
        try (var node = NodeProcess.start(directory, Map.of(), failing(directory, data, order))) {
            var scene = new Scene(node, Map.of());
            try (var load = scene.load(SHORT)) {
                load.awaitAcknowledged(100, LIMIT);
                Files.writeString(order, "sync");
                assertThat(node.awaitEnd(LIMIT)).isEqualTo(1);
            }
            assertThat(node.output()).contains("the node has given up").contains("it is offline from now on");
            Files.delete(order);
            node.start();
            scene.verify("after a restart on a device that works");
        }
    }

    private static Map<String, String> failing(Path directory, Path device, Path order) {
        Peers.require("gcc", "apt-get install -y gcc");
        Path source = Resources.extract("failing_device.c", directory.resolve("failing_device.c"));
        Path library = directory.resolve("failing_device.so");
        Peers.run(List.of("gcc", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString(), "-ldl"), "", LIMIT).succeeded();
        return Map.of("LD_PRELOAD", library.toString(), "FAILING_DEVICE_PATH", device.toString(), "FAILING_DEVICE_ORDER", order.toString());
    }

    private static TreeSet<Integer> partitionsIn(Path directory) throws IOException {
        var partitions = new TreeSet<Integer>();
        String prefix = Scene.TOPIC + "-";
        try (var folders = Files.list(directory)) {
            folders.map(folder -> folder.getFileName().toString()).filter(name -> name.startsWith(prefix)).forEach(name -> partitions.add(Integer.parseInt(name.substring(prefix.length()))));
        }
        return partitions;
    }

    private static Map<String, LogDirDescription> descriptions(Admin admin) {
        return Scene.get(admin.describeLogDirs(List.of(1)).allDescriptions()).get(1);
    }

    private static TreeSet<Integer> leaderless(Admin admin) {
        var without = new TreeSet<Integer>();
        for (var partition : Scene.get(admin.describeTopics(List.of(Scene.TOPIC)).allTopicNames()).get(Scene.TOPIC).partitions()) {
            if (partition.leader() == null || partition.leader().isEmpty()) without.add(partition.partition());
        }
        return without;
    }
}
