package millrace.group.classic;

/// What a deadline of a classic group is for.
sealed interface Timer {
    String groupId();

    /// A member, or an id that was given out, has not been heard of for its session time-out.
    record Session(String groupId, String memberId) implements Timer {}

    /// A heartbeat has been kept without an answer for as long as it may be.
    record Heartbeat(String groupId, String memberId) implements Timer {}

    /// The time to join is over, or a part of the initial delay.
    record Join(String groupId) implements Timer {}

    /// The time to ask for the assignment of a generation is over.
    record Sync(String groupId) implements Timer {}
}
