package millrace.raft;

/// @param electionTimeoutMs how long a poll may take, to which up to as much again is added (`controller.quorum.election.timeout.ms`)
/// @param fetchTimeoutMs a follower that could not fetch for this long starts a poll; a leader that a majority has not fetched from for
///     one and a half times as long gives up (`controller.quorum.fetch.timeout.ms`)
/// @param seed for the spread of election time-outs
public record RaftSettings(int electionTimeoutMs, int fetchTimeoutMs, long seed) {}
