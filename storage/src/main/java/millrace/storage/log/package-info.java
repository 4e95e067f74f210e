/// The log of one partition, in Apache Kafka's files: what is appended, found, kept, cut and recovered.
///
/// Why: this is what the platform exists for. It holds bytes and never objects: an append is one positional write of the bytes that came
/// in the request, a read is a region of a file that goes to the socket as it is; per batch some sixty bytes of header are looked at.
///
///     <topic>-<partition>/
///       00000000000000000000.log         record batches, magic 2, nothing between them       ([millrace.record.RecordBatch])
///       00000000000000000000.index       8-byte entries, offset to position                  ([OffsetIndex])
///       00000000000000000000.timeindex   12-byte entries, timestamp to offset                ([TimeIndex])
///       00000000000000000000.txnindex    34-byte entries, aborted transactions; often absent ([TransactionIndex])
///       00000000000000000000.txnsum      checksum of the transaction index; ours alone       ([TransactionSum])
///       00000000000000000000.identity    what the batches were when they were written; ours alone ([millrace.storage.identity])
///       00000000000000001234.snapshot    producers as of offset 1234                         ([ProducerSnapshots])
///       00000000000000001234.recentbatches  what the snapshot leaves out; ours alone         ([RecentBatches])
///       leader-epoch-checkpoint          which leader epoch began where                      ([LeaderEpochs])
///       partition.metadata               the topic's id                                      ([PartitionMetadata])
///
/// An Apache Kafka broker opens what is left here and the other way round. Two liberties, which it does not notice: the last segment's
/// indexes live in memory and are written at a roll, at the stop, and every 64 MiB (Kafka maps files of 10 MB); epochs and snapshots are
/// written by the next flush, not on the append.
///
/// Invariants (checked in simulation, `reliability.md` D1-D11):
/// - A flushed offset is told only when what is below it is on the device: bytes, file names and folder name, or a copy of the bytes
///   ([millrace.storage.ahead]) and the folder name.
/// - The recovery point never passes what recovery needs: indexes and snapshot behind it are on the device too.
/// - What was on the device is never cut at start: damage below the recovery point, or below what a segment's identity speaks of, is stepped
///   over and refused; a log whose end is lost there is [DamagedLog], because it would give out offsets twice. The rest of the directory goes on.
/// - What is served was seen good within the last minutes: written by this process, or read whole and compared ([SegmentIdentity]).
/// - Producer state, epochs and indexes are functions of the log: made on append, made again on recovery by the same code, equal.
/// - Offsets only ascend; the log end offset is published after the bytes.
///
/// | thing that goes wrong          | what happens                                                                             |
/// |--------------------------------|------------------------------------------------------------------------------------------|
/// | write or sync error            | [LogDirFailure], once and for all; nothing after it is called durable                      |
/// | disk full on append            | refused (`KAFKA_STORAGE_ERROR`), file cut back; the next append may succeed              |
/// | disk full on index or snapshot | they stay dirty, the flushed offset goes on, the recovery point waits                    |
/// | disk full on deletion          | segments that alone tell what producers did wait for a snapshot ([LogEvent.DeletionPutOff]); all others go |
/// | torn tail after a crash        | cut, told ([LogEvent.TornTailCut])                                                       |
/// | `.log` gone, `.identity` there  | an empty one takes its place, and reads there are refused                                |
/// | index missing or wrong         | made anew from the log, told                                                             |
/// | transaction index missing or wrong | made anew from the log, told                                                         |
/// | `partition.metadata` missing or wrong | the identities tell whose log it is ([OwnerEvidence]); the first flush writes one      |
/// | log start beyond the end or the first epoch | not believed, told ([LogEvent.LogStartNotBelieved]); nothing is deleted by it       |
/// | snapshot missing or wrong      | an older one is taken, or the log is read                                                |
/// | damage below the mark          | told once ([LogEvent.DamageFound]); [CorruptSegment] for whoever reads there, nobody else |
/// | crash while segments are replaced by a cleaned one | the old ones or the new one ([LogLoader])                             |
///
/// A stretch is refused because its bytes are not what its claim says, or are no batches where nothing is claimed of them but their offsets,
/// and that is so after a restart as well, until the file is right again. A client is told `CORRUPT_MESSAGE`, not `KAFKA_STORAGE_ERROR`: kafka-clients 4.4.0 takes the latter for
/// a passing trouble and asks for ever, and throws the former at the application.
///
/// Without a node the same files are read by [PartitionCheck], which tells all that is wrong and changes nothing, shown by [FileEntries], and
/// given new indexes by [IndexRepair] (`millrace log`).
///
/// Whether a batch of a transaction may be written is asked before, by `millrace.broker.partition` under the partition's turn (`TransactionGuards`).
///
/// Sources: KIP-98, KIP-101, KIP-279, KIP-320, KIP-360, KIP-890, and the files of Apache Kafka 4.4.0, compared in the tests.
/// Called by `millrace.broker.partition`, `millrace.quorum`, `millrace.storage.directory`. Start reading at [PartitionLog].
package millrace.storage.log;
