package millrace.broker.partition;

import millrace.replication.LeaderReplica.Durability;

/// What a topic's configuration says about appending, beside what concerns the log itself.
///
/// @param minInSyncReplicas `min.insync.replicas`
/// @param durability `millrace.durability`
/// @param verifiesTransactions `transaction.partition.verification.enable`: whether the first records of a transaction need the word of its coordinator
public record PartitionRules(int minInSyncReplicas, Durability durability, boolean verifiesTransactions) {}
