package millrace.group.stored;

import millrace.common.Uuid;
import millrace.protocol.group.ConsumerGroupCurrentMemberAssignmentValue;

/// Where one member of a consumer group is.
///
/// @param memberEpoch what it is expected to say in its next heartbeat; [#LEFT_FOR_NOW] for a static member that will be back
/// @param previousMemberEpoch what it may still say, because the answer with the new one may have been lost
/// @param assigned what it has and may keep
/// @param pendingRevocation what it has and must give up; nobody else gets it before
public record CurrentAssignment(int memberEpoch, int previousMemberEpoch, MemberState state, AssignedPartitions assigned,
                                AssignedPartitions pendingRevocation) {
    /// A member epoch that stands for a static member that left and will be back within its session.
    public static final int LEFT_FOR_NOW = -2;
    /// A member that has never been told anything.
    public static final CurrentAssignment NEW = new CurrentAssignment(0, -1, MemberState.STABLE, AssignedPartitions.NONE, AssignedPartitions.NONE);

    static CurrentAssignment of(ConsumerGroupCurrentMemberAssignmentValue value) {
        return new CurrentAssignment(value.memberEpoch(), value.previousMemberEpoch(), MemberState.of(value.state()),
                AssignedPartitions.of(value.assignedPartitions(), value.memberEpoch()), AssignedPartitions.of(value.partitionsPendingRevocation(), value.memberEpoch()));
    }

    public ConsumerGroupCurrentMemberAssignmentValue toValue() {
        return new ConsumerGroupCurrentMemberAssignmentValue(memberEpoch, previousMemberEpoch, state.id(), assigned.toStored(), pendingRevocation.toStored());
    }

    /// Whether it has all that the target of that epoch gives it.
    public boolean isReconciledTo(int assignmentEpoch) {
        return state == MemberState.STABLE && memberEpoch == assignmentEpoch;
    }

    /// @return null when it neither has the partition nor is about to give it up
    public Integer epochOf(Uuid topic, int partition) {
        Integer epoch = assigned.epochOf(topic, partition);
        return epoch != null ? epoch : pendingRevocation.epochOf(topic, partition);
    }
}
