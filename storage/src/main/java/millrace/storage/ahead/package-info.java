/// Write-ahead files: one sync for the tails of many logs.
///
/// Why: a sync of a growing file writes its data, the metadata of its new blocks and length, and flushes the device, and one round of group commit has as many files
/// as logs are dirty. A copy of all their tails in one file whose blocks have been written before is one write that is its own sync (measured: decision 16), past the
/// page cache where the system can. The logs' own files are written as ever, at append, and come to the device later, in the background.
///
///     append ─▶ segment (page cache) ──▶ round: tails of the dirty logs ─▶ one group in the write-ahead file, synced ─▶ durable
///                     └───────────────▶ flusher: segment, indexes, snapshots ─▶ the copy is not needed any more
///
/// Two files take turns. While one is written, the logs that have copies in the other are flushed; only then is it written again:
///
///     free ─first group─▶ active ─full─▶ retiring ─all its logs are flushed─▶ free
///
/// When the active one is full and the other still retires, rounds sync the logs themselves, as without write-ahead.
///
/// # Layout
///
/// Files `millrace-ahead-0` and `-1` in the log directory, which Apache Kafka passes over. Groups begin at multiples of 4096 bytes, so that what is
/// on the device is never written again by a later group. All big-endian.
///
///     group:  magic "MWA1" (4) │ CRC32C of all behind it (4) │ generation (8) │ sequence (4) │ length of the group (4) │ entries …
///     entry:  topic id (16) │ partition (4) │ first offset (8) │ end offset (8) │ bytes (4) │ batches
///     cut:    an entry without batches, its first offset and its end offset where the log was truncated
///
/// The generation is higher each time a file is taken, the sequence counts its groups from 0. A group of another generation or sequence is what an earlier use
/// has left. A group that is not whole is the torn end, unless a later one of its generation follows: then it had been on the device, and is damage, which is
/// told. Behind a torn first group the groups of the file's earlier use are read once more; their logs had been flushed beyond them, so they give nothing.
///
/// # Recovery
///
/// After an unclean stop each log is recovered as ever, and then takes from its copies, in the order in which they were made, what lies behind its end, as a follower takes
/// from its leader. Then the logs are flushed and the files deleted. A copy is void from where a later one of the same log begins, or a cut: there the log was truncated.
/// A copy with an older leader epoch than the log's last is of a life before somebody else (Apache Kafka) used the directory, and void. A clean stop
/// flushes every log and deletes the files; where a clean shutdown marker is found beside them, somebody else was there since.
///
/// # Invariants
///
/// - What is told durable is in the log's own files on the device, or in a group that is, in a file that has not been taken again.
/// - A file is taken again only when every log that has copies in it has been flushed beyond them.
/// - A log whose folder could be missing after a power loss is flushed, not copied ([millrace.storage.log.PartitionLog#tail]).
/// - A log's start that lies behind what its own files have on the device is not written down before they have it ([millrace.storage.directory]).
/// - What a truncation took back does not come again: before it returns, a group that says so is on the device ([WriteAhead#truncated]), behind every copy
///   of it. It stays readable for as long as such a copy could be: a file that holds one is taken again with a small group of its own first.
/// - A copy that does not follow the log's end is never passed over in silence: the log is damaged, at every later start too (its recovery point says
///   so), and the files are kept.
///
/// Deterministic: no clock, no thread of its own. Start reading at [WriteAhead].
package millrace.storage.ahead;
