package millrace.broker.partition;

import millrace.replication.LeaderReplica.Durability;

/// What a topic's configuration says about appending, beside what concerns the log itself.
///
/// @param minInSyncReplicas `min.insync.replicas`
/// @param durability `millrace.durability`
public record PartitionRules(int minInSyncReplicas, Durability durability) {}
