package millrace.group.stored;

import java.util.Collections;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

import millrace.common.TopicPartition;
import millrace.group.stored.GroupChange.OffsetCommit;
import millrace.group.stored.GroupChange.TransactionEnded;
import millrace.protocol.group.OffsetCommitValue;

/// The offsets that groups have committed, and those that wait for the end of a transaction.
///
///     group ─▶ topic ─▶ partition ─▶ offset                what counts
///     producer id ─▶ group ─▶ topic-partition ─▶ offset    what will count if the transaction commits
///
/// Of several commits of one partition the one that comes last in the log counts, whenever its transaction ends. So what is overtaken
/// by a later commit that counts, or by a deletion, is dropped from its transaction at once: that transaction's outcome can no longer matter for it.
///
/// Its size follows the log, where each key takes more room than here; what expires leaves both.
public final class CommittedOffsets {
    /// @param order in which pending commits came
    private record PendingOffset(long order, OffsetCommitValue value) {}

    private final NavigableMap<String, NavigableMap<String, NavigableMap<Integer, OffsetCommitValue>>> byGroup = new TreeMap<>();
    private final NavigableMap<Long, NavigableMap<String, NavigableMap<TopicPartition, PendingOffset>>> pending = new TreeMap<>();
    private long nextOrder;

    void apply(OffsetCommit change) {
        var at = new TopicPartition(change.topic(), change.partition());
        if (change.producerId() != GroupChange.NO_PRODUCER_ID) {
            putPending(change.producerId(), change.groupId(), at, change.value());
        } else {
            dropPendingBefore(nextOrder, change.groupId(), at);
            if (change.value() == null) remove(change.groupId(), at);
            else put(change.groupId(), at, change.value());
        }
    }

    void apply(TransactionEnded end) {
        var ended = pending.remove(end.producerId());
        if (ended == null || !end.committed()) return;
        ended.forEach((group, offsets) -> offsets.forEach((at, committed) -> {
            dropPendingBefore(committed.order(), group, at);
            put(group, at, committed.value());
        }));
    }

    private void putPending(long producerId, String group, TopicPartition at, OffsetCommitValue value) {
        if (value == null) return;
        pending.computeIfAbsent(producerId, _ -> new TreeMap<>()).computeIfAbsent(group, _ -> new TreeMap<>())
                .put(at, new PendingOffset(nextOrder++, value));
    }

    private void dropPendingBefore(long order, String group, TopicPartition at) {
        if (pending.isEmpty()) return;
        for (var groups : pending.values()) {
            var offsets = groups.get(group);
            PendingOffset older = offsets == null ? null : offsets.get(at);
            if (older != null && older.order() < order) offsets.remove(at);
        }
    }

    private void put(String group, TopicPartition at, OffsetCommitValue value) {
        var topics = byGroup.computeIfAbsent(group, _ -> new TreeMap<>());
        topics.computeIfAbsent(at.topic(), _ -> new TreeMap<>()).put(at.partition(), value);
    }

    private void remove(String group, TopicPartition at) {
        var topics = byGroup.get(group);
        var partitions = topics == null ? null : topics.get(at.topic());
        if (partitions == null || partitions.remove(at.partition()) == null) return;
        if (partitions.isEmpty()) topics.remove(at.topic());
        if (topics.isEmpty()) byGroup.remove(group);
    }

    /// @return null when nothing is committed
    public OffsetCommitValue find(String group, String topic, int partition) {
        var topics = byGroup.get(group);
        var partitions = topics == null ? null : topics.get(topic);
        return partitions == null ? null : partitions.get(partition);
    }

    /// @return topic ─▶ partition ─▶ offset in order; empty when nothing is committed; not to be changed
    public SortedMap<String, NavigableMap<Integer, OffsetCommitValue>> of(String group) {
        var topics = byGroup.get(group);
        return topics == null ? Collections.emptySortedMap() : Collections.unmodifiableSortedMap(topics);
    }

    public boolean isPending(String group, String topic, int partition) {
        if (pending.isEmpty()) return false;
        var at = new TopicPartition(topic, partition);
        return pending.values().stream().anyMatch(groups -> groups.containsKey(group) && groups.get(group).containsKey(at));
    }

    /// @return in order, what the group's pending commits are for
    public NavigableSet<TopicPartition> pendingOf(String group) {
        NavigableSet<TopicPartition> all = new TreeSet<>();
        for (var groups : pending.values()) {
            var offsets = groups.get(group);
            if (offsets != null) all.addAll(offsets.keySet());
        }
        return all;
    }

    public boolean hasPending(String group) {
        return pending.values().stream().anyMatch(groups -> groups.containsKey(group) && !groups.get(group).isEmpty());
    }

    /// @return how many are committed; counted anew, with a look at every topic of every group
    public long count() {
        long count = 0;
        for (var topics : byGroup.values()) for (var partitions : topics.values()) count += partitions.size();
        return count;
    }

    /// @return ids of the groups with committed offsets, in order; not to be changed
    public NavigableSet<String> groups() {
        return Collections.unmodifiableNavigableSet(byGroup.navigableKeySet());
    }

    /// @return ids of the groups with offsets in transactions that have not ended, in order
    public NavigableSet<String> groupsInTransactions() {
        NavigableSet<String> all = new TreeSet<>();
        for (var groups : pending.values()) all.addAll(groups.keySet());
        return all;
    }

    @Override public boolean equals(Object other) {
        return other instanceof CommittedOffsets that && byGroup.equals(that.byGroup) && pending.equals(that.pending);
    }

    @Override public int hashCode() {
        return 31 * byGroup.hashCode() + pending.hashCode();
    }

    @Override public String toString() {
        return "offsets " + byGroup + (pending.isEmpty() ? "" : ", in transactions " + pending);
    }
}
