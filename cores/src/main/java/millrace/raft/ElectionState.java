package millrace.raft;

/// What a node must not forget about elections; the content of the `quorum-state` file.
///
/// @param epoch 0 before the first election
/// @param leader node id, [#NO_LEADER] when not known
/// @param votedFor whom this node gave its vote in this epoch, null when nobody
public record ElectionState(int epoch, int leader, ReplicaKey votedFor) {
    public static final int NO_LEADER = -1;
    public static final ElectionState NONE = new ElectionState(0, NO_LEADER, null);
}
