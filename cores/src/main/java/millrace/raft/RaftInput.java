package millrace.raft;

import millrace.common.OffsetAndEpoch;

/// What has happened. Ends of logs are an end offset (exclusive) with the epoch of the last record.
public sealed interface RaftInput {
    /// The node has read its files.
    /// @param logEnd of the local log
    record Started(ElectionState election, VoterSet voters, OffsetAndEpoch logEnd) implements RaftInput {}

    /// Time has passed, at least to [RaftCore#nextDeadlineMs].
    record Ticked() implements RaftInput {}

    /// The local log now ends here: records of one's own as a leader, fetched ones as a follower, or fewer after a truncation.
    record LogMoved(OffsetAndEpoch logEnd) implements RaftInput {}

    /// Everything of the local log below this offset is on the device.
    record Flushed(long endOffset) implements RaftInput {}

    /// Another set of voters is in force: its record was appended.
    record VotersChanged(VoterSet voters) implements RaftInput {}

    /// Asks for a vote, or whether one would be given (`preVote`).
    record VoteRequested(ReplicaKey candidate, int epoch, OffsetAndEpoch logEnd, boolean preVote) implements RaftInput {}

    /// @param epoch and `leader`: the answering node's
    record VoteAnswered(ReplicaKey voter, int epoch, int leader, boolean granted, boolean preVote) implements RaftInput {}

    /// A leader announces itself (BeginQuorumEpoch), or was named in an answer.
    record LeaderAnnounced(int leader, int epoch) implements RaftInput {}

    /// A leader steps down (EndQuorumEpoch).
    /// @param preferred whether this node is the first of those who should follow it
    record LeaderResigned(int leader, int epoch, boolean preferred) implements RaftInput {}

    /// A replica fetches from this leader, and its log agrees with ours up to `endOffset`.
    record Fetched(ReplicaKey replica, long endOffset) implements RaftInput {}

    /// The leader answered this follower's fetch.
    record FetchAnswered(int leader, int epoch, long highWatermark) implements RaftInput {}

    /// The node stops in order.
    record Stopping() implements RaftInput {}
}
