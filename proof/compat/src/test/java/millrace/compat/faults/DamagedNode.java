package millrace.compat.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import millrace.compat.NodeProcess;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// A node whose data is kept twice, as a SIGKILL and as a clean stop leave it, and tried again with one file damaged each time.
final class DamagedNode {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int OF_THE_TAIL = 300;
    private static final String GROUP = "readers";

    private final NodeProcess node;
    private final Path directory;
    private final List<FilledTopic> topics = List.of(new FilledTopic("facts", 2, FilledTopic.Kind.PLAIN), new FilledTopic("table", 1, FilledTopic.Kind.COMPACTED),
            new FilledTopic("ledger", 1, FilledTopic.Kind.TRANSACTIONAL));
    private final Map<TopicPartition, OffsetAndMetadata> committed = new TreeMap<>(Comparator.comparing(TopicPartition::toString));
    private Map<String, Long> recoveryPointsOfTheKilled = Map.of();

    /// @param node which runs and is empty
    DamagedNode(NodeProcess node, Path directory) {
        this.node = node;
        this.directory = directory;
    }

    void fill(int records) throws Exception {
        try (Admin admin = admin()) {
            for (FilledTopic topic : topics) topic.create(admin);
            for (FilledTopic topic : topics) topic.fill(node.bootstrap(), records / topics.size());
            for (int partition = 0; partition < 2; partition++) committed.put(new TopicPartition("facts", partition), new OffsetAndMetadata(100 + partition));
            Scene.get(admin.alterConsumerGroupOffsets(GROUP, committed).all());
            long metadata = Scene.get(admin.describeMetadataQuorum().quorumInfo()).highWatermark();
            Load.await(() -> committedMetadata() >= metadata, LIMIT, "the metadata to be marked as committed up to " + metadata);
            Load.await(() -> recoveryPoints().getOrDefault("facts-0", 0L) > 0 && recoveryPoints().getOrDefault("ledger-0", 0L) > 0, LIMIT, "a recovery point that moves");
            for (FilledTopic topic : topics) topic.fill(node.bootstrap(), OF_THE_TAIL);
        }
        node.kill();
        recoveryPointsOfTheKilled = recoveryPoints();
        copy(node.data(), directory.resolve("killed"));
        node.start();
        node.stop();
        copy(node.data(), directory.resolve("clean"));
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", node.bootstrap(), "default.api.timeout.ms", 30_000, "request.timeout.ms", 5_000));
    }

    private long committedMetadata() {
        try {
            return Long.parseLong(Files.readString(node.data().resolve("__cluster_metadata-0/millrace-committed")).split(" ")[0]);
        } catch (IOException notYet) {
            return 0;
        }
    }

    private Map<String, Long> recoveryPoints() {
        var points = new TreeMap<String, Long>();
        try {
            for (String line : Files.readAllLines(node.data().resolve("recovery-point-offset-checkpoint"))) {
                String[] words = line.split(" ");
                if (words.length == 3) points.put(words[0] + "-" + words[1], Long.parseLong(words[2]));
            }
        } catch (IOException notYet) {
            return points;
        }
        return points;
    }

    // ---- one damage ----

    /// @return what went wrong, null when the promises hold
    String after(long seed) throws IOException {
        boolean killed = seed % 2 == 0;
        remove(node.data());
        copy(directory.resolve(killed ? "killed" : "clean"), node.data());
        Damage damage = Damage.doneTo(node.data(), new SplittableRandom(seed));
        copy(node.data(), directory.resolve("damaged"));
        String wrong = outcome(damage, killed);
        System.out.println("corruption " + seed + (killed ? " after SIGKILL, " : " after a clean stop, ") + damage + ": " + (wrong == null ? "ok" : wrong));
        if (wrong == null) {
            remove(directory.resolve("damaged"));
            return null;
        }
        Files.move(directory.resolve("damaged"), directory.resolve("failed-" + seed));
        Files.writeString(directory.resolve("failed-" + seed + ".log"), node.output());
        return damage + ": " + wrong;
    }

    private String outcome(Damage damage, boolean killed) {
        try {
            node.start();
        } catch (IllegalStateException ended) {
            node.kill();
            return refusedStart(damage, ended.getMessage());
        }
        try {
            var check = new DamageCheck(node, damage, killed ? recoveryPointsOfTheKilled : null);
            for (FilledTopic topic : topics) check.topic(topic);
            try (Admin admin = admin()) {
                check.offsets(admin, GROUP, committed);
            }
            return check.result();
        } finally {
            node.kill();
        }
    }

    /// A node need not start without its own metadata or its name, but it has to say which file keeps it from it.
    private static String refusedStart(Damage damage, String output) {
        if (!damage.mayEndTheStart()) return "the node does not start: " + output;
        boolean named = output.contains(damage.file().getFileName().toString()) || output.contains("The metadata log in ");
        boolean trace = output.contains("\tat ");
        return named && !trace ? null : "the node does not start, and does not say clearly that it is for " + damage.file() + ": " + output;
    }

    static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(each);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path each : files.toList()) Files.copy(each, to.resolve(from.relativize(each)));
        }
    }
}
