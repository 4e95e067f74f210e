/// The consumer protocol (KIP-848): the coordinator itself decides who gets what, and brings every member there at its own pace.
///
/// Why: with the classic protocol one slow member stops all of them, and the assignment is as good as the client that computes it. Here a
/// member says what it subscribes to and what it has; the coordinator tells it what to give up and what it may have, in the answers to its
/// heartbeats. Nobody waits for anybody, but for a partition that somebody still has.
///
///     subscriptions, topics ──▶ group epoch ──▶ target assignment ──▶ each member's current assignment ──▶ the client
///     (member metadata,         + 1 when any    by an assignor, in    by Reconciliation, one heartbeat
///      topic hash)              of it changes   that group epoch      at a time
///
/// A member on its way to the target of an epoch `e`:
///
///                                  nothing to give up              the others have let go
///                   ┌──────────────────────────────────────────────────────────────────┐
///                   │                                                                   ▼
///     STABLE in e-1 ├──▶ UNREVOKED_PARTITIONS ──────────────────▶ UNRELEASED_PARTITIONS ──▶ STABLE in e
///                   │    in e-1: told what to give up;   it says  in e: has what is free,
///                   └──▶ put out after its own rebalance that it  waits for the rest
///                        time-out                        did
///
/// Invariants:
/// - a partition is in the assignment of one member only: a new owner gets it when the old one has said that it gave it up, or is no
///   member any more (G1). That is looked up by owner, not by epoch: see `stored.PartitionOwners`;
/// - group epoch, assignment epoch and member epochs never go back, also not when a group becomes empty or a member comes back (G4);
/// - who is not in the epoch that the coordinator told it last is fenced: its heartbeats by FENCED_MEMBER_EPOCH, its commits by
///   STALE_MEMBER_EPOCH, but for partitions that it has had since before the epoch it names (G3, KIP-1251);
/// - all of this is a fold of the log ([millrace.group.stored.ConsumerGroup]); what dies with the coordinator are deadlines and a note of
///   which metadata was looked at last.
///
/// Time-outs, each a deadline of the core: a member's session; giving partitions up (its rebalance time-out). An assignment that is not due
/// yet (KIP-1263) needs none: nobody would hear of it before its next heartbeat, and that computes it. When that is, is for the coordinator to
/// say: [Pace].
///
/// Sources: KIP-848, KIP-1082 (member ids by clients), KIP-1101 (topic hash), KIP-1251 (assignment epochs), KIP-1263 (assignment interval),
/// KIP-1099 (member types). Start reading at [ConsumerGroups].
package millrace.group.consumer;
