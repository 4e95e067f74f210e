package millrace.broker;

import java.util.List;
import java.util.Map;
import millrace.broker.metadata.AutoTopicCreation;
import millrace.broker.metadata.BrokerMetadata;
import millrace.broker.partition.Partition;
import millrace.broker.partition.PartitionAssignments;
import millrace.broker.settings.LiveSettings;
import millrace.coordination.ClusterView;
import millrace.coordination.CoordinationSettings;
import millrace.coordination.GroupCoordinators;
import millrace.coordination.GroupHandlers;
import millrace.coordination.OffsetsTopic;
import millrace.group.command.GroupCommand.DeletedTopic;
import millrace.metadata.MetadataImage;
import millrace.metadata.TopicImage;
import millrace.protocol.ApiKey;
import millrace.protocol.ErrorCode;
import millrace.wire.ApiHandler;
import millrace.wire.Pending;

/// Joins the group coordinators to this broker: they hear of the partitions that they live in, and ask it for what they need of the cluster.
final class Groups implements PartitionAssignments.Listener, ClusterView {
    private final BrokerMetadata metadata;
    private final AutoTopicCreation topicCreation;
    private final GroupCoordinators coordinators;

    Groups(BrokerMetadata metadata, AutoTopicCreation topicCreation, LiveSettings settings, BrokerEnvironment environment) {
        this.metadata = metadata;
        this.topicCreation = topicCreation;
        this.coordinators = new GroupCoordinators(this, CoordinationSettings.of(settings.broker().values()), environment.clock(), environment.loops(),
                environment.workers(), environment.randomness());
    }

    Map<ApiKey, ApiHandler<?, ?>> handlers() {
        return GroupHandlers.all(coordinators, this);
    }

    void close() {
        coordinators.close();
    }

    @Override public void onLeading(Partition partition) {
        if (partition.topicPartition().topic().equals(OffsetsTopic.NAME)) coordinators.onElected(partition);
    }

    @Override public void onNotLeading(Partition partition) {
        if (partition.topicPartition().topic().equals(OffsetsTopic.NAME)) coordinators.onResigned(partition.topicPartition().partition());
    }

    @Override public void onDeleted(TopicImage topic) {
        coordinators.onTopicsDeleted(List.of(new DeletedTopic(topic.name(), topic.id())));
    }

    @Override public MetadataImage image() {
        return metadata.image();
    }

    @Override public Pending<ErrorCode> ensureInternalTopic(String name) {
        return metadata.topic(name) != null ? Pending.of(ErrorCode.NONE) : topicCreation.create(name, "User:ANONYMOUS", "");
    }
}
