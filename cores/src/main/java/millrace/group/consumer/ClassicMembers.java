package millrace.group.consumer;

import static millrace.protocol.ErrorCode.FENCED_INSTANCE_ID;
import static millrace.protocol.ErrorCode.GROUP_MAX_SIZE_REACHED;
import static millrace.protocol.ErrorCode.ILLEGAL_GENERATION;
import static millrace.protocol.ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
import static millrace.protocol.ErrorCode.MEMBER_ID_REQUIRED;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.REBALANCE_IN_PROGRESS;
import static millrace.protocol.ErrorCode.UNKNOWN_MEMBER_ID;

import java.util.List;

import millrace.group.command.ConsumerSettings;
import millrace.group.command.ConsumerSettings.Migration;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.Protocol;
import millrace.group.command.GroupCommand.SyncGroup;
import millrace.group.migration.EmbeddedProtocol;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.ConsumerMember;
import millrace.group.stored.MemberState;
import millrace.protocol.ErrorCode;
import millrace.protocol.MalformedMessage;
import millrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicProtocol;
import millrace.protocol.message.ConsumerProtocolSubscription;

/// What members of the classic protocol are told in a consumer group. To them the coordinator looks like a group whose leader is somebody
/// else: a member epoch is their generation, an assignment is ready when they ask for it, and what they have to give up they learn by a
/// rebalance of their own, in which nobody waits for anybody.
final class ClassicMembers {
    private ClassicMembers() {}

    // ---- JoinGroup ----

    /// @return `NONE` when it may join; `MEMBER_ID_REQUIRED` when it has to come back with the id that it is given
    static ErrorCode admitJoin(ConsumerGroup group, JoinGroup join, ConsumerSettings settings) {
        if (settings.migration() == Migration.DISABLED) return INCONSISTENT_GROUP_PROTOCOL;
        ConsumerMember known = group.member(join.memberId());
        ConsumerMember holder = join.groupInstanceId() == null ? null : group.memberOfInstance(join.groupInstanceId());
        if (known == null && holder == null && group.memberCount() >= settings.maxSize()) return GROUP_MAX_SIZE_REACHED;
        if (!supports(group, join.protocolType(), join.protocols()) || subscription(join) == null) return INCONSISTENT_GROUP_PROTOCOL;
        if (join.memberId().isEmpty()) return join.groupInstanceId() == null && join.requireKnownMemberId() ? MEMBER_ID_REQUIRED : NONE;
        if (join.groupInstanceId() == null) return NONE;
        if (holder == null) return UNKNOWN_MEMBER_ID;
        return holder.memberId().equals(join.memberId()) ? NONE : FENCED_INSTANCE_ID;
    }

    /// Whether all members of the classic protocol know one of these: they may have to go on among themselves.
    private static boolean supports(ConsumerGroup group, String protocolType, List<Protocol> protocols) {
        if (!EmbeddedProtocol.TYPE.equals(protocolType) || protocols.isEmpty()) return false;
        for (Protocol protocol : protocols) {
            if (allKnow(group, protocol.name())) return true;
        }
        return false;
    }

    private static boolean allKnow(ConsumerGroup group, String protocolName) {
        for (ConsumerMember member : group.members()) {
            if (!member.usesClassicProtocol()) continue;
            boolean knows = false;
            for (ClassicProtocol each : member.metadata().classicMemberMetadata().supportedProtocols()) knows |= each.name().equals(protocolName);
            if (!knows) return false;
        }
        return true;
    }

    /// @return null when the client sent something else
    static ConsumerProtocolSubscription subscription(JoinGroup join) {
        try {
            return EmbeddedProtocol.subscription(join.protocols().getFirst().metadata());
        } catch (MalformedMessage notASubscription) {
            return null;
        }
    }

    // ---- SyncGroup, Heartbeat, LeaveGroup ----

    /// Is this a member of the classic protocol, in the epoch that it says?
    static ErrorCode identify(ConsumerGroup group, String memberId, String groupInstanceId, int generationId) {
        ConsumerMember member = group.member(memberId);
        if (groupInstanceId != null) {
            ConsumerMember holder = group.memberOfInstance(groupInstanceId);
            if (holder == null) return UNKNOWN_MEMBER_ID;
            if (!holder.memberId().equals(memberId)) return FENCED_INSTANCE_ID;
        }
        if (member == null || !member.usesClassicProtocol()) return UNKNOWN_MEMBER_ID;
        return member.memberEpoch() == generationId ? NONE : ILLEGAL_GENERATION;
    }

    static ErrorCode admitSync(ConsumerGroup group, ConsumerMember member, SyncGroup sync) {
        boolean agrees = (sync.protocolType() == null || sync.protocolType().equals(EmbeddedProtocol.TYPE))
                && (sync.protocolName() == null || sync.protocolName().equals(protocolOf(member)));
        if (!agrees) return INCONSISTENT_GROUP_PROTOCOL;
        boolean overtaken = group.assignmentEpoch() > member.memberEpoch() && member.current().state() != MemberState.UNREVOKED_PARTITIONS;
        return overtaken ? REBALANCE_IN_PROGRESS : NONE;
    }

    /// A member has to join again when there is to be a new target, when it must give something up, and when what it waits for is free. It is the
    /// group epoch that says so, as targets are computed when somebody joins or is heard of: among members of the classic protocol only, nobody else is.
    static boolean mustJoinAgain(ConsumerGroup group, ConsumerMember member) {
        return switch (member.current().state()) {
            case UNREVOKED_PARTITIONS  -> true;
            case UNRELEASED_PARTITIONS -> member.memberEpoch() < group.groupEpoch() || !waitsForOthers(group, member);
            case STABLE, UNKNOWN       -> member.memberEpoch() < group.groupEpoch();
        };
    }

    private static boolean waitsForOthers(ConsumerGroup group, ConsumerMember member) {
        for (var topic : group.target(member.memberId()).byTopic().entrySet()) {
            for (int partition : topic.getValue()) {
                boolean lacks = !member.current().assigned().contains(topic.getKey(), partition);
                if (lacks && group.othersHave(topic.getKey(), partition, member.memberId())) return true;
            }
        }
        return false;
    }

    static String protocolOf(ConsumerMember member) {
        return member.metadata().classicMemberMetadata().supportedProtocols().getFirst().name();
    }

    /// @return who leaves; null when there is no such member
    static ConsumerMember leaving(ConsumerGroup group, String memberId, String groupInstanceId) {
        return groupInstanceId == null ? group.member(memberId) : group.memberOfInstance(groupInstanceId);
    }

    static ErrorCode admitLeave(ConsumerMember leaving, String memberId, String groupInstanceId) {
        if (leaving == null) return UNKNOWN_MEMBER_ID;
        boolean byInstanceAlone = groupInstanceId != null && memberId.isEmpty();
        return byInstanceAlone || leaving.memberId().equals(memberId) ? NONE : FENCED_INSTANCE_ID;
    }
}
