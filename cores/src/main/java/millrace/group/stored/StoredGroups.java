package millrace.group.stored;

import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;

import millrace.group.stored.GroupChange.GroupMetadata;
import millrace.group.stored.GroupChange.InTransaction;
import millrace.group.stored.GroupChange.Marker;
import millrace.group.stored.GroupChange.OfConsumerGroup;
import millrace.group.stored.GroupChange.OffsetCommit;
import millrace.group.stored.GroupChange.OtherKind;
import millrace.group.stored.GroupChange.TransactionEnded;
import millrace.protocol.group.GroupMetadataValue;

/// The replicated state: what all changes so far add up to. Two of them that applied the same log are equal.
public final class StoredGroups {
    private final NavigableMap<String, GroupMetadataValue> classic = new TreeMap<>();
    private final NavigableMap<String, OtherGroup> others = new TreeMap<>();
    private final NavigableMap<String, ConsumerGroup> consumers = new TreeMap<>();
    private final CommittedOffsets offsets = new CommittedOffsets();

    public void apply(GroupChange change) {
        switch (change) {
            case GroupMetadata(String group, GroupMetadataValue value) when value == null -> classic.remove(group);
            case GroupMetadata(String group, GroupMetadataValue value)                    -> classic.put(group, value);
            case OffsetCommit commit                                                      -> offsets.apply(commit);
            case TransactionEnded end                                                     -> offsets.apply(end);
            case InTransaction within                                                     -> offsets.apply(within.commit());
            case Marker marker                                                            -> offsets.apply(marker.end());
            case OfConsumerGroup ofConsumer                                               -> apply(ofConsumer);
            case OtherKind other                                                          -> apply(other);
        }
    }

    private void apply(OfConsumerGroup change) {
        ConsumerGroup after = consumers.getOrDefault(change.groupId(), ConsumerGroup.NONE).after(change);
        if (after.equals(ConsumerGroup.NONE)) consumers.remove(change.groupId());
        else consumers.put(change.groupId(), after);
    }

    private void apply(OtherKind change) {
        if (change.value() == null && !others.containsKey(change.groupId())) return;
        OtherGroup group = others.computeIfAbsent(change.groupId(), _ -> new OtherGroup());
        group.apply(change);
        if (group.isGone()) others.remove(change.groupId());
    }

    /// @return null when the group never completed a generation or is no more
    public GroupMetadataValue classic(String groupId) {
        return classic.get(groupId);
    }

    /// @return in order of the group ids; not to be changed
    public NavigableMap<String, GroupMetadataValue> classicGroups() {
        return Collections.unmodifiableNavigableMap(classic);
    }

    /// @return null when there is no consumer group of that id
    public ConsumerGroup consumer(String groupId) {
        return consumers.get(groupId);
    }

    /// @return in order of the group ids; not to be changed
    public NavigableMap<String, ConsumerGroup> consumerGroups() {
        return Collections.unmodifiableNavigableMap(consumers);
    }

    /// @return null unless a group of another kind has that id
    public OtherGroup other(String groupId) {
        return others.get(groupId);
    }

    /// @return in order of the group ids; not to be changed
    public NavigableMap<String, OtherGroup> otherGroups() {
        return Collections.unmodifiableNavigableMap(others);
    }

    public CommittedOffsets offsets() {
        return offsets;
    }

    @Override public boolean equals(Object other) {
        return other instanceof StoredGroups that && classic.equals(that.classic)
                && consumers.equals(that.consumers) && others.equals(that.others) && offsets.equals(that.offsets);
    }

    @Override public int hashCode() {
        return 31 * (31 * (31 * classic.hashCode() + consumers.hashCode()) + others.hashCode()) + offsets.hashCode();
    }

    @Override public String toString() {
        return "classic " + classic + ", consumer " + consumers + ", others " + others + ", " + offsets;
    }
}
