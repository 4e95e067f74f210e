package millrace.compat.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.ObjectName;
import millrace.compat.ApacheKafkaProcess;
import millrace.compat.NodeProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kafka's names mean what they mean with Kafka: the oracle is a broker of Apache Kafka 4.4.0 that has done the same work.
class MetricNamesTest {
    private static final Map<String, String> SETTINGS = Map.of("offsets.topic.num.partitions", "2", "transaction.state.log.num.partitions", "2", "offsets.topic.replication.factor", "1",
            "transaction.state.log.replication.factor", "1", "transaction.state.log.min.isr", "1", "group.initial.rebalance.delay.ms", "100");
    @TempDir Path directory;

    @Test void everyBeanUnderANameOfKafkasIsThereWithTheSameAttributes() throws Exception {
        try (var kafka = ApacheKafkaProcess.start(directory.resolve("kafka"), SETTINGS); var node = NodeProcess.start(directory.resolve("node"), SETTINGS)) {
            kafka.awaitReady();
            Work.on(kafka.bootstrap());
            Work.on(node.bootstrap());
            try (Beans theirs = Beans.of(kafka.pid()); Beans ours = Beans.of(node.pid())) {
                assertThat(strangers(kinds(theirs), kinds(ours))).isEmpty();
                assertThat(kinds(ours)).hasSizeGreaterThan(60);
            }
        }
    }

    @Test void aStrangeNameAStrangeAttributeAndAStrangeTypeAreFound() {
        Map<String, String> gauge = Map.of("Value", "java.lang.Object"), readings = Map.of("event-queue-size", "double", "num-partitions", "double");
        Map<String, Map<String, String>> theirs = Map.of("kafka.log:name=Size", gauge, "kafka.server:type=readings", readings);
        assertThat(strangers(theirs, Map.of("kafka.log:name=Size", gauge, "kafka.server:type=readings", Map.of("num-partitions", "double")))).isEmpty();
        for (Map<String, Map<String, String>> wrong : List.of(Map.of("kafka.log:name=Bytes", gauge), Map.of("kafka.log:name=Size", Map.of("Value", "long")),
                Map.of("kafka.log:name=Size", Map.of("Value", "java.lang.Object", "Count", "long")), Map.of("kafka.server:type=readings", Map.of("num-groups", "double")),
                Map.of("kafka.server:type=readings", Map.of("num-partitions", "long"))))
            assertThat(strangers(theirs, wrong)).as(wrong.toString()).hasSize(1);
    }

    private static List<String> strangers(Map<String, Map<String, String>> theirs, Map<String, Map<String, String>> ours) {
        List<String> strangers = new ArrayList<>();
        ours.forEach((kind, attributes) -> {
            Map<String, String> known = theirs.get(kind);
            if (known == null) strangers.add(kind + " is no bean of Kafka's");
            else if (!agree(known, attributes)) strangers.add(kind + " has " + attributes + ", Kafka's has " + known);
        });
        return strangers;
    }

    private static Map<String, Map<String, String>> kinds(Beans beans) {
        Map<String, Map<String, String>> kinds = new TreeMap<>();
        for (ObjectName bean : beans.names("kafka.*:*")) kinds.computeIfAbsent(Beans.kind(bean), _ -> new TreeMap<>()).putAll(beans.attributes(bean));
        return kinds;
    }

    /// Of a bean with a number for each attribute Millrace leaves out those that mean nothing here; a meter, a histogram or a gauge is whole.
    private static boolean agree(Map<String, String> theirs, Map<String, String> ours) {
        boolean whole = theirs.containsKey("Value") || theirs.containsKey("Count");
        return whole ? theirs.equals(ours) : theirs.entrySet().containsAll(ours.entrySet());
    }
}
