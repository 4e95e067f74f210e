package millrace.group.stored;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

import millrace.common.Uuid;
import millrace.protocol.group.ConsumerGroupTargetAssignmentMemberValue;
import millrace.protocol.group.ConsumerGroupTargetAssignmentMemberValue.TopicPartition;

/// A set of partitions.
///
/// @param byTopic topic id ─▶ its partitions, ascending; a topic without any is not in it
public record Partitions(SortedMap<Uuid, List<Integer>> byTopic) {
    public static final Partitions NONE = new Partitions(Collections.emptySortedMap());

    /// @param byTopic in any order, with what repeats and topics without partitions
    public static Partitions of(Map<Uuid, ? extends Collection<Integer>> byTopic) {
        SortedMap<Uuid, List<Integer>> sorted = new TreeMap<>();
        byTopic.forEach((topic, partitions) -> {
            if (!partitions.isEmpty()) sorted.put(topic, List.copyOf(new TreeSet<>(partitions)));
        });
        return sorted.isEmpty() ? NONE : new Partitions(Collections.unmodifiableSortedMap(sorted));
    }

    public static Partitions of(ConsumerGroupTargetAssignmentMemberValue value) {
        Map<Uuid, List<Integer>> byTopic = new TreeMap<>();
        for (TopicPartition topic : value.topicPartitions()) byTopic.computeIfAbsent(topic.topicId(), _ -> new ArrayList<>()).addAll(topic.partitions());
        return of(byTopic);
    }

    public ConsumerGroupTargetAssignmentMemberValue toTarget() {
        List<TopicPartition> topics = new ArrayList<>(byTopic.size());
        byTopic.forEach((topic, partitions) -> topics.add(new TopicPartition(topic, partitions)));
        return new ConsumerGroupTargetAssignmentMemberValue(topics);
    }

    /// @return ascending; empty when there are none
    public List<Integer> of(Uuid topic) {
        return byTopic.getOrDefault(topic, List.of());
    }

    public boolean contains(Uuid topic, int partition) {
        return Collections.binarySearch(of(topic), partition) >= 0;
    }

    public boolean isEmpty() {
        return byTopic.isEmpty();
    }

    @Override public String toString() {
        return byTopic.toString();
    }
}
