/// Groups: who is a member, who owns which partition, and which offsets are committed, for all groups of one partition of
/// `__consumer_offsets`.
///
/// Why: consumers share the partitions of their topics without talking to each other. They talk to one broker, the group's
/// coordinator, which is the leader of the `__consumer_offsets` partition that the group's id hashes to. That log is all that
/// survives a coordinator: [GroupCore] rebuilds itself from it.
///
///     GroupCore          one partition: sends a command to the part that it concerns
///       ├─ classic       the classic protocol: members choose among themselves, the coordinator keeps order
///       ├─ consumer      the consumer protocol (KIP-848): the coordinator assigns, by an `assignor`
///       ├─ migration     what the two protocols must know of each other
///       ├─ offsets       committed offsets of every kind of group, and when they expire
///       └─ stored        what the log says, in bytes and as the replicated state; also about kinds of group that are not served yet
///     command            what is asked and answered
///
/// Invariants (`G1` to `G7` of the reliability page): a partition has one owner in a generation; generations grow; a commit of a
/// fenced generation or instance has no effect; replaying the log gives the live state.
///
/// Nothing here reads a clock or draws a random number: both come with the command. Start reading at [GroupCore].
package millrace.group;
