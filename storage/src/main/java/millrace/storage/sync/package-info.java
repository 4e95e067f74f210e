/// Group commit: one owner per log directory that brings what is written to the device, for everyone who waits.
///
/// Why: a device answers some thousands of syncs a second, a broker takes tens of thousands of appends. While one round of syncs runs, the
/// appends of the meantime gather and the next round answers them all (measured in the I/O spike: 64 appenders on one file, 25,000 appends
/// a second with a sync each, 89,000 with one owner). One owner that syncs file after file is slow over many files (8,900 a second over 50),
/// so a round over more than a few logs is spread over workers.
///
///     requestSync ─▶ waiting ─▶ round: sync each dirty log once (some side by side) ─▶ tell each log's listener ─▶ round's end: one wake-up
///                      ▲                                                                   │
///                      └── requests of the meantime ──────────── next round ◀──────────────┘
///
/// Invariants: at most one round at a time; a flushed offset is told only after every sync and folder sync below it has returned; a failed
/// sync is told once, is not tried again, and nothing is told as flushed afterwards. No thread waits for another: the task that ends last
/// ends the round, so that the owner also runs as turns of a simulation.
///
/// The next step (issue 3): a shared write-ahead file for small batches over many partitions. Its place is [SyncOwner]: appends would hand it
/// their bytes with the request, and a round would be one write and one sync.
/// Called by `millrace.broker.partition`. Start reading at [SyncOwner].
package millrace.storage.sync;
