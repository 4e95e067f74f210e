package millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kafka's own settings file and the directories that its `kafka-storage.sh format` (4.4.0) makes are taken as they are.
class KafkaSettingsFileTest {
    private static final String CLUSTER_ID = "4L6g3nShT-eMCtK--X86sw";
    @TempDir Path directory;

    @Test void theFileOfKafkasDistributionStartsANodeThatFormatsItself() {
        int port = NodeProcess.freePort(), controllerPort = NodeProcess.freePort();
        try (var node = NodeProcess.startWith(directory, distributed(port, controllerPort), port)) {
            assertThat(node.output()).doesNotContain("Warning");
            producesAndConsumes(node, "first");
        }
    }

    @Test void aDirectoryFormattedForAQuorumKeptInTheLogIsUsedAsItIs() throws IOException {
        int port = NodeProcess.freePort(), controllerPort = NodeProcess.freePort();
        isUsedAsItIs(port, distributed(port, controllerPort), "--standalone");
    }

    @Test void aDirectoryFormattedForAFixedQuorumIsUsedAsItIs() throws IOException {
        int port = NodeProcess.freePort(), controllerPort = NodeProcess.freePort();
        Map<String, String> settings = distributed(port, controllerPort);
        settings.remove("controller.quorum.bootstrap.servers");
        settings.put("controller.quorum.voters", "1@localhost:" + controllerPort);
        settings.put("metadata.log.dir", directory.resolve("metadata").toString());
        isUsedAsItIs(port, settings);
    }

    private void isUsedAsItIs(int port, Map<String, String> settings, String... formatOptions) throws IOException {
        format(settings, formatOptions);
        Path metaProperties = directory.resolve("kraft-combined-logs/meta.properties");
        String formatted = Files.readString(metaProperties);
        try (var node = NodeProcess.startWith(directory, settings, port)) {
            assertThat(node.output()).contains(CLUSTER_ID);
            producesAndConsumes(node, "first");
            node.kill();
            node.start();
            producesAndConsumes(node, "second");
        }
        assertThat(Files.readString(metaProperties)).isEqualTo(formatted);
    }

    private void format(Map<String, String> settings, String... options) throws IOException {
        List<String> lines = new ArrayList<>();
        settings.forEach((key, value) -> lines.add(key + "=" + value));
        Path file = Files.write(directory.resolve("format.properties"), lines);
        List<String> arguments = new ArrayList<>(List.of("format", "-t", CLUSTER_ID, "-c", file.toString()));
        arguments.addAll(Arrays.asList(options));
        Peers.java("kafka-broker", "", Duration.ofSeconds(60), "kafka.tools.StorageTool", arguments.toArray(String[]::new)).succeeded();
    }

    private static void producesAndConsumes(NodeProcess node, String value) {
        Peers.millrace(value + "\n", "produce", "--topic", value, "--bootstrap-server", node.bootstrap()).succeeded();
        assertThat(Peers.millrace("", "consume", "--topic", value, "--from-beginning", "--max-messages", "1", "--timeout-ms", "20000", "--bootstrap-server", node.bootstrap())
                .succeeded().output()).contains(value);
    }

    /// The keys of the distribution's `config/server.properties`, with ports and a folder of the test's own, and on loopback only.
    private Map<String, String> distributed(int port, int controllerPort) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.bootstrap.servers", "localhost:" + controllerPort);
        settings.put("listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort);
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("advertised.listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL");
        settings.put("num.network.threads", "3");
        settings.put("num.io.threads", "8");
        settings.put("socket.send.buffer.bytes", "102400");
        settings.put("socket.receive.buffer.bytes", "102400");
        settings.put("socket.request.max.bytes", "104857600");
        settings.put("log.dirs", directory.resolve("kraft-combined-logs").toString());
        settings.put("num.partitions", "1");
        settings.put("num.recovery.threads.per.data.dir", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("log.retention.hours", "168");
        settings.put("log.segment.bytes", "1073741824");
        settings.put("log.retention.check.interval.ms", "300000");
        return settings;
    }
}
