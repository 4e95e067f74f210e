package millrace.group.consumer;

import java.util.ArrayList;
import java.util.List;

import millrace.group.command.Turn;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.CurrentAssignment;
import millrace.group.stored.GroupChange;
import millrace.group.stored.GroupChange.ConsumerGroupCurrent;
import millrace.group.stored.GroupChange.ConsumerGroupEpoch;
import millrace.group.stored.GroupChange.ConsumerGroupExpression;
import millrace.group.stored.GroupChange.ConsumerGroupMember;
import millrace.group.stored.GroupChange.ConsumerGroupTarget;
import millrace.group.stored.GroupChange.ConsumerGroupTargetEpoch;
import millrace.group.stored.GroupChange.ConsumerGroupTopics;
import millrace.group.stored.GroupChange.OfConsumerGroup;
import millrace.group.stored.Partitions;
import millrace.protocol.group.ConsumerGroupMemberMetadataValue;
import millrace.protocol.group.ConsumerGroupMetadataValue;
import millrace.protocol.group.ConsumerGroupRegularExpressionValue;
import millrace.protocol.group.ConsumerGroupTargetAssignmentMetadataValue;

/// A decision about one consumer group in the making: the group as it will be when what has been decided so far is applied.
final class Draft {
    private final String groupId;
    private final List<GroupChange> changes = new ArrayList<>();
    private ConsumerGroup group;

    Draft(String groupId, ConsumerGroup group) {
        this.groupId = groupId;
        this.group = group;
    }

    String groupId() {
        return groupId;
    }

    ConsumerGroup group() {
        return group;
    }

    /// It stands: the changes become part of the turn.
    void decide(Turn turn) {
        changes.forEach(turn::change);
    }

    private void put(OfConsumerGroup change) {
        changes.add(change);
        group = group.after(change);
    }

    void member(String memberId, ConsumerGroupMemberMetadataValue metadata) {
        put(new ConsumerGroupMember(groupId, memberId, metadata));
    }

    void current(String memberId, CurrentAssignment current) {
        put(new ConsumerGroupCurrent(groupId, memberId, current.toValue()));
    }

    void target(String memberId, Partitions target) {
        put(new ConsumerGroupTarget(groupId, memberId, target.toTarget()));
    }

    void targetEpoch(int groupEpoch, long timestampMs) {
        put(new ConsumerGroupTargetEpoch(groupId, new ConsumerGroupTargetAssignmentMetadataValue(groupEpoch, timestampMs)));
    }

    void groupEpoch(int groupEpoch, long topicHash) {
        put(new ConsumerGroupEpoch(groupId, new ConsumerGroupMetadataValue(groupEpoch, topicHash)));
        if (group.hasTopicsRecord()) put(new ConsumerGroupTopics(groupId, null));
    }

    void expression(String expression, ConsumerGroupRegularExpressionValue resolved) {
        put(new ConsumerGroupExpression(groupId, expression, resolved));
    }

    /// What it has first, then what it is to have, then itself: a reader of any part of this takes nothing for its own that is not.
    void removeMember(String memberId) {
        put(new ConsumerGroupCurrent(groupId, memberId, null));
        put(new ConsumerGroupTarget(groupId, memberId, null));
        put(new ConsumerGroupMember(groupId, memberId, null));
    }

    /// Nothing of the group is left.
    void removeGroup() {
        ConsumerGroup before = group;
        for (String memberId : before.currents().keySet()) put(new ConsumerGroupCurrent(groupId, memberId, null));
        for (String memberId : before.targets().keySet()) put(new ConsumerGroupTarget(groupId, memberId, null));
        put(new ConsumerGroupTargetEpoch(groupId, null));
        for (String memberId : before.metadata().keySet()) put(new ConsumerGroupMember(groupId, memberId, null));
        for (String expression : before.expressions().keySet()) put(new ConsumerGroupExpression(groupId, expression, null));
        if (before.hasTopicsRecord()) put(new ConsumerGroupTopics(groupId, null));
        put(new ConsumerGroupEpoch(groupId, null));
    }
}
