package millrace.group.stored;

import millrace.group.stored.GroupChange.ConsumerGroupCurrent;
import millrace.group.stored.GroupChange.ConsumerGroupEpoch;
import millrace.group.stored.GroupChange.ConsumerGroupExpression;
import millrace.group.stored.GroupChange.ConsumerGroupMember;
import millrace.group.stored.GroupChange.ConsumerGroupTarget;
import millrace.group.stored.GroupChange.ConsumerGroupTargetEpoch;
import millrace.group.stored.GroupChange.ConsumerGroupTopics;
import millrace.group.stored.GroupChange.OfConsumerGroup;
import millrace.protocol.CoordinatorKey;
import millrace.protocol.CoordinatorValue;
import millrace.protocol.group.ConsumerGroupCurrentMemberAssignmentKey;
import millrace.protocol.group.ConsumerGroupCurrentMemberAssignmentValue;
import millrace.protocol.group.ConsumerGroupMemberMetadataKey;
import millrace.protocol.group.ConsumerGroupMemberMetadataValue;
import millrace.protocol.group.ConsumerGroupMetadataKey;
import millrace.protocol.group.ConsumerGroupMetadataValue;
import millrace.protocol.group.ConsumerGroupPartitionMetadataKey;
import millrace.protocol.group.ConsumerGroupPartitionMetadataValue;
import millrace.protocol.group.ConsumerGroupRegularExpressionKey;
import millrace.protocol.group.ConsumerGroupRegularExpressionValue;
import millrace.protocol.group.ConsumerGroupTargetAssignmentMemberKey;
import millrace.protocol.group.ConsumerGroupTargetAssignmentMemberValue;
import millrace.protocol.group.ConsumerGroupTargetAssignmentMetadataKey;
import millrace.protocol.group.ConsumerGroupTargetAssignmentMetadataValue;

/// Changes of consumer groups as the schemas of their records, and back.
final class ConsumerGroupRecords {
    static final short VALUE_VERSION = 0;

    private ConsumerGroupRecords() {}

    static CoordinatorKey key(OfConsumerGroup change) {
        return switch (change) {
            case ConsumerGroupEpoch(String group, var _)                          -> new ConsumerGroupMetadataKey(group);
            case ConsumerGroupTopics(String group, var _)                         -> new ConsumerGroupPartitionMetadataKey(group);
            case ConsumerGroupMember(String group, String member, var _)          -> new ConsumerGroupMemberMetadataKey(group, member);
            case ConsumerGroupTargetEpoch(String group, var _)                    -> new ConsumerGroupTargetAssignmentMetadataKey(group);
            case ConsumerGroupTarget(String group, String member, var _)          -> new ConsumerGroupTargetAssignmentMemberKey(group, member);
            case ConsumerGroupCurrent(String group, String member, var _)         -> new ConsumerGroupCurrentMemberAssignmentKey(group, member);
            case ConsumerGroupExpression(String group, String expression, var _)  -> new ConsumerGroupRegularExpressionKey(group, expression);
        };
    }

    /// @return null for a tombstone
    static CoordinatorValue value(OfConsumerGroup change) {
        return switch (change) {
            case ConsumerGroupEpoch(var _, var value)             -> value;
            case ConsumerGroupTopics(var _, var value)            -> value;
            case ConsumerGroupMember(var _, var _, var value)     -> value;
            case ConsumerGroupTargetEpoch(var _, var value)       -> value;
            case ConsumerGroupTarget(var _, var _, var value)     -> value;
            case ConsumerGroupCurrent(var _, var _, var value)    -> value;
            case ConsumerGroupExpression(var _, var _, var value) -> value;
        };
    }

    /// @param value of the type that belongs to the key; null for a tombstone
    static OfConsumerGroup change(CoordinatorKey key, CoordinatorValue value) {
        return switch (key) {
            case ConsumerGroupMetadataKey(String group)                                    -> new ConsumerGroupEpoch(group, (ConsumerGroupMetadataValue) value);
            case ConsumerGroupPartitionMetadataKey(String group)                           -> new ConsumerGroupTopics(group, (ConsumerGroupPartitionMetadataValue) value);
            case ConsumerGroupMemberMetadataKey(String group, String member)               -> new ConsumerGroupMember(group, member, (ConsumerGroupMemberMetadataValue) value);
            case ConsumerGroupTargetAssignmentMetadataKey(String group)                    -> new ConsumerGroupTargetEpoch(group, (ConsumerGroupTargetAssignmentMetadataValue) value);
            case ConsumerGroupTargetAssignmentMemberKey(String group, String member)       -> new ConsumerGroupTarget(group, member, (ConsumerGroupTargetAssignmentMemberValue) value);
            case ConsumerGroupCurrentMemberAssignmentKey(String group, String member)      -> new ConsumerGroupCurrent(group, member, (ConsumerGroupCurrentMemberAssignmentValue) value);
            case ConsumerGroupRegularExpressionKey(String group, String expression)        -> new ConsumerGroupExpression(group, expression, (ConsumerGroupRegularExpressionValue) value);
            default -> throw new IllegalArgumentException(key.messageName() + " is not a key of consumer groups");
        };
    }
}
