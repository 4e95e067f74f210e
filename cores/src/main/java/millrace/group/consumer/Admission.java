package millrace.group.consumer;

import static millrace.protocol.ErrorCode.FENCED_INSTANCE_ID;
import static millrace.protocol.ErrorCode.FENCED_MEMBER_EPOCH;
import static millrace.protocol.ErrorCode.GROUP_MAX_SIZE_REACHED;
import static millrace.protocol.ErrorCode.INVALID_REGULAR_EXPRESSION;
import static millrace.protocol.ErrorCode.INVALID_REQUEST;
import static millrace.protocol.ErrorCode.UNKNOWN_MEMBER_ID;
import static millrace.protocol.ErrorCode.UNRELEASED_INSTANCE_ID;
import static millrace.protocol.ErrorCode.UNSUPPORTED_ASSIGNOR;

import java.util.Objects;

import millrace.group.command.ConsumerSettings;
import millrace.group.command.GroupCommand.ConsumerHeartbeat;
import millrace.group.stored.AssignedPartitions;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.ConsumerMember;
import millrace.group.stored.CurrentAssignment;
import millrace.group.stored.MemberState;
import millrace.group.stored.Partitions;

/// Whether a heartbeat counts: whether it says what it must, and whether the sender is who it says it is, in the epoch that it was told last.
/// Everything here is looked at before anything is decided.
final class Admission {
    static final int JOIN = 0;
    static final int LEAVE = -1;
    static final int LEAVE_FOR_NOW = CurrentAssignment.LEFT_FOR_NOW;
    /// As long as Kafka's longest topic name; a longer expression has no use, and each is stored.
    private static final int MAX_EXPRESSION_LENGTH = 32_767;

    private Admission() {}

    // ---- what every heartbeat must say ----

    /// @return null when nothing is wrong with it
    static Refused form(ConsumerHeartbeat heartbeat, ConsumerSettings settings) {
        boolean isMember = heartbeat.mustHaveMemberId() || heartbeat.memberEpoch() > JOIN || heartbeat.memberEpoch() == LEAVE;
        if (isMember && heartbeat.memberId().isBlank()) return invalid("MemberId can't be empty.");
        if (heartbeat.groupId().isBlank()) return invalid("GroupId can't be empty.");
        if (heartbeat.instanceId() != null && heartbeat.instanceId().isBlank()) return invalid("InstanceId can't be empty.");
        if (heartbeat.rackId() != null && heartbeat.rackId().isBlank()) return invalid("RackId can't be empty.");
        if (heartbeat.memberEpoch() < LEAVE_FOR_NOW) return invalid("MemberEpoch " + heartbeat.memberEpoch() + " is invalid; it is at least -2.");
        if (heartbeat.memberEpoch() == LEAVE_FOR_NOW && heartbeat.instanceId() == null) return invalid("InstanceId can't be null.");
        if (heartbeat.memberEpoch() == JOIN && joinProblem(heartbeat) != null) return invalid(joinProblem(heartbeat));
        if (heartbeat.assignor() != null && !settings.assignors().contains(heartbeat.assignor()))
            return new Refused(UNSUPPORTED_ASSIGNOR, "ServerAssignor " + heartbeat.assignor() + " is not supported. Supported assignors: " + String.join(", ", settings.assignors()) + ".");
        return null;
    }

    private static String joinProblem(ConsumerHeartbeat heartbeat) {
        if (heartbeat.rebalanceTimeoutMs() == -1) return "RebalanceTimeoutMs must be provided in first request.";
        if (heartbeat.owned() == null || !heartbeat.owned().isEmpty()) return "TopicPartitions must be empty when (re-)joining.";
        if (heartbeat.topics() == null && heartbeat.expression() == null) return "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.";
        return null;
    }

    private static Refused invalid(String message) {
        return new Refused(INVALID_REQUEST, message);
    }

    // ---- who may ----

    /// @return null when the sender may become, or is, a member in the epoch that it says
    static Refused member(ConsumerGroup group, ConsumerHeartbeat heartbeat, ConsumerSettings settings) {
        ConsumerMember known = group.member(heartbeat.memberId());
        ConsumerMember holder = heartbeat.instanceId() == null ? null : group.memberOfInstance(heartbeat.instanceId());
        if (known == null && holder == null && group.memberCount() >= settings.maxSize())
            return new Refused(GROUP_MAX_SIZE_REACHED, "The group has " + group.memberCount() + " members, as many as group.consumer.max.size allows.");
        if (heartbeat.memberEpoch() == JOIN) {
            Refused unreleased = unreleased(holder, heartbeat);
            if (unreleased != null) return unreleased;
        } else {
            Refused stranger = heartbeat.instanceId() == null ? stranger(known, heartbeat.memberId()) : stranger(holder, heartbeat.memberId(), heartbeat.instanceId());
            if (stranger != null) return stranger;
            Refused fenced = fenced(known, heartbeat);
            if (fenced != null) return fenced;
        }
        return known != null && heartbeat.memberEpoch() != JOIN && known.current().state() == MemberState.UNKNOWN && (heartbeat.owned() == null || !heartbeat.owned().isEmpty())
                ? new Refused(FENCED_MEMBER_EPOCH, "The member is in a state that this coordinator does not know; it must give up all partitions and join again.")
                : expression(group, heartbeat);
    }

    static Refused stranger(ConsumerMember known, String memberId) {
        return known != null ? null : new Refused(UNKNOWN_MEMBER_ID, "Member " + memberId + " is not a member of this group.");
    }

    static Refused stranger(ConsumerMember holder, String memberId, String instanceId) {
        if (holder == null) return new Refused(UNKNOWN_MEMBER_ID, "Instance id " + instanceId + " is unknown.");
        return holder.memberId().equals(memberId) ? null
                : new Refused(FENCED_INSTANCE_ID, "Static member " + memberId + " with instance id " + instanceId + " was fenced by member " + holder.memberId() + ".");
    }

    /// An instance is somebody else's until he has left, be it for now, or his session is over.
    private static Refused unreleased(ConsumerMember holder, ConsumerHeartbeat heartbeat) {
        boolean free = holder == null || holder.memberEpoch() == LEAVE_FOR_NOW || holder.usesClassicProtocol();
        return free ? null : new Refused(UNRELEASED_INSTANCE_ID, "Static member " + heartbeat.memberId() + " with instance id " + heartbeat.instanceId()
                + " cannot join the group because the instance id is owned by member " + holder.memberId() + ".");
    }

    /// The epoch before is good too, if what the member has is no more than it may have: then only the last answer was lost.
    private static Refused fenced(ConsumerMember known, ConsumerHeartbeat heartbeat) {
        CurrentAssignment current = known.current();
        int said = heartbeat.memberEpoch();
        if (said == current.memberEpoch()) return null;
        if (said < current.memberEpoch() && said == current.previousMemberEpoch() && isWithin(heartbeat.owned(), current.assigned())) return null;
        return new Refused(FENCED_MEMBER_EPOCH, "The member says epoch " + said + " where the coordinator knows epoch " + current.memberEpoch()
                + "; it must give up all partitions and join again.");
    }

    private static boolean isWithin(Partitions owned, AssignedPartitions assigned) {
        if (owned == null) return false;
        for (var topic : owned.byTopic().entrySet()) {
            for (int partition : topic.getValue()) {
                if (!assigned.contains(topic.getKey(), partition)) return false;
            }
        }
        return true;
    }

    /// One that a member subscribes with already has been read before.
    private static Refused expression(ConsumerGroup group, ConsumerHeartbeat heartbeat) {
        String expression = heartbeat.expression();
        if (expression == null || expression.isEmpty()) return null;
        ConsumerMember known = group.member(heartbeat.memberId());
        if (known != null && Objects.equals(known.expression(), expression)) return null;
        if (expression.length() > MAX_EXPRESSION_LENGTH) return new Refused(INVALID_REGULAR_EXPRESSION, "SubscribedTopicRegex has more than " + MAX_EXPRESSION_LENGTH + " characters.");
        String problem = Expressions.problemOf(expression);
        return problem == null ? null : new Refused(INVALID_REGULAR_EXPRESSION, problem);
    }
}
