package millrace.common;

import java.util.Objects;

/// A partition by the id of its topic: stays the same when a topic is deleted and another of the same name is created.
public record TopicIdPartition(Uuid topicId, int partition) implements Comparable<TopicIdPartition> {
    public TopicIdPartition {
        Objects.requireNonNull(topicId, "topicId");
    }

    @Override public int compareTo(TopicIdPartition other) {
        int byTopic = topicId.compareTo(other.topicId);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    @Override public String toString() {
        return topicId + ":" + partition;
    }
}
