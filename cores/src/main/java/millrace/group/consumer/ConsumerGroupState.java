package millrace.group.consumer;

import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.CurrentAssignment;

/// What is told of a whole group; it follows from its parts.
public enum ConsumerGroupState {
    EMPTY("Empty"),
    /// What there is to assign, or to whom, has changed, and there is no target for that yet.
    ASSIGNING("Assigning"),
    /// Somebody is on the way to the target.
    RECONCILING("Reconciling"),
    STABLE("Stable");

    private final String text;

    ConsumerGroupState(String text) {
        this.text = text;
    }

    /// @return the name that clients and tools know
    public String text() {
        return text;
    }

    public static ConsumerGroupState of(ConsumerGroup group) {
        if (group.isEmpty()) return EMPTY;
        if (group.groupEpoch() > group.assignmentEpoch()) return ASSIGNING;
        for (String memberId : group.memberIds()) {
            if (!group.currents().getOrDefault(memberId, CurrentAssignment.NEW).isReconciledTo(group.assignmentEpoch())) return RECONCILING;
        }
        return STABLE;
    }
}
