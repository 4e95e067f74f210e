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
                Map<String, Map<String, String>> known = kinds(theirs);
                List<String> strangers = new ArrayList<>();
                for (ObjectName bean : ours.names("kafka.*:*")) {
                    Map<String, String> attributes = known.get(Beans.kind(bean));
                    if (attributes == null) strangers.add(bean + " is no bean of Kafka's");
                    else if (!agree(attributes, ours.attributes(bean))) strangers.add(bean + " has " + ours.attributes(bean) + ", Kafka's has " + attributes);
                }
                assertThat(strangers).isEmpty();
                assertThat(ours.names("kafka.*:*")).hasSizeGreaterThan(50);
            }
        }
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
