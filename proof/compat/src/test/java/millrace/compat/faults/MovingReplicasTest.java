package millrace.compat.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import millrace.compat.NodeProcess;
import millrace.compat.Peers;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Replicas move between log directories while clients write, and the node is killed in the middle.
class MovingReplicasTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test void replicasMoveUnderLoadAndThroughAKill(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        Path one = directory.resolve("one"), two = directory.resolve("two");
        try (var node = NodeProcess.start(directory, Map.of("log.dirs", one + "," + two))) {
            var scene = new Scene(node, Map.of());
            var load = scene.load(Scene.LONG);
            try (Admin admin = scene.admin()) {
                load.awaitAcknowledged(2_000, LIMIT);
                moveAll(admin, two);
                awaitAllIn(admin, two);
                assertThat(tool(node)).contains("\"partition\":\"facts-0\"").contains(two.toString()).contains("\"isFuture\":false");
                moveAll(admin, one);
                node.kill();
                node.start();
                load.awaitAcknowledged(500, LIMIT);
                moveAll(admin, one);
                awaitAllIn(admin, one);
                load.awaitAcknowledged(500, LIMIT);
                node.kill();
                node.start();
                load.close();
                assertThat(load.errors()).as("errors that a producer saw").isEmpty();
            }
            scene.verify("at the end");
            Ledger.note("move-replicas", 2, scene.facts.acknowledgements(), "moved under load and through a kill, nothing lost");
        }
    }

    private static void moveAll(Admin admin, Path to) {
        var assignment = new HashMap<TopicPartitionReplica, String>();
        for (int partition = 0; partition < Scene.PARTITIONS; partition++) assignment.put(new TopicPartitionReplica(Scene.TOPIC, partition, 1), to.toString());
        Scene.get(admin.alterReplicaLogDirs(assignment).all());
    }

    private static void awaitAllIn(Admin admin, Path directory) {
        Load.await(() -> {
            var described = Scene.get(admin.describeLogDirs(List.of(1)).allDescriptions()).get(1);
            var here = described.get(directory.toString()).replicaInfos();
            for (int partition = 0; partition < Scene.PARTITIONS; partition++) {
                var replica = here.get(new TopicPartition(Scene.TOPIC, partition));
                if (replica == null || replica.isFuture()) return false;
            }
            return true;
        }, LIMIT, "all replicas to be in " + directory);
    }

    private static String tool(NodeProcess node) {
        return Peers.java("kafka-tools", "", LIMIT, "org.apache.kafka.tools.LogDirsCommand", "--bootstrap-server", node.bootstrap(), "--describe", "--topic-list", Scene.TOPIC)
                .succeeded().output();
    }
}
