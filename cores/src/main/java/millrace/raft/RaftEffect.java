package millrace.raft;

import java.util.List;

import millrace.common.OffsetAndEpoch;

/// What is to be done, in the order given. What follows a [PersistElection] is done only once that is on the device.
public sealed interface RaftEffect {
    record PersistElection(ElectionState state) implements RaftEffect {}

    record SendVote(ReplicaKey to, int epoch, OffsetAndEpoch logEnd, boolean preVote) implements RaftEffect {}

    /// The answer to the [RaftInput.VoteRequested] just given.
    record AnswerVote(int epoch, int leader, boolean granted) implements RaftEffect {}

    record SendBeginEpoch(ReplicaKey to, int epoch) implements RaftEffect {}

    /// @param preferred who should follow, the most complete log first
    record SendEndEpoch(ReplicaKey to, int epoch, List<ReplicaKey> preferred) implements RaftEffect {}

    /// This node leads: the shell appends a LeaderChange control batch, first of all, and then what the controller decides.
    /// @param granting who voted for it
    record BecomeLeader(int epoch, List<ReplicaKey> granting) implements RaftEffect {}

    /// Another node leads: the shell fetches from it.
    record BecomeFollower(int leader, int epoch) implements RaftEffect {}

    /// Nobody is known to lead: what was appended here and is not committed may never be.
    record BecomeLeaderless(int epoch) implements RaftEffect {}

    /// @param offset everything below is committed
    record AdvanceHighWatermark(long offset) implements RaftEffect {}
}
