/// Group commit: one owner per log directory that brings what is written to the device, for everyone who waits.
///
/// Why: a device answers some thousands of syncs a second, a broker takes tens of thousands of appends. While one round of syncs runs, the
/// appends of the meantime gather and the next round answers them all (measured in the I/O spike: 64 appenders on one file, 25,000 appends
/// a second with a sync each, 89,000 with one owner). One owner that syncs file after file is slow over many files (8,900 a second over 50),
/// so a round over more than a few logs is spread over workers.
///
///     requestSync ─▶ waiting ─▶ round: write the tails ahead, sync the logs that are left ─▶ tell each log's listener, once ─▶ tell each that all are told
///                      ▲                                                                                                              │
///                      └── requests of the meantime ─────────────────────────── next round ◀──────────────────────────────────────────┘
///     requestFlush ─▶ flusher: log after log in its own files, while the rounds go on
///
/// Invariants: at most one round at a time; a flushed offset is told only after every sync and folder sync below it has returned; a failed
/// sync is told once, is not tried again, and nothing is told as flushed afterwards. No thread waits for another: the task that ends last
/// ends the round, so that the owner also runs as turns of a simulation.
///
/// Most rounds are one write and one sync of a write-ahead file ([millrace.storage.ahead]). What nobody waits for is the [Flusher]'s.
/// Called by `millrace.broker.partition`. Start reading at [SyncOwner].
package millrace.storage.sync;
