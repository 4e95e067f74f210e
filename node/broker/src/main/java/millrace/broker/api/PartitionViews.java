package millrace.broker.api;

import java.util.List;
import millrace.broker.metadata.BrokerMetadata;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.PartitionRegistration;
import millrace.protocol.ErrorCode;

/// What Metadata and DescribeTopicPartitions both say about a partition.
final class PartitionViews {
    private PartitionViews() {}

    /// @return `NONE`, `LEADER_NOT_AVAILABLE`, or `LISTENER_NOT_FOUND` when the leader cannot be reached by the caller's listener
    static ErrorCode error(BrokerMetadata metadata, PartitionRegistration partition, String listener) {
        if (partition.leader() < 0) return ErrorCode.LEADER_NOT_AVAILABLE;
        BrokerRegistration leader = metadata.image().cluster().brokers().get(partition.leader());
        if (leader == null) return ErrorCode.LEADER_NOT_AVAILABLE;
        return BrokerMetadata.endpoint(leader, listener) == null ? ErrorCode.LISTENER_NOT_FOUND : ErrorCode.NONE;
    }

    static List<Integer> offlineReplicas(BrokerMetadata metadata, PartitionRegistration partition) {
        return partition.replicas().stream().filter(replica -> !metadata.isAlive(replica) || isInOfflineDirectory(metadata, partition, replica)).toList();
    }

    private static boolean isInOfflineDirectory(BrokerMetadata metadata, PartitionRegistration partition, int replica) {
        return !metadata.image().cluster().brokers().get(replica).isOnline(partition.directoryOf(replica));
    }
}
