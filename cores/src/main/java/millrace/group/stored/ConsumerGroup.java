package millrace.group.stored;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

import millrace.common.Uuid;
import millrace.group.stored.GroupChange.ConsumerGroupCurrent;
import millrace.group.stored.GroupChange.ConsumerGroupEpoch;
import millrace.group.stored.GroupChange.ConsumerGroupExpression;
import millrace.group.stored.GroupChange.ConsumerGroupMember;
import millrace.group.stored.GroupChange.ConsumerGroupTarget;
import millrace.group.stored.GroupChange.ConsumerGroupTargetEpoch;
import millrace.group.stored.GroupChange.ConsumerGroupTopics;
import millrace.group.stored.GroupChange.OfConsumerGroup;
import millrace.protocol.group.ConsumerGroupCurrentMemberAssignmentValue;
import millrace.protocol.group.ConsumerGroupMemberMetadataValue;
import millrace.protocol.group.ConsumerGroupMetadataValue;
import millrace.protocol.group.ConsumerGroupRegularExpressionValue;
import millrace.protocol.group.ConsumerGroupTargetAssignmentMemberValue;
import millrace.protocol.group.ConsumerGroupTargetAssignmentMetadataValue;
import org.pcollections.TreePMap;

/// All that the log says of one consumer group. Immutable: [#after] gives the group as it is after one more change, so whoever decides
/// carries on from what it has decided so far, by the same rule by which the decision is applied later.
///
/// Each part is kept by its own key, whatever else is there: a log whose older records compaction has taken away in part leads to the same
/// group once it is read to its end (G7). `instances`, `owners` and `subscriptions` are derived, and kept because heartbeats ask for them.
///
/// @param epoch null when it was never written
/// @param targetEpoch null when it was never written
/// @param hasTopicsRecord whether a record of the kind that Kafka wrote before 4.1 is still there
/// @param instances group instance id ─▶ member id
public record ConsumerGroup(ConsumerGroupMetadataValue epoch, ConsumerGroupTargetAssignmentMetadataValue targetEpoch, boolean hasTopicsRecord,
                            TreePMap<String, ConsumerGroupMemberMetadataValue> metadata, TreePMap<String, CurrentAssignment> currents,
                            TreePMap<String, Partitions> targets, TreePMap<String, ConsumerGroupRegularExpressionValue> expressions,
                            TreePMap<String, String> instances, PartitionOwners owners, Subscriptions subscriptions) {
    /// No group: nothing is said of it.
    public static final ConsumerGroup NONE = new ConsumerGroup(null, null, false, TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty(),
            TreePMap.empty(), PartitionOwners.NOBODY, Subscriptions.NONE);

    private static final int FIRST_EPOCH = 1;

    // ---- how it moves ----

    public ConsumerGroup after(OfConsumerGroup change) {
        return switch (change) {
            case ConsumerGroupEpoch(var _, var value)                    -> new ConsumerGroup(value, targetEpoch, hasTopicsRecord, metadata, currents, targets, expressions, instances, owners, subscriptions);
            case ConsumerGroupTargetEpoch(var _, var value)              -> new ConsumerGroup(epoch, value, hasTopicsRecord, metadata, currents, targets, expressions, instances, owners, subscriptions);
            case ConsumerGroupTopics(var _, var value)                   -> new ConsumerGroup(epoch, targetEpoch, value != null, metadata, currents, targets, expressions, instances, owners, subscriptions);
            case ConsumerGroupMember(var _, String member, var value)    -> withMember(member, value);
            case ConsumerGroupTarget(var _, String member, var value)    -> withTarget(member, value);
            case ConsumerGroupCurrent(var _, String member, var value)   -> withCurrent(member, value);
            case ConsumerGroupExpression(var _, String text, var value)  -> withExpression(text, value);
        };
    }

    private ConsumerGroup withMember(String memberId, ConsumerGroupMemberMetadataValue value) {
        ConsumerGroupMemberMetadataValue before = metadata.get(memberId);
        TreePMap<String, String> holders = instances;
        if (before != null && before.instanceId() != null && memberId.equals(holders.get(before.instanceId()))) holders = holders.minus(before.instanceId());
        if (value != null && value.instanceId() != null) holders = holders.plus(value.instanceId(), memberId);
        var members = value == null ? metadata.minus(memberId) : metadata.plus(memberId, value);
        return new ConsumerGroup(epoch, targetEpoch, hasTopicsRecord, members, currents, targets, expressions, holders, owners, subscriptions.with(before, value));
    }

    private ConsumerGroup withTarget(String memberId, ConsumerGroupTargetAssignmentMemberValue value) {
        var next = value == null ? targets.minus(memberId) : targets.plus(memberId, Partitions.of(value));
        return new ConsumerGroup(epoch, targetEpoch, hasTopicsRecord, metadata, currents, next, expressions, instances, owners, subscriptions);
    }

    private ConsumerGroup withCurrent(String memberId, ConsumerGroupCurrentMemberAssignmentValue value) {
        CurrentAssignment before = currents.get(memberId);
        PartitionOwners have = owners;
        if (before != null) have = have.without(memberId, before.assigned()).without(memberId, before.pendingRevocation());
        if (value == null) return new ConsumerGroup(epoch, targetEpoch, hasTopicsRecord, metadata, currents.minus(memberId), targets, expressions, instances, have, subscriptions);
        CurrentAssignment current = CurrentAssignment.of(value);
        have = have.with(memberId, current.assigned()).with(memberId, current.pendingRevocation());
        return new ConsumerGroup(epoch, targetEpoch, hasTopicsRecord, metadata, currents.plus(memberId, current), targets, expressions, instances, have, subscriptions);
    }

    private ConsumerGroup withExpression(String expression, ConsumerGroupRegularExpressionValue value) {
        var next = value == null ? expressions.minus(expression) : expressions.plus(expression, value);
        return new ConsumerGroup(epoch, targetEpoch, hasTopicsRecord, metadata, currents, targets, next, instances, owners, subscriptions);
    }

    // ---- what holds ----

    /// @return 1 as long as it was never written: epoch 0 is that of a member that is about to join
    public int groupEpoch() {
        return epoch == null ? FIRST_EPOCH : epoch.epoch();
    }

    /// @return the hash of the topics that were subscribed to in this group epoch
    public long metadataHash() {
        return epoch == null ? 0 : epoch.metadataHash();
    }

    /// @return the group epoch that the targets are for
    public int assignmentEpoch() {
        return targetEpoch == null ? FIRST_EPOCH : targetEpoch.assignmentEpoch();
    }

    /// @return wall time at which the targets were computed; 0 when they were not
    public long assignmentTimestampMs() {
        return targetEpoch == null ? 0 : targetEpoch.assignmentTimestamp();
    }

    public NavigableSet<String> memberIds() {
        return metadata.keySet();
    }

    public int memberCount() {
        return metadata.size();
    }

    public boolean isEmpty() {
        return metadata.isEmpty();
    }

    /// @return null when there is no such member
    public ConsumerMember member(String memberId) {
        ConsumerGroupMemberMetadataValue value = metadata.get(memberId);
        return value == null ? null : new ConsumerMember(memberId, value, currents.getOrDefault(memberId, CurrentAssignment.NEW));
    }

    /// @return null when that instance is no member
    public ConsumerMember memberOfInstance(String instanceId) {
        String memberId = instances.get(instanceId);
        return memberId == null ? null : member(memberId);
    }

    public List<ConsumerMember> members() {
        List<ConsumerMember> members = new ArrayList<>(metadata.size());
        for (String memberId : metadata.keySet()) members.add(member(memberId));
        return members;
    }

    public Partitions target(String memberId) {
        return targets.getOrDefault(memberId, Partitions.NONE);
    }

    /// @return whether another member has that partition, be it to keep or to give up
    public boolean othersHave(Uuid topic, int partition, String memberId) {
        return owners.othersHave(topic, partition, memberId);
    }

    public boolean usesExpression(String expression) {
        return subscriptions.expressions().containsKey(expression);
    }

    /// @return names of the topics that members subscribe to, their expressions resolved; some may not exist
    public Set<String> subscribedTopics() {
        if (expressions.isEmpty()) return subscriptions.topics().keySet();
        Set<String> topics = new TreeSet<>(subscriptions.topics().keySet());
        for (ConsumerGroupRegularExpressionValue resolved : expressions.values()) topics.addAll(resolved.topics());
        return topics;
    }

    /// @return names of the topics that this member subscribes to, its expression resolved; some may not exist
    public Set<String> topicsOf(ConsumerGroupMemberMetadataValue member) {
        Set<String> topics = new TreeSet<>(member.subscribedTopicNames());
        String expression = ConsumerMember.expressionOf(member);
        ConsumerGroupRegularExpressionValue resolved = expression == null ? null : expressions.get(expression);
        if (resolved != null) topics.addAll(resolved.topics());
        return topics;
    }

    /// @return whether a member subscribes to that topic
    public boolean isSubscribedTo(String topic) {
        if (subscriptions.topics().containsKey(topic)) return true;
        for (var resolved : expressions.entrySet()) {
            if (resolved.getValue().topics().contains(topic) && usesExpression(resolved.getKey())) return true;
        }
        return false;
    }

    @Override public String toString() {
        return "consumer group in epoch " + groupEpoch() + " assigned in " + assignmentEpoch() + ": members " + members() + ", targets " + targets
                + (expressions.isEmpty() ? "" : ", expressions " + expressions);
    }
}
