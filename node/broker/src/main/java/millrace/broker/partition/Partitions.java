package millrace.broker.partition;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import millrace.common.TopicIdPartition;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.protocol.ErrorCode;

/// Finds partitions, by name and by topic id, and does nothing else.
public final class Partitions {
    /// What stands where somebody looked for a partition.
    public sealed interface Found {}

    public record Leading(Partition partition) implements Found {}

    public record Following(Partition partition) implements Found {}

    /// @param error `UNKNOWN_TOPIC_OR_PARTITION`, `UNKNOWN_TOPIC_ID`, or `NOT_LEADER_OR_FOLLOWER` when it exists on other brokers only
    public record Absent(ErrorCode error) implements Found {}

    private final ConcurrentMap<TopicPartition, Partition> byName = new ConcurrentHashMap<>();
    private final ConcurrentMap<TopicIdPartition, Partition> byId = new ConcurrentHashMap<>();

    public Found find(String topic, int partition) {
        return found(byName.get(new TopicPartition(topic, partition)), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    public Found find(Uuid topicId, int partition) {
        return found(byId.get(new TopicIdPartition(topicId, partition)), ErrorCode.UNKNOWN_TOPIC_ID);
    }

    private static Found found(Partition partition, ErrorCode otherwise) {
        if (partition == null) return new Absent(otherwise);
        return partition.isLeading() ? new Leading(partition) : new Following(partition);
    }

    /// @return in order of topic name and partition
    public List<Partition> all() {
        return byName.values().stream().sorted(Comparator.comparing(Partition::topicPartition)).toList();
    }

    public Collection<Partition> unordered() {
        return byName.values();
    }

    void add(Partition partition) {
        byName.put(partition.topicPartition(), partition);
        byId.put(partition.idPartition(), partition);
    }

    void remove(Partition partition) {
        byName.remove(partition.topicPartition(), partition);
        byId.remove(partition.idPartition(), partition);
    }

    Partition get(Uuid topicId, int partition) {
        return byId.get(new TopicIdPartition(topicId, partition));
    }
}
