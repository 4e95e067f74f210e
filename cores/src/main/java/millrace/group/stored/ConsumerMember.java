package millrace.group.stored;

import millrace.protocol.group.ConsumerGroupMemberMetadataValue;

/// One member of a consumer group.
///
/// @param metadata who it is and what it subscribes to
/// @param current where it is
public record ConsumerMember(String memberId, ConsumerGroupMemberMetadataValue metadata, CurrentAssignment current) {
    public int memberEpoch() {
        return current.memberEpoch();
    }

    /// @return null for a dynamic member
    public String instanceId() {
        return metadata.instanceId();
    }

    /// @return the regular expression that it subscribes with; null for none
    public String expression() {
        return expressionOf(metadata);
    }

    /// A member that no longer subscribes with one says so by an empty one.
    public static String expressionOf(ConsumerGroupMemberMetadataValue metadata) {
        String expression = metadata.subscribedTopicRegex();
        return expression == null || expression.isEmpty() ? null : expression;
    }

    /// Whether it is a member by JoinGroup, SyncGroup and Heartbeat, not by ConsumerGroupHeartbeat.
    public boolean usesClassicProtocol() {
        return metadata.classicMemberMetadata() != null;
    }
}
