package millrace.compat.interchange;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import millrace.compat.ApacheKafkaProcess;
import millrace.compat.ApacheKafkaProcess.Release;
import millrace.compat.NodeProcess;

/// One settings file and one data directory, on which either broker can be started.
final class SharedDirectory {
    /// Internal topics of few partitions are there at once; the cleaner looks often, and a metadata snapshot is due after a few changes, so that both
    /// have been at work before the directory changes hands.
    /// Members hear of their assignments with the heartbeat after the one that asked, so they beat often; they may be without a coordinator for as long
    /// as a busy machine takes to start one.
    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("group.consumer.session.timeout.ms", "120000"), Map.entry("group.consumer.max.session.timeout.ms", "120000"),
            Map.entry("group.consumer.heartbeat.interval.ms", "500"), Map.entry("group.consumer.min.heartbeat.interval.ms", "500"),
            Map.entry("group.share.heartbeat.interval.ms", "500"), Map.entry("group.share.min.heartbeat.interval.ms", "500"),
            Map.entry("process.roles", "broker,controller"), Map.entry("node.id", "1"), Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("offsets.topic.replication.factor", "1"), Map.entry("offsets.topic.num.partitions", "4"),
            Map.entry("transaction.state.log.replication.factor", "1"), Map.entry("transaction.state.log.min.isr", "1"), Map.entry("transaction.state.log.num.partitions", "4"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"), Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("share.coordinator.state.topic.num.partitions", "4"), Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("log.flush.start.offset.checkpoint.interval.ms", "200"), Map.entry("metadata.log.max.record.bytes.between.snapshots", "1000"), Map.entry("log.cleaner.backoff.ms", "200"), Map.entry("log.segment.delete.delay.ms", "100"));

    private final Path folder;
    private final int port;

    private SharedDirectory(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    static SharedDirectory create(Path folder, Map<String, String> overrides) {
        int port = NodeProcess.freePort();
        int controllerPort = NodeProcess.freePort();
        Map<String, String> settings = new LinkedHashMap<>(SETTINGS);
        settings.put("controller.quorum.bootstrap.servers", "127.0.0.1:" + controllerPort);
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("log.dirs", folder.resolve("data").toString());
        settings.putAll(overrides);
        NodeProcess.writeSettings(folder, settings);
        return new SharedDirectory(folder, port);
    }

    ApacheKafkaProcess apache(Release release) {
        return ApacheKafkaProcess.on(release, folder, port);
    }

    NodeProcess millrace() {
        return NodeProcess.on(folder, port);
    }

    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    /// Kafka writes the log start offsets down from time to time, and a killed one forgets what it has not written.
    void awaitLogStart(String topic, long logStartOffset) {
        String line = topic + " 0 " + logStartOffset;
        Path file = data().resolve("log-start-offset-checkpoint");
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        try {
            while (!Files.exists(file) || !Files.readAllLines(file).contains(line)) {
                if (System.nanoTime() > deadline) throw new IllegalStateException(file + " does not say " + line + ": " + Files.readAllLines(file));
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @return names of the metadata snapshots but for what the directory was formatted with; they sort by age
    SortedSet<String> snapshots() {
        try (Stream<Path> files = Files.list(data().resolve("__cluster_metadata-0"))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".checkpoint") && !name.startsWith("00000000000000000000-"))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path data() {
        return folder.resolve("data");
    }
}
