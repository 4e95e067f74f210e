package millrace.common;

import java.util.Objects;

/// A partition by the name of its topic. Prints as its log directory is called: `orders-3`.
public record TopicPartition(String topic, int partition) implements Comparable<TopicPartition> {
    public TopicPartition {
        Objects.requireNonNull(topic, "topic");
    }

    @Override public int compareTo(TopicPartition other) {
        int byTopic = topic.compareTo(other.topic);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    @Override public String toString() {
        return topic + "-" + partition;
    }
}
