/// Replication of one partition, as its leader decides it.
///
/// Why: "is this record safe, and may it be shown" is the question that everything else in a log system rests on, so it is
/// answered in one place that has no clock, disk or socket in it.
///
/// Invariants: high watermark ≤ log end offset; within one leader epoch the high watermark only moves forward (R7); it never
/// passes a position that some member of the ISR has not reached (R3), nor moves while the ISR is smaller than `min.insync.replicas`.
///
/// Called by `millrace.broker.partition`, one turn at a time. Start reading at [LeaderReplica].
package millrace.replication;
