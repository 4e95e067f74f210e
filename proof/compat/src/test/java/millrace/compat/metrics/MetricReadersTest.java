package millrace.compat.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import millrace.compat.NodeProcess;
import millrace.compat.Peers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Those who read Kafka's metrics read a node's: with the variables of Kafka's scripts it is set up as they are.
class MetricReadersTest {
    /// The rules of a usual `kafka-jmx-config.yml`.
    private static final String EXPORTER_RULES = """
            lowercaseOutputName: true
            rules:
              - pattern: kafka.server<type=BrokerTopicMetrics, name=(MessagesInPerSec|BytesInPerSec|BytesOutPerSec)><>Count
                name: kafka_server_brokertopicmetrics_$1
              - pattern: kafka.server<type=ReplicaManager, name=(.+)><>Value
                name: kafka_server_replicamanager_$1
              - pattern: kafka.controller<type=KafkaController, name=(.+)><>Value
                name: kafka_controller_kafkacontroller_$1
              - pattern: kafka.server<type=KafkaRequestHandlerPool, name=RequestHandlerAvgIdlePercent><>MeanRate
                name: kafka_server_requesthandleravgidlepercent
              - pattern: kafka.network<type=RequestMetrics, name=(.+), request=(.+)><>Count
                name: kafka_network_requestmetrics_$1
                labels: {request: "$2"}
            """;
    private static final Path EXPORTER = Peers.home().resolve("proof/peers/jmx-exporter/target/lib/jmx_prometheus_javaagent-1.0.1.jar");
    @TempDir static Path directory;
    private static NodeProcess node;
    private static int jmxPort;
    private static int exporterPort;

    @BeforeAll static void startNode() throws Exception {
        jmxPort = NodeProcess.freePort();
        exporterPort = NodeProcess.freePort();
        Path rules = Files.writeString(directory.resolve("kafka-jmx-config.yml"), EXPORTER_RULES);
        String options = Files.exists(EXPORTER) ? "-javaagent:" + EXPORTER + "=127.0.0.1:" + exporterPort + ":" + rules : "";
        node = NodeProcess.start(directory.resolve("node"), Map.of(), Map.of("JMX_PORT", Integer.toString(jmxPort), "KAFKA_OPTS", options));
        Work.on(node.bootstrap());
    }

    @AfterAll static void stopNode() {
        node.close();
    }

    @Test void apachesJmxToolReadsWhatWasSent() {
        String url = "service:jmx:rmi:///jndi/rmi://127.0.0.1:" + jmxPort + "/jmxrmi", bean = "kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec,topic=orders";
        var read = Peers.java("kafka-tools", "", Duration.ofSeconds(60), "org.apache.kafka.tools.JmxTool", "--jmx-url", url, "--one-time", "--object-name", bean, "--attributes", "Count",
                "--report-format", "properties");
        assertThat(read.succeeded().output()).contains(bean + ":Count=" + Work.RECORDS);
    }

    @Test void theExportersAgentMakesSeriesOfThem() throws IOException, InterruptedException {
        if (!Files.exists(EXPORTER)) Peers.missing(EXPORTER + " is missing: mvn -f proof/peers/jmx-exporter package");
        List<String> series = series();
        assertThat(series).contains("kafka_controller_kafkacontroller_activecontrollercount 1.0", "kafka_controller_kafkacontroller_offlinepartitionscount 0.0",
                "kafka_server_replicamanager_underreplicatedpartitions 0.0");
        for (String name : List.of("kafka_server_brokertopicmetrics_messagesinpersec", "kafka_server_brokertopicmetrics_bytesoutpersec", "kafka_network_requestmetrics_totaltimems{request=\"Produce\"}"))
            assertThat(series).anyMatch(line -> line.startsWith(name + " ") && !line.endsWith(" 0.0"));
    }

    private static List<String> series() throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            String scraped = client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + exporterPort + "/metrics")).build(), BodyHandlers.ofString()).body();
            return scraped.lines().filter(line -> line.startsWith("kafka_")).toList();
        }
    }

    @Test void whatIsCountedIsWhatHappened() throws IOException {
        try (Beans beans = Beans.of(node.pid())) {
            String topic = ",topic=" + Work.TOPIC;
            assertThat(beans.count("kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec" + topic)).isEqualTo(Work.RECORDS);
            long in = beans.count("kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec" + topic);
            long out = beans.count("kafka.server:type=BrokerTopicMetrics,name=BytesOutPerSec" + topic);
            assertThat(out).as("two groups have read everything once").isEqualTo(2 * in);
            assertThat(beans.count("kafka.network:type=RequestMetrics,name=TotalTimeMs,request=Produce")).isPositive();
            double local = beans.number("kafka.network:type=RequestMetrics,name=LocalTimeMs,request=Produce", "Mean");
            double remote = beans.number("kafka.network:type=RequestMetrics,name=RemoteTimeMs,request=Produce", "Mean");
            double total = beans.number("kafka.network:type=RequestMetrics,name=TotalTimeMs,request=Produce", "Mean");
            assertThat(local + remote).isBetween(total - 0.01, total + 0.01);
            assertThat(beans.names("kafka.network:type=RequestMetrics,name=RequestsPerSec,request=Produce,*")).isNotEmpty();
            assertThat(beans.names("kafka.server:type=socket-server-metrics,listener=PLAINTEXT,*")).isNotEmpty();
        }
    }
}
