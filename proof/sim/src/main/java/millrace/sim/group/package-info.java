/// Group churn: members of classic and consumer groups that join, commit, hang, leave and die, at a coordinator that crashes and reloads (workload W4);
/// and the checkers of what must stay true all the same.
///
///     GroupMember (classic) ──┐              ┌─▶ CoreNode: the core, and a log that outlives it
///     ConsumerMember (848)  ──┼─▶ GroupNode ─┼─▶ ShellNode: the coordinator's shell over a log on a simulated disk
///     OffsetReader          ──┘              └─▶ WireNode: a whole node, in the bytes of the protocol, over connections that break and are left behind
///          │                                     └─ a reply is given out only once all that was appended before it is committed
///          ├──────▶ GroupHistory    ──▶ GroupChecker: G1 to G4 of classic groups, G2 of all
///          └──────▶ ConsumerHistory ──▶ ConsumerLaws: G1, G3 and G4 of consumer groups
///
/// A member may believe that it owns what it has lost (it hangs, the coordinator has gone on without it); that is allowed. That the
/// coordinator believes it, is not. G7, that the log however compacted is the live state, is asked in the tests of `cores`.
/// Start reading at [GroupWorkload], then [GroupHistory].
package millrace.sim.group;
