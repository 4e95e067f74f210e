/// The partitions that this broker holds a replica of, and the turns that each one takes.
///
/// Why: the data path has one short lock and no queue. A partition joins a log (`millrace.storage.log`), the decisions about it
/// (`millrace.replication`) and those who wait for it ([millrace.wire.Signal]); nobody else knows all three.
///
/// Invariants: a partition's log and its leader's state change under the same lock, so a high watermark never speaks of an
/// append that did not happen; waiters are woken after the change is visible and outside the lock; a partition is found under
/// its topic id and its name, and both lead to the same object.
///
/// Log directories ([LogDirectories]; KIP-112, KIP-858): each is one device with a fate of its own.
///
///     open ─fails─▶ offline from the start            online ─a write or sync fails─▶ offline: partitions answer KAFKA_STORAGE_ERROR,
///       └─▶ online                                              waiters are let go, the heartbeat names the directory, the rest goes on
///
/// Where a replica lies is in the metadata; a broker that chose the place itself reports it (`DirectoryReports`). A replica that the
/// metadata has in a directory which is not online is not made again elsewhere while it is in the ISR: it may hold what nobody else has.
///
/// Start reading at [Partition]; [Partitions] only finds; [PartitionAssignments] opens and closes them as the metadata image says.
package millrace.broker.partition;
