package millrace.group.consumer;

/// What a deadline of a consumer group is for.
sealed interface Timer {
    String groupId();

    String memberId();

    /// The member has not been heard of for its session time-out.
    record Session(String groupId, String memberId) implements Timer {}

    /// A member of the classic protocol that was told to join again has not done so for its rebalance time-out.
    record Rejoin(String groupId, String memberId) implements Timer {}

    /// A member of the classic protocol has not asked for its assignment for its rebalance time-out.
    record Sync(String groupId, String memberId) implements Timer {}

    /// The member has not given up what it was told to for its rebalance time-out.
    record Revocation(String groupId, String memberId) implements Timer {}
}
