package millrace.broker;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import millrace.broker.metadata.AutoTopicCreation;
import millrace.broker.metadata.BrokerMetadata;
import millrace.broker.partition.Partition;
import millrace.broker.partition.PartitionAssignments;
import millrace.broker.partition.Partitions;
import millrace.broker.settings.LiveSettings;
import millrace.broker.transaction.DescribeProducersHandler;
import millrace.broker.transaction.MarkerWriter;
import millrace.broker.transaction.WriteTxnMarkersHandler;
import millrace.coordination.ClusterView;
import millrace.coordination.CoordinationSettings;
import millrace.coordination.GroupCoordinators;
import millrace.coordination.GroupHandlers;
import millrace.coordination.OffsetsTopic;
import millrace.coordination.ProducerIdSource;
import millrace.coordination.TransactionCoordinationSettings;
import millrace.coordination.TransactionCoordinators;
import millrace.coordination.TransactionHandlers;
import millrace.coordination.TransactionTopic;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.GroupCommand.DeletedTopic;
import millrace.metadata.ConfigResource;
import millrace.metadata.MetadataImage;
import millrace.metadata.TopicImage;
import millrace.metrics.Measured;
import millrace.protocol.ApiKey;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.WriteTxnMarkersRequest;
import millrace.protocol.message.WriteTxnMarkersResponse;
import millrace.settings.GroupSettings;
import millrace.settings.SettingValues;
import millrace.wire.ApiHandler;
import millrace.wire.Pending;

/// Joins the coordinators of groups and of transactions to this broker: they hear of the partitions that they live in, and ask it for what they need
/// of the cluster.
final class Coordinators implements PartitionAssignments.Listener, ClusterView {
    private final BrokerMetadata metadata;
    private final AutoTopicCreation topicCreation;
    private final Partitions partitions;
    private final ProducerIdSource producerIds;
    private final LiveSettings settings;
    private final GroupCoordinators groups;
    private final TransactionCoordinators transactions;
    private final MarkerWriter markers;

    Coordinators(BrokerMetadata metadata, Partitions partitions, AutoTopicCreation topicCreation, ProducerIdSource producerIds, LiveSettings settings, BrokerEnvironment environment) {
        this.metadata = metadata;
        this.partitions = partitions;
        this.topicCreation = topicCreation;
        this.producerIds = producerIds;
        this.settings = settings;
        SettingValues values = settings.broker().values();
        this.groups = new GroupCoordinators(this, CoordinationSettings.of(values), environment.clock(), environment.loops(), environment.workers(), environment.randomness());
        this.markers = new MarkerWriter(partitions, groups, environment.clock());
        this.transactions = new TransactionCoordinators(this, TransactionCoordinationSettings.of(values), producerIds, this::writeMarkers, environment.clock(), environment.loops(),
                environment.workers());
    }

    Map<ApiKey, ApiHandler<?, ?>> handlers() {
        Map<ApiKey, ApiHandler<?, ?>> handlers = new EnumMap<>(GroupHandlers.all(groups, transactions, this));
        handlers.putAll(TransactionHandlers.all(transactions, groups, this, producerIds));
        handlers.put(ApiKey.WRITE_TXN_MARKERS, new WriteTxnMarkersHandler(markers));
        handlers.put(ApiKey.DESCRIBE_PRODUCERS, new DescribeProducersHandler(partitions, metadata));
        return handlers;
    }

    TransactionCoordinators transactions() {
        return transactions;
    }

    List<Measured> measured() {
        return List.of(groups, transactions);
    }

    void close() {
        transactions.close();
        groups.close();
    }

    // ---- what they hear ----

    @Override public void onLeading(Partition partition) {
        switch (partition.topicPartition().topic()) {
            case OffsetsTopic.NAME     -> groups.onElected(partition);
            case TransactionTopic.NAME -> transactions.onElected(partition);
            default                    -> { }
        }
    }

    @Override public void onNotLeading(Partition partition) {
        switch (partition.topicPartition().topic()) {
            case OffsetsTopic.NAME     -> groups.onResigned(partition.topicPartition().partition());
            case TransactionTopic.NAME -> transactions.onResigned(partition.topicPartition().partition());
            default                    -> { }
        }
    }

    @Override public void onDeleted(TopicImage topic) {
        groups.onTopicsDeleted(List.of(new DeletedTopic(topic.name(), topic.id())));
    }

    // ---- what they ask for ----

    @Override public MetadataImage image() {
        return metadata.image();
    }

    /// Asked with every heartbeat: a group without settings of its own costs three look-ups.
    @Override public ConsumerTimes consumerTimes(String groupId) {
        Map<String, String> overrides = image().configs().of(ConfigResource.GROUP, groupId);
        if (overrides.isEmpty()) return CoordinationSettings.consumerTimes(settings.broker().values());
        SettingValues group = GroupSettings.of(settings.broker(), overrides).values();
        return new ConsumerTimes(group.integer("consumer.session.timeout.ms"), group.integer("consumer.heartbeat.interval.ms"), group.integer("consumer.assignment.interval.ms"));
    }

    @Override public Pending<ErrorCode> ensureInternalTopic(String name) {
        return metadata.topic(name) != null ? Pending.of(ErrorCode.NONE) : topicCreation.create(name, "User:ANONYMOUS", "");
    }

    /// This broker leads every partition that there is, until it has company; then the way to the others begins here.
    private Pending<WriteTxnMarkersResponse> writeMarkers(int brokerId, WriteTxnMarkersRequest request) {
        return brokerId == metadata.brokerId() ? markers.write(request) : Pending.of(new WriteTxnMarkersResponse(List.of()));
    }
}
