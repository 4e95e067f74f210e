package millrace.broker.partition;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import millrace.broker.metadata.BrokerMetadata;
import millrace.common.TopicIdPartition;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.metadata.PartitionRegistration;
import millrace.metadata.TopicImage;
import millrace.protocol.ErrorCode;
import millrace.storage.directory.LogDirectory;

/// Finds partitions, by name and by topic id, and does nothing else.
public final class Partitions {
    /// What stands where somebody looked for a partition.
    public sealed interface Found {}

    public record Leading(Partition partition) implements Found {}

    public record Following(Partition partition) implements Found {}

    /// @param error `UNKNOWN_TOPIC_OR_PARTITION`, `UNKNOWN_TOPIC_ID`, `NOT_LEADER_OR_FOLLOWER` when it exists on other brokers only, or
    ///     `KAFKA_STORAGE_ERROR` when it belongs here and its log or log directory cannot be used
    public record Absent(ErrorCode error) implements Found {}

    private final BrokerMetadata metadata;
    private final ConcurrentMap<TopicPartition, Partition> byName = new ConcurrentHashMap<>();
    private final ConcurrentMap<TopicIdPartition, Partition> byId = new ConcurrentHashMap<>();

    public Partitions(BrokerMetadata metadata) {
        this.metadata = metadata;
    }

    public Found find(String topic, int partition) {
        Partition here = byName.get(new TopicPartition(topic, partition));
        return here != null ? found(here) : absent(metadata.topic(topic), partition, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    public Found find(Uuid topicId, int partition) {
        Partition here = byId.get(new TopicIdPartition(topicId, partition));
        return here != null ? found(here) : absent(metadata.image().topics().byId(topicId), partition, ErrorCode.UNKNOWN_TOPIC_ID);
    }

    private static Found found(Partition partition) {
        if (partition.isOffline()) return new Absent(ErrorCode.KAFKA_STORAGE_ERROR);
        return partition.isLeading() ? new Leading(partition) : new Following(partition);
    }

    /// An image is shown only after its partitions have been opened, so one that belongs here and is not there could not be.
    private Found absent(TopicImage topic, int partition, ErrorCode withoutTopic) {
        if (topic == null) return new Absent(withoutTopic);
        PartitionRegistration registration = topic.partitions().get(partition);
        if (registration == null) return new Absent(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        return new Absent(registration.replicas().contains(metadata.brokerId()) ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    /// @return in order of topic name and partition
    public List<Partition> all() {
        return byName.values().stream().sorted(Comparator.comparing(Partition::topicPartition)).toList();
    }

    public Collection<Partition> unordered() {
        return byName.values();
    }

    /// Whoever waits for a partition of this directory hears at once that it is offline.
    public void directoryFailed(LogDirectory directory) {
        for (Partition partition : byName.values()) if (partition.directory() == directory) partition.wake();
    }

    void add(Partition partition) {
        byName.put(partition.topicPartition(), partition);
        byId.put(partition.idPartition(), partition);
    }

    void remove(Partition partition) {
        byName.remove(partition.topicPartition(), partition);
        byId.remove(partition.idPartition(), partition);
    }

    /// @return null when it is not here
    Partition get(TopicPartition name) {
        return byName.get(name);
    }

    Partition get(Uuid topicId, int partition) {
        return byId.get(new TopicIdPartition(topicId, partition));
    }
}
