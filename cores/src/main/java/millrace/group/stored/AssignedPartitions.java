package millrace.group.stored;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import millrace.common.Uuid;
import millrace.protocol.group.ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions;

/// Partitions that a member has, each with the epoch in which it got it: a commit of an older one is not for this possession (KIP-1251).
///
/// @param epochs topic id ─▶ partition ─▶ assignment epoch; a topic without partitions is not in it
public record AssignedPartitions(SortedMap<Uuid, SortedMap<Integer, Integer>> epochs) {
    public static final AssignedPartitions NONE = new AssignedPartitions(Collections.emptySortedMap());

    /// @param memberEpoch counts for records that do not say the epochs, as Kafka wrote them before 4.3
    static AssignedPartitions of(List<TopicPartitions> stored, int memberEpoch) {
        var builder = new Builder();
        for (TopicPartitions topic : stored) {
            List<Integer> said = topic.assignmentEpochs();
            boolean eachHasOne = said != null && said.size() == topic.partitions().size();
            for (int i = 0; i < topic.partitions().size(); i++)
                builder.add(topic.topicId(), topic.partitions().get(i), eachHasOne ? said.get(i) : Math.max(memberEpoch, 0));
        }
        return builder.build();
    }

    /// All of `partitions`, got in the same epoch.
    public static AssignedPartitions of(Partitions partitions, int epoch) {
        var builder = new Builder();
        partitions.byTopic().forEach((topic, all) -> all.forEach(partition -> builder.add(topic, partition, epoch)));
        return builder.build();
    }

    List<TopicPartitions> toStored() {
        List<TopicPartitions> topics = new ArrayList<>(epochs.size());
        epochs.forEach((topic, partitions) -> topics.add(new TopicPartitions(topic, List.copyOf(partitions.keySet()), List.copyOf(partitions.values()))));
        return topics;
    }

    public boolean isEmpty() {
        return epochs.isEmpty();
    }

    public boolean contains(Uuid topic, int partition) {
        SortedMap<Integer, Integer> partitions = epochs.get(topic);
        return partitions != null && partitions.containsKey(partition);
    }

    /// @return null when the partition is not among them
    public Integer epochOf(Uuid topic, int partition) {
        SortedMap<Integer, Integer> partitions = epochs.get(topic);
        return partitions == null ? null : partitions.get(partition);
    }

    public Partitions partitions() {
        SortedMap<Uuid, List<Integer>> byTopic = new TreeMap<>();
        epochs.forEach((topic, partitions) -> byTopic.put(topic, List.copyOf(partitions.keySet())));
        return Partitions.of(byTopic);
    }

    /// Builds one, in any order.
    public static final class Builder {
        private final SortedMap<Uuid, SortedMap<Integer, Integer>> epochs = new TreeMap<>();

        public void add(Uuid topic, int partition, int epoch) {
            epochs.computeIfAbsent(topic, _ -> new TreeMap<>()).put(partition, epoch);
        }

        public AssignedPartitions build() {
            if (epochs.isEmpty()) return NONE;
            SortedMap<Uuid, SortedMap<Integer, Integer>> built = new TreeMap<>();
            epochs.forEach((topic, partitions) -> built.put(topic, Collections.unmodifiableSortedMap(new TreeMap<>(partitions))));
            return new AssignedPartitions(Collections.unmodifiableSortedMap(built));
        }
    }

    @Override public String toString() {
        return epochs.toString();
    }
}
