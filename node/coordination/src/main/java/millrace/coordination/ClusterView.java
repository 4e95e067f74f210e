package millrace.coordination;

import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.Endpoint;
import millrace.metadata.MetadataImage;
import millrace.metadata.PartitionRegistration;
import millrace.protocol.ErrorCode;
import millrace.wire.Pending;

/// What coordinators need to know of the cluster, and the one thing they want of it.
public interface ClusterView {
    /// @return the newest image that this broker has seen
    MetadataImage image();

    /// @return what that consumer group obeys: its own settings, or the broker's
    ConsumerTimes consumerTimes(String groupId);

    /// Creates the topic if it is not there, with the partitions, replication factor and settings of its kind.
    ///
    /// @return `NONE` when it is there, or why it is not
    Pending<ErrorCode> ensureInternalTopic(String name);

    /// @param listener the name of the listener by which the client came: it is told the leader's endpoint of the same name
    /// @return null when there is no such partition, it has no leader that is alive, or that one does not have such a listener
    default Leader leaderOf(String topic, int partition, String listener) {
        MetadataImage image = image();
        PartitionRegistration registration = image.topics().partition(topic, partition);
        BrokerRegistration broker = registration == null ? null : image.cluster().broker(registration.leader());
        Endpoint endpoint = broker == null || broker.fenced() ? null : broker.endpoint(listener);
        return endpoint == null ? null : new Leader(broker.id(), endpoint.host(), endpoint.port());
    }

    record Leader(int nodeId, String host, int port) {}
}
