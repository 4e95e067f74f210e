/// `millrace log`: what lies in a log directory, for people who have to know, without a node and without a broker.
///
/// Why apart: services reach a broker by its public protocol only (law 2), and files are not the protocol. So this is no service but a
/// sibling of the broker beside the same log engine, joined to the command line by `app` alone (`docs/decisions/0015-offline-file-tools.md`).
///
///     dump FILE...              ──▶ SegmentDump, SideFileDump ──▶ Row ──▶ text as kafka-dump-log.sh has it, or JSON
///     check DIR|FILE...         ──▶ storage: OfflineDirectory, PartitionCheck ──▶ findings, exit status 1
///     repair-index DIR|FILE...  ──▶ lock, clean? ──▶ storage: IndexRepair
///
/// What is right and what is wrong with a file is told by `millrace.storage`; here it is only shown. Records of the system topics are read by the
/// generated records and told by their own names ([millrace.protocol.Described]), so the JSON is Apache Kafka's.
///
/// Invariants: `dump` and `check` write nothing, not even a lock file; `repair-index` writes index files only, and none while a node uses the
/// directory or has to recover it; one wrong file never hides the next.
///
/// Sources: `kafka-dump-log.sh` of Apache Kafka 4.3.1, whose output is compared with ours in `proof/compat`. Start reading at [LogCommand].
package millrace.logtool;
