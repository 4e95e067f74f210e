/// KRaft: who leads the metadata quorum, and up to where its log is committed.
///
/// Why a core without I/O: elections are where clusters lose data, so every step can be replayed from a seed. The core is told what
/// happened ([RaftInput]) and what time it is, and returns what to do ([RaftEffect]), in order; the log itself and the wire are the
/// shell's. Fetching drives replication (as everywhere in Kafka): a follower's fetch tells the leader how far it has come.
///
///              fetch time-out                majority of pre-votes            majority of votes
///     Follower ──────────────▶ Prospective ──────────────────────▶ Candidate ──────────────────▶ Leader
///        ▲  ▲                      │  ▲ election time-out              │                            │
///        │  └──leader announced────┤  └────────────────────────────────┘                            │
///        │                         ▼                                                                │
///        └──leader announced── Unattached ◀──higher epoch seen, from any role; majority silent──────┘
///
/// A node that is not a voter is an observer: it follows, and never leaves `Unattached` and `Follower`.
/// A quorum of one skips the two polls, for their majority is itself; everything else is the same code.
///
/// Invariants (K1 to K5 of the reliability spec):
/// - one leader per epoch: a vote is on the device ([RaftEffect.PersistElection]) before it is answered or counted;
/// - a vote is granted only to a log at least as complete as one's own (last epoch, then end offset);
/// - the high watermark is the offset that a majority of voters has on the device, never moves back, and moves first past a record
///   of the leader's own epoch;
/// - epochs never go back.
///
/// Sources: KIP-595, KIP-853 (voters by id and directory), KIP-996 (pre-vote, Vote v2). Start reading at [RaftCore].
package millrace.raft;
