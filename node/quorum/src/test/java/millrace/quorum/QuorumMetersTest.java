package millrace.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import millrace.common.OffsetAndEpoch;
import millrace.common.Uuid;
import millrace.metadata.MetadataImage;
import millrace.metrics.Metric;
import millrace.metrics.Metrics;
import millrace.protocol.metadata.PartitionRecord;
import millrace.protocol.metadata.RegisterBrokerRecord;
import millrace.protocol.metadata.TopicRecord;
import org.junit.jupiter.api.Test;

class QuorumMetersTest {
    private static final Uuid TOPIC = new Uuid(1, 1);
    private final TurnLoop loop = new TurnLoop();
    private final Metrics metrics = new Metrics(loop);
    private MetadataImage image = MetadataImage.EMPTY;
    private boolean active;

    QuorumMetersTest() {
        metrics.add(new QuorumMeters(() -> image, () -> active, loop, () -> new QuorumMeters.Facts("leader", 1, 7, 40, new OffsetAndEpoch(42, 7), 1)));
    }

    @Test void theClusterIsCountedInTheCommittedImage() {
        image = image.apply(List.of(broker(1, false), broker(2, true), TopicRecord.builder().name("t").topicId(TOPIC).build(), partition(0, 1, 1, 2), partition(1, 1, 2, 1), partition(2, -1, 2))).at(new OffsetAndEpoch(5, 1));
        assertThat(List.of(number("ActiveBrokerCount"), number("FencedBrokerCount"), number("GlobalTopicCount"), number("GlobalPartitionCount"), number("OfflinePartitionsCount"), number("LastCommittedRecordOffset")))
                .containsExactly(1L, 1L, 1L, 3L, 1L, 5L);
        assertThat(number("PreferredReplicaImbalanceCount")).as("one is led by its second replica, one by nobody").isEqualTo(2);
    }

    @Test void theQuorumsStateIsThereOnceItsLoopWasAsked() {
        assertThat(metrics.find("kafka.server", Map.of("type", "raft-metrics"))).isNull();
        loop.settle();
        Metric raft = metrics.find("kafka.server", Map.of("type", "raft-metrics"));
        assertThat(raft.attributes()).extracting(each -> each.name() + "=" + each.value().get()).contains("current-state=leader", "current-epoch=7", "high-watermark=40", "log-end-offset=42");
    }

    @Test void whetherItsControllerDecidesIsKnownAtOnce() {
        assertThat(number("ActiveControllerCount")).isZero();
        active = true;
        assertThat(number("ActiveControllerCount")).isEqualTo(1);
    }

    private static RegisterBrokerRecord broker(int id, boolean fenced) {
        return RegisterBrokerRecord.builder().brokerId(id).brokerEpoch(id).fenced(fenced).incarnationId(new Uuid(2, id)).build();
    }

    private static PartitionRecord partition(int index, int leader, Integer... replicas) {
        return PartitionRecord.builder().topicId(TOPIC).partitionId(index).leader(leader).replicas(List.of(replicas)).isr(List.of(replicas)).directories(List.of(replicas).stream().map(_ -> new Uuid(3, 3)).toList()).build();
    }

    private long number(String name) {
        return ((Number) metrics.find("kafka.controller", Map.of("type", "KafkaController", "name", name)).attributes().getFirst().value().get()).longValue();
    }
}
