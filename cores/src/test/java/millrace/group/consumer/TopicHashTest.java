package millrace.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

import millrace.common.Uuid;
import millrace.metadata.MetadataImage;
import millrace.protocol.metadata.PartitionRecord;
import millrace.protocol.metadata.RegisterBrokerRecord;
import millrace.protocol.metadata.TopicRecord;
import org.apache.kafka.common.metadata.RegisterBrokerRecord.BrokerEndpointCollection;
import org.apache.kafka.coordinator.common.runtime.KRaftCoordinatorMetadataImage;
import org.apache.kafka.coordinator.group.Utils;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataProvenance;
import org.junit.jupiter.api.Test;

/// The hash that a coordinator of either make must compute alike, beside Apache Kafka's own.
class TopicHashTest {
    private static final int BROKERS = 4;

    /// One cluster, told to both.
    private static final class Both {
        private MetadataImage ours = MetadataImage.EMPTY;
        private final MetadataDelta delta = new MetadataDelta.Builder().build();
        private final List<String> topics = new ArrayList<>();

        void broker(int id, String rack) {
            ours = ours.apply(RegisterBrokerRecord.builder().brokerId(id).incarnationId(new Uuid(1, id)).rack(rack).build());
            delta.replay(new org.apache.kafka.common.metadata.RegisterBrokerRecord().setBrokerId(id).setIncarnationId(new org.apache.kafka.common.Uuid(1, id)).setRack(rack)
                    .setEndPoints(new BrokerEndpointCollection()).setLogDirs(List.of()));
        }

        void topic(String name, Uuid id, List<List<Integer>> replicas) {
            topics.add(name);
            var kafkas = new org.apache.kafka.common.Uuid(id.mostSignificantBits(), id.leastSignificantBits());
            ours = ours.apply(TopicRecord.builder().name(name).topicId(id).build());
            delta.replay(new org.apache.kafka.common.metadata.TopicRecord().setName(name).setTopicId(kafkas));
            for (int i = 0; i < replicas.size(); i++) {
                List<Uuid> directories = replicas.get(i).stream().map(_ -> new Uuid(3, 3)).toList();
                List<org.apache.kafka.common.Uuid> kafkasDirectories = replicas.get(i).stream().map(_ -> new org.apache.kafka.common.Uuid(3, 3)).toList();
                ours = ours.apply(PartitionRecord.builder().partitionId(i).topicId(id).replicas(replicas.get(i)).isr(replicas.get(i)).leader(replicas.get(i).getFirst()).directories(directories).build());
                delta.replay(new org.apache.kafka.common.metadata.PartitionRecord().setPartitionId(i).setTopicId(kafkas).setReplicas(replicas.get(i)).setIsr(replicas.get(i))
                        .setLeader(replicas.get(i).getFirst()).setDirectories(kafkasDirectories));
            }
        }

        long kafkas(List<String> names) {
            var image = new KRaftCoordinatorMetadataImage(delta.apply(new MetadataProvenance(1, 1, 1, true)));
            Map<String, Long> hashes = names.stream().filter(name -> image.topicMetadata(name).isPresent())
                    .collect(Collectors.toMap(name -> name, name -> Utils.computeTopicHash(name, image), (one, _) -> one, TreeMap::new));
            return Utils.computeGroupHash(hashes);
        }
    }

    @Test void isKafkas() {
        for (int seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            var both = new Both();
            for (int id = 0; id < BROKERS; id++) both.broker(id, random.nextInt(4) == 0 ? null : "rack-" + random.nextInt(3));
            for (int topic = 0; topic < 1 + random.nextInt(4); topic++) {
                List<List<Integer>> replicas = new ArrayList<>();
                for (int partition = 0; partition < 1 + random.nextInt(30); partition++) replicas.add(List.of(random.nextInt(BROKERS)));
                both.topic("topic-" + topic + "-ü", new Uuid(random.nextLong(), random.nextLong()), replicas);
            }
            assertThat(TopicHash.ofGroup(both.topics, both.ours)).as("seed %d", seed).isEqualTo(both.kafkas(both.topics));
            List<String> some = List.of(both.topics.getFirst(), "not there");
            assertThat(TopicHash.ofGroup(some, both.ours)).isEqualTo(both.kafkas(some));
        }
    }

    @Test void ofNoTopicIsZero() {
        assertThat(TopicHash.ofGroup(List.of(), MetadataImage.EMPTY)).isZero();
        assertThat(TopicHash.ofGroup(List.of("not there"), MetadataImage.EMPTY)).isZero();
    }
}
