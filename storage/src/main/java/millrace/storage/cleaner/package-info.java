/// Log compaction: a log with `cleanup.policy=compact` keeps at least the latest value of every key.
///
/// Why: `__consumer_offsets`, `__transaction_state` and every table that somebody keeps in a topic would grow for ever otherwise.
///
///     LogCleaner ──which log?──▶ Cleanable ──▶ LogCompaction: 1. keys of the dirty part ─▶ KeyMap      (as many as fit)
///        one for a node          (decides)                    2. all segments up to there, group by group (SegmentGroups):
///                                                                each batch ─▶ BatchSieve ─▶ CleanedSegment ─▶ in place
///                                                             3. cleaner-offset-checkpoint
///
///      0                     first dirty                first uncleanable          end
///      |------ clean -----------|-------- dirty ------------|--- last stable offset, min.compaction.lag.ms, last segment ---|
///
/// [Cleanable], [SegmentGroups], [KeyMap], [TransactionWalk] and [BatchSieve] decide: no clock, thread or file. [LogCompaction] reads and writes,
/// through [millrace.storage.log.LogRewrite]; [LogCleaner] chooses, remembers and reports.
///
/// Invariants (`reliability.md` D10):
/// - Offsets and order never change; what is folded by key before and after gives the same map.
/// - Nothing at or above the first uncleanable offset is touched: no undecided transaction, no last segment.
/// - Records of aborted transactions go. A marker goes no earlier than `delete.retention.ms` after a pass that saw nothing left of its
///   transaction, and so does a tombstone after the pass that first saw it: the delete horizon in the batch (KIP-534).
/// - Control records are not keyed, whatever their keys' bytes are (KAFKA-14055).
/// - What tells a producer's next sequence stays: its last batch, without records if need be.
/// - A batch whose CRC is wrong is not copied: the log is uncleanable, and says so.
/// - Memory: the key map of one thread and two buffers. When the map is full the pass ends there, and the next one goes on.
/// - A crash at any step leaves the old segments or the new one ([millrace.storage.log.PartitionLog], `replace`).
///
/// A key's fate hangs on 128 bits of SipHash under a secret key, drawn for each pass: nobody can make keys that collide.
///
/// What Kafka does and we do not: give the cleaned file the old one's modification time. It would count for the retention of records
/// without timestamps alone.
///
/// Sources: KIP-58 (min lag), KIP-354 (max lag), KIP-534 (delete horizon), KIP-98; the cleaner of Apache Kafka 4.4.0 runs beside this one in the
/// tests. Called by `millrace.broker`. Start reading at [LogCleaner].
package millrace.storage.cleaner;
