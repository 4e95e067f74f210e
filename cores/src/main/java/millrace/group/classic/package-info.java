/// The classic group protocol: members join, one of them decides who gets what, the coordinator keeps everybody in step.
///
/// Why here: the coordinator knows nothing of topics or assignment strategies. It counts votes for a protocol, hands the leader
/// everybody's metadata, hands everybody the leader's assignment, and makes sure that a partition's old owner has either
/// joined again (and so given up what it had, or kept what it was given) or is no member any more, before the new one is told.
///
///                 first member joins              all have joined, or the time to join is over
///       EMPTY ─────────────────────▶ PREPARING_REBALANCE ─────────────────▶ COMPLETING_REBALANCE
///         ▲    Rebalance.prepare        │    ▲    ▲      Rebalance.completeJoin      │      │
///         │                             │    │    │                                 │      │ the leader syncs
///         └─────────────────────────────┘    │    └─────────────────────────────────┘      │ Syncing.assign
///           nobody is left                   │      a member joins, changes, leaves,       ▼
///           Rebalance.completeJoin           │      expires, or never syncs             STABLE
///                                            └─────────────────────────────────────────────┘
///       DEAD: no such group (any more)                    Rebalance.prepare
///
/// A generation is written when it is assigned (STABLE) or when it is empty, not while members are still joining: until then
/// nobody has been given anything in it, so nothing is lost when the coordinator dies.
///
/// The coordinator can call nobody: members hear of a rebalance in answers. So that it need not be the answer to their next heartbeat, the answer to the
/// last one is kept back while the group is STABLE, from members that can bear it ([KeptHeartbeats]).
///
/// Time-outs, each a deadline of the core: a member's session (from its last sign of life; while it waits for an answer it is alive
/// by definition); a new member's first join (5 minutes, since it cannot heartbeat); joining (the longest rebalance time-out of the
/// members); the initial delay of an empty group, prolonged while new members come, up to the rebalance time-out; syncing
/// (again the rebalance time-out).
///
/// Invariants: generations grow; the leader is a member; a static instance has one member; who waits for an answer is a member;
/// heartbeats are kept back in STABLE only, and answered once; in STABLE every member has an assignment and what is stored is what members were told.
///
/// Sources: KIP-62 (rebalance time-out), KIP-134 (initial delay), KIP-345 (static members), KIP-389 (group size), KIP-394 (member id
/// required), KIP-559 (protocol type and name), KIP-800 (reasons), KIP-814 (skip assignment), KIP-211 (offset expiry).
/// Start reading at [ClassicGroups].
package millrace.group.classic;
