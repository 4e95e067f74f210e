/// A compacted table under fire (workload W6): keyed registers, written plainly, idempotently and in transactions that commit and abort, at one
/// log that is compacted all the while, crashes and loses power, also in the middle of a compaction.
///
///     TableWriters ─┐              ┌─▶ PartitionLog, LogDirectory, LogCleaner (the real ones)
///     SlowReader   ─┼─▶ TableNode ─┤
///     TableChecker ─┘              └─▶ SimDisk
///            └───────▶ Shadow: every batch that was appended, uncompacted, cut where the log was cut
///
/// Laws: D10 (offsets and order unchanged; folded by key the log means what the shadow means; nothing aborted is visible; a marker outlives its
/// transaction's records) and, by the reader that is slower than the cleaner and faster than `delete.retention.ms`, that no old value comes back.
/// D1: what was synced is there.
/// Start reading at [TableWorkload].
package millrace.sim.table;
