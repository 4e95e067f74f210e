package millrace.broker.partition;

import static millrace.broker.partition.BrokerUnderTest.SELF;
import static millrace.broker.partition.BrokerUnderTest.topic;
import static millrace.broker.partition.BrokerUnderTest.topicId;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import millrace.bindings.time.SystemClock;
import millrace.metrics.Metric;
import millrace.metrics.Metrics;
import millrace.metrics.RateMeter;
import millrace.protocol.metadata.PartitionChangeRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaMetersTest {
    @TempDir Path directory;
    private BrokerUnderTest broker;
    private final Metrics metrics = new Metrics(new SystemClock());

    @BeforeEach void start() {
        broker = new BrokerUnderTest(directory);
        metrics.add(broker.replicas);
    }

    @AfterEach void stop() {
        broker.close();
    }

    @Test void replicasAreCountedByWhatTheyAre() {
        broker.commits(topic("alone", 1)).commits(topic("short", 2, SELF, List.of(SELF, 2, 3), "min.insync.replicas", "2")).commits(topic("followed", 3, 2, List.of(SELF, 2)));
        assertThat(number("ReplicaManager", "PartitionCount")).isEqualTo(3);
        assertThat(number("ReplicaManager", "LeaderCount")).isEqualTo(2);
        assertThat(number("ReplicaManager", "UnderReplicatedPartitions")).isZero();
        broker.commits(isr(2, SELF));
        assertThat(number("ReplicaManager", "UnderReplicatedPartitions")).isEqualTo(1);
        assertThat(number("ReplicaManager", "UnderMinIsrPartitionCount")).isEqualTo(1);
        assertThat(number("ReplicaManager", "AtMinIsrPartitionCount")).as("the one with a single replica").isEqualTo(1);
        assertThat(of("Partition", "InSyncReplicasCount", "short")).isEqualTo(1);
        assertThat(of("Partition", "UnderMinIsr", "short")).isEqualTo(1);
        assertThat(of("Partition", "ReplicasCount", "short")).isEqualTo(3);
    }

    @Test void anIsrThatShrinksAndGrowsAgainCountsOnceEach() {
        broker.commits(topic("t", 1, SELF, List.of(SELF, 2))).commits(isr(1, SELF)).commits(isr(1, SELF, 2));
        assertThat(((RateMeter) metrics.find("kafka.server", Map.of("type", "ReplicaManager", "name", "IsrShrinksPerSec"))).count()).isEqualTo(1);
        assertThat(((RateMeter) metrics.find("kafka.server", Map.of("type", "ReplicaManager", "name", "IsrExpandsPerSec"))).count()).isEqualTo(1);
    }

    @Test void aLogIsReadAsItIsNowAndGoesWithItsTopic() {
        broker.commits(topic("t", 1));
        assertThat(List.of(of("Log", "LogStartOffset", "t"), of("Log", "LogEndOffset", "t"), of("Log", "NumLogSegments", "t"), of("Log", "Size", "t"))).containsExactly(0L, 0L, 1L, 0L);
        assertThat(find("Log", "Size", "t", "1")).isNull();
        assertThat(find("Log", "Size", "t", "no number")).isNull();
        broker.commits(BrokerUnderTest.removed(1));
        assertThat(find("Log", "Size", "t", "0")).isNull();
    }

    @Test void directoriesAreOnlineUntilTheyFail() {
        assertThat(number("LogManager", "OfflineLogDirectoryCount")).isZero();
        Map<String, String> ofDirectory = Map.of("type", "LogManager", "name", "LogDirectoryOffline", "logDirectory", directory.toString());
        assertThat(value(metrics.find("kafka.log", ofDirectory))).isZero();
    }

    private static PartitionChangeRecord isr(long topic, Integer... isr) {
        return PartitionChangeRecord.builder().topicId(topicId(topic)).partitionId(0).isr(List.of(isr)).build();
    }

    private long number(String type, String name) {
        return value(metrics.find(type.equals("LogManager") ? "kafka.log" : "kafka.server", Map.of("type", type, "name", name)));
    }

    private long of(String type, String name, String topic) {
        return value(find(type, name, topic, "0"));
    }

    private Metric find(String type, String name, String topic, String partition) {
        return metrics.find(type.equals("Log") ? "kafka.log" : "kafka.cluster", Map.of("type", type, "name", name, "topic", topic, "partition", partition));
    }

    private static long value(Metric gauge) {
        return ((Number) gauge.attributes().getFirst().value().get()).longValue();
    }
}
