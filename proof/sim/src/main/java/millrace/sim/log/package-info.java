/// The log under fire: producers, readers and an operator at one log directory that crashes, loses power and fills up, and the
/// checkers of what must stay true all the same.
///
///     LogProducer ─┐                        ┌─▶ PartitionLog, LogDirectory, SyncOwner (the real ones)
///     LogReader   ─┼─▶ LogNode (one life ───┤
///     LogOperator ─┘    after the other)    └─▶ SimDisk
///            └──────▶ LogHistory ──▶ LogChecker: D1 ... D7
///
/// The same producers and readers also run against a [WholeNode]: quorum, controller, broker and listener as `app` joins them, asked in the
/// bytes of the protocol over a network that delays, breaks and cuts connections.
///
/// A record counts as acknowledged when it has been synced, and nobody is shown what has not been: a single replica with `fsync`.
/// Start reading at [LogWorkload], then [LogHistory].
package millrace.sim.log;
