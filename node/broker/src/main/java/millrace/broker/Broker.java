package millrace.broker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import millrace.broker.api.AlterReplicaLogDirsHandler;
import millrace.broker.api.DeleteRecordsHandler;
import millrace.broker.api.DescribeClusterHandler;
import millrace.broker.api.DescribeConfigsHandler;
import millrace.broker.api.DescribeLogDirsHandler;
import millrace.broker.api.DescribeTopicPartitionsHandler;
import millrace.broker.api.ForwardingHandler;
import millrace.broker.api.ListConfigResourcesHandler;
import millrace.broker.api.ListOffsetsHandler;
import millrace.broker.api.MetadataHandler;
import millrace.broker.api.OffsetForLeaderEpochHandler;
import millrace.broker.api.ProduceHandler;
import millrace.broker.api.ProducerIds;
import millrace.broker.fetch.FetchHandler;
import millrace.broker.fetch.FetchSessions;
import millrace.broker.lifecycle.BrokerLifecycle;
import millrace.broker.lifecycle.DirectoryReports;
import millrace.broker.metadata.AutoTopicCreation;
import millrace.broker.metadata.AutoTopicCreation.InternalTopic;
import millrace.broker.metadata.BrokerMetadata;
import millrace.broker.partition.LogDirectories;
import millrace.broker.partition.PartitionAssignments;
import millrace.broker.partition.Partitions;
import millrace.broker.partition.ReplicaMeters;
import millrace.broker.partition.ReplicaMoves;
import millrace.broker.partition.Traffic;
import millrace.broker.settings.CordonedDirectories;
import millrace.broker.settings.LiveSettings;
import millrace.broker.settings.TopicRules;
import millrace.common.Uuid;
import millrace.coordination.OffsetsTopic;
import millrace.coordination.TransactionTopic;
import millrace.feed.ControllerLink;
import millrace.feed.MetadataFeed;
import millrace.metrics.Family;
import millrace.metrics.Gauge;
import millrace.metrics.Measured;
import millrace.protocol.ApiKey;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.settings.BrokerSettings;
import millrace.settings.InternalTopics;
import millrace.settings.SettingValues;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.LogDirFailure;
import millrace.wire.Handlers;
import millrace.wire.Pending;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One broker, from its log directories to its handlers. It owns the parts and the order of their lives, and decides nothing itself.
///
///     openLogs() ──▶ opened ── start() ──▶ active ── leave(), stop() ──▶ stopped
public final class Broker {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

    /// What changes metadata, or asks for the quorum's state: the controller answers.
    private static final List<ApiKey> FORWARDED = List.of(ApiKey.CREATE_TOPICS, ApiKey.DELETE_TOPICS, ApiKey.CREATE_PARTITIONS, ApiKey.ALTER_CONFIGS,
            ApiKey.INCREMENTAL_ALTER_CONFIGS, ApiKey.ELECT_LEADERS, ApiKey.UPDATE_FEATURES, ApiKey.UNREGISTER_BROKER, ApiKey.DESCRIBE_QUORUM);
    private static final int MAX_COLD_SEGMENTS = 1_000;

    /// @param listeners the addresses that clients are told
    /// @param rack null for none
    public record Identity(int brokerId, String clusterId, List<BrokerRegistrationRequest.Listener> listeners, String rack) {}

    private final BrokerEnvironment environment;
    private final MetadataFeed feed;
    private final ControllerLink controller;
    private final LogDirectories directories;
    private final BrokerMetadata metadata;
    private final LiveSettings settings;
    private final Traffic traffic;
    private final Measured storage;
    private final ReplicaMeters replicas;
    private final Partitions partitions;
    private final AutoTopicCreation topicCreation;
    private final Coordinators coordinators;
    private final PartitionAssignments assignments;
    private final BrokerLifecycle lifecycle;
    private final ReplicaMoves moves;
    private final Housekeeping housekeeping;
    private final Compaction compaction;

    /// @param logs as [#openLogs] opened them; this broker closes them
    public Broker(Identity identity, BrokerSettings fromFile, OpenedLogs logs, MetadataFeed feed, ControllerLink controller, BrokerEnvironment environment) {
        this.feed = feed;
        this.environment = environment;
        this.controller = controller;
        this.directories = new LogDirectories(logs.directories(), logs.offline());
        this.metadata = new BrokerMetadata(identity.clusterId(), identity.brokerId());
        this.traffic = new Traffic(environment.clock());
        this.storage = logs.meters();
        this.partitions = new Partitions(metadata);
        this.replicas = new ReplicaMeters(environment.clock(), partitions, directories);
        this.settings = new LiveSettings(fromFile);
        SettingValues values = fromFile.values();
        this.topicCreation = new AutoTopicCreation(values.bool("auto.create.topics.enable"), this::internalTopic, controller);
        directories.cordonedAre(() -> CordonedDirectories.of(settings.broker().values(), directories.paths()));
        var producerIds = new ProducerIds(identity.brokerId(), this::brokerEpoch, controller);
        this.coordinators = new Coordinators(metadata, partitions, topicCreation, producerIds, settings, environment);
        var incarnation = new Uuid(environment.randomness().nextLong(), environment.randomness().nextLong());
        this.lifecycle = new BrokerLifecycle(new BrokerLifecycle.Identity(identity.brokerId(), identity.clusterId(), incarnation, identity.listeners(),
                BrokerFeatures.forRegistration(), identity.rack(), directories.ids(), previousBrokerEpoch()), metadata, controller, environment.firstLoop(),
                values.longValue("broker.heartbeat.interval.ms"), values.longValue("log.dir.failure.timeout.ms"), directories::cordonedIds);
        var reports = new DirectoryReports(identity.brokerId(), lifecycle::brokerEpoch, controller, environment.firstLoop());
        this.assignments = new PartitionAssignments(identity.brokerId(), directories, partitions, metadata, settings, reports, coordinators, traffic, replicas, environment.workers());
        this.moves = new ReplicaMoves(directories, partitions, settings, reports, environment.firstLoop(), environment.workers());
        this.housekeeping = new Housekeeping(directories.all(), settings, environment);
        this.compaction = new Compaction(directories.all(), settings, environment);
    }

    /// Opens log directories: locks, formats what is empty, loads, recovers. Blocking. One whose device fails is left out.
    /// @throws IllegalStateException when a directory is in use or belongs to another node or cluster; the text says what to do
    /// @throws LogDirFailure         when there is none that can be used
    public static OpenedLogs openLogs(String clusterId, int nodeId, BrokerSettings fromFile, List<Path> logDirs, BrokerEnvironment environment) {
        List<LogDirectory> opened = new ArrayList<>();
        SortedMap<Path, String> offline = new TreeMap<>();
        LogDirFailure last = null;
        try {
            var withoutOverrides = TopicRules.withoutOverrides(fromFile);
            var meters = new StorageMeters(environment.clock(), new LogEvents());
            var settings = new LogDirSettings(clusterId, nodeId, environment.randomness(), _ -> withoutOverrides,
                    fromFile.values().integer("num.recovery.threads.per.data.dir"), MAX_COLD_SEGMENTS,
                    fromFile.values().longValue("millrace.write.ahead.bytes"), meters);
            for (Path logDir : logDirs) {
                try {
                    opened.add(LogDirectory.open(environment.disk(), logDir, environment.clock(), environment.workers(), settings));
                } catch (LogDirFailure failure) {
                    LOG.error("{} is offline from the start: {}", logDir, failure.getMessage());
                    offline.put(logDir, failure.getMessage());
                    last = failure;
                }
            }
            if (opened.isEmpty() && last != null) throw last;
            return new OpenedLogs(opened, offline, meters);
        } catch (RuntimeException e) {
            opened.forEach(LogDirectory::close);
            throw e;
        }
    }

    /// Begins to follow the metadata and to register.
    /// @param onFailure is told when this broker can be of no use any more, though its devices work; the process should end
    /// @return the broker epoch, once the cluster counts on this broker
    public Pending<Long> start(Consumer<Throwable> onFailure) {
        lifecycle.unheard().whenDone(directory -> {
            LOG.error("The controller has not heard within log.dir.failure.timeout.ms that the log directory {} has failed: the node stops", directory);
            onFailure.accept(new IllegalStateException("The controller could not be told that log directory " + directory + " has failed"));
        });
        for (LogDirectory directory : directories.all()) directory.onFailure(_ -> directoryFailed(directory));
        settings.whenMoved(_ -> lifecycle.tellNow());
        assignments.whenOpen(moves::resume);
        feed.subscribe(assignments);
        housekeeping.start();
        compaction.start();
        return lifecycle.start();
    }

    /// Is told the settings after each change of the dynamic ones, on a thread of the broker's. To be called before [#start].
    public void whenSettingsMove(Consumer<BrokerSettings> follower) {
        settings.whenMoved(follower);
    }

    /// Off the thread that met the failure, because that one may hold a partition's lock.
    private void directoryFailed(LogDirectory directory) {
        environment.workers().run("log-directory-offline", () -> {
            lifecycle.directoryFailed(directory.metaProperties().directoryId());
            partitions.directoryFailed(directory);
        });
    }

    /// Every API that this broker serves. What is not here is not advertised.
    public Handlers handlers() {
        SettingValues values = settings.broker().values();
        var builder = Handlers.builder().features(new BrokerFeatures(metadata)).unstableVersions(values.bool("unstable.api.versions.enable"))
                .servePipelined(ApiKey.PRODUCE, new ProduceHandler(partitions, metadata, coordinators.transactions()), null)
                .serve(ApiKey.FETCH, new FetchHandler(partitions, metadata, fetchSessions(values), values.integer("fetch.max.bytes"), traffic))
                .serve(ApiKey.LIST_OFFSETS, new ListOffsetsHandler(partitions))
                .serve(ApiKey.OFFSET_FOR_LEADER_EPOCH, new OffsetForLeaderEpochHandler(partitions))
                .serve(ApiKey.DELETE_RECORDS, new DeleteRecordsHandler(partitions))
                .serve(ApiKey.METADATA, new MetadataHandler(metadata, topicCreation))
                .serve(ApiKey.DESCRIBE_CLUSTER, new DescribeClusterHandler(metadata))
                .serve(ApiKey.DESCRIBE_TOPIC_PARTITIONS, new DescribeTopicPartitionsHandler(metadata, values.integer("max.request.partition.size.limit")))
                .serve(ApiKey.DESCRIBE_CONFIGS, new DescribeConfigsHandler(metadata, settings))
                .serve(ApiKey.LIST_CONFIG_RESOURCES, new ListConfigResourcesHandler(metadata))
                .serve(ApiKey.ALTER_REPLICA_LOG_DIRS, new AlterReplicaLogDirsHandler(moves))
                .serve(ApiKey.DESCRIBE_LOG_DIRS, new DescribeLogDirsHandler(directories, partitions, environment.disk(), environment.workers()));
        for (ApiKey forwarded : FORWARDED) builder.serve(forwarded, new ForwardingHandler<>(controller, feed, metadata));
        return builder.serveAll(coordinators.handlers()).build();
    }

    /// Whoever counts something here.
    public List<Measured> measured() {
        List<Measured> all = new ArrayList<>(List.of(traffic, storage, replicas, this::facts));
        all.addAll(coordinators.measured());
        return all;
    }

    private List<Family> facts() {
        return List.of(Family.of("kafka.server", "KafkaServer", "BrokerState", new Gauge(lifecycle::stateNumber)), Family.of("kafka.server", "KafkaServer", "ClusterId", new Gauge(metadata::clusterId)));
    }

    private FetchSessions fetchSessions(SettingValues values) {
        return new FetchSessions(values.integer("max.incremental.fetch.session.cache.slots"), environment.randomness());
    }

    /// Gives up leadership, then brings everything to rest. Blocking: not to be called on an event loop.
    /// @param left whether the controller has let this broker go; without it the stop is as orderly, only less announced
    public void stop(boolean left) {
        housekeeping.close();
        compaction.close();
        // In this order: assignments may begin a coordinator, which nobody would end after the others.
        assignments.close();
        moves.close();
        coordinators.close();
        for (LogDirectory directory : directories.all()) {
            if (directory.failure().isPresent()) directory.close();
            else directory.closeCleanly(lifecycle.brokerEpoch());
        }
        if (!left) LOG.info("Stopped without the controller's leave; the logs are closed cleanly all the same");
    }

    /// Asks the controller to take leadership away.
    public Pending<Boolean> leave() {
        return lifecycle.leave();
    }

    private long brokerEpoch() {
        return lifecycle.brokerEpoch();
    }

    private long previousBrokerEpoch() {
        // Clean only if every directory was: a marker in one of two says nothing about the other.
        long epoch = -1;
        if (!directories.offlineAtStart().isEmpty()) return -1;
        for (LogDirectory directory : directories.all()) {
            if (directory.previousBrokerEpoch().isEmpty()) return -1;
            epoch = Math.max(epoch, directory.previousBrokerEpoch().getAsLong());
        }
        return epoch;
    }

    /// @return null for a topic that is not internal
    private InternalTopic internalTopic(String name) {
        return switch (name) {
            case OffsetsTopic.NAME     -> offsetsTopic(settings.broker().values());
            case TransactionTopic.NAME -> transactionTopic(settings.broker().values());
            default                    -> null;
        };
    }

    private InternalTopic offsetsTopic(SettingValues values) {
        var configs = new TreeMap<String, String>();
        configs.put("cleanup.policy", "compact");
        configs.put("compression.type", "producer");
        configs.put("segment.bytes", Integer.toString(values.integer("offsets.topic.segment.bytes")));
        short replicationFactor = InternalTopics.replicationFactor(values, "offsets.topic.replication.factor", metadata.aliveBrokers().size());
        return new InternalTopic(values.integer("offsets.topic.num.partitions"), replicationFactor, configs);
    }

    private InternalTopic transactionTopic(SettingValues values) {
        short replicationFactor = InternalTopics.replicationFactor(values, "transaction.state.log.replication.factor", metadata.aliveBrokers().size());
        var configs = new TreeMap<String, String>();
        configs.put("cleanup.policy", "compact");
        configs.put("compression.type", "uncompressed");
        configs.put("min.insync.replicas", Integer.toString(InternalTopics.minInSyncReplicas(values, "transaction.state.log.min.isr", replicationFactor)));
        configs.put("segment.bytes", Integer.toString(values.integer("transaction.state.log.segment.bytes")));
        configs.put("unclean.leader.election.enable", "false");
        return new InternalTopic(values.integer("transaction.state.log.num.partitions"), replicationFactor, configs);
    }
}
