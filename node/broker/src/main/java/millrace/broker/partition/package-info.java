/// The partitions that this broker holds a replica of, and the turns that each one takes.
///
/// Why: the data path has one short lock and no queue. A partition joins a log (`millrace.storage.log`), the decisions about it
/// (`millrace.replication`) and those who wait for it ([millrace.wire.Signal]); nobody else knows all three.
///
/// Invariants: a partition's log and its leader's state change under the same lock, so a high watermark never speaks of an
/// append that did not happen; waiters are woken after the change is visible and outside the lock; a partition is found under
/// its topic id and its name, and both lead to the same object.
///
/// Start reading at [Partition]; [Partitions] only finds; [PartitionAssignments] opens and closes them as the metadata image says.
package millrace.broker.partition;
