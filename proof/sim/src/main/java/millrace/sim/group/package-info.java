/// Group churn: members of classic groups that join, sync, commit, hang, leave and die, at a coordinator that crashes and reloads; and
/// the checkers of what must stay true all the same.
///
///     GroupMember ─┐
///     GroupMember ─┼──▶ GroupNode (one life after the other) ──▶ GroupCore (the real one), a log that outlives it
///     OffsetReader ┘         └─ a reply is given out only once all that was appended before it is committed
///          └──────────▶ GroupHistory ──▶ GroupChecker: G1 ... G4
///
/// A member may believe that it owns what it has lost (it hangs, the coordinator has gone on without it); that is allowed. That the
/// coordinator believes it, is not. Start reading at [GroupWorkload], then [GroupHistory].
package millrace.sim.group;
