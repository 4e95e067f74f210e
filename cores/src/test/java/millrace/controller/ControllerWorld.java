package millrace.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import millrace.common.OffsetAndEpoch;
import millrace.common.Uuid;
import millrace.metadata.Features;
import millrace.metadata.MetadataImage;
import millrace.metadata.PartitionRegistration;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AlterPartitionRequest;
import millrace.protocol.message.AlterPartitionResponse;
import millrace.protocol.message.BrokerHeartbeatRequest;
import millrace.protocol.message.BrokerHeartbeatResponse;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.protocol.message.BrokerRegistrationResponse;
import millrace.protocol.message.CreateTopicsRequest;
import millrace.protocol.message.CreateTopicsResponse;
import millrace.protocol.message.DeleteTopicsRequest;
import millrace.protocol.message.DeleteTopicsResponse;
import millrace.protocol.metadata.FeatureLevelRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.settings.BrokerSettings;

/// A controller with its log as a list, and words for what brokers and operators say.
public final class ControllerWorld {
    public static final String CLUSTER = "4L6g3nShT-eMCtK--X86sw";
    static final long SESSION_MS = 9_000;

    final ControllerCore core;
    public final List<MetadataRecord> log = new ArrayList<>();
    long nowMs = 1_000;
    private long incarnations;

    public ControllerWorld(Map<String, String> file, FeatureLevelRecord... formatted) {
        core = new ControllerCore(new ControllerSettings(CLUSTER, 100, SESSION_MS, Features.SUPPORTED, BrokerSettings.of(file)));
        decide(new ControllerCommand.BeginEpoch());
        decide(new ControllerCommand.Bootstrap(List.of(formatted)));
    }

    public static ControllerWorld withBrokers(int... brokers) {
        var world = new ControllerWorld(Map.of());
        for (int broker : brokers) world.unfenced(broker);
        return world;
    }

    static ControllerWorld withElr(int... brokers) {
        var world = new ControllerWorld(Map.of(), FeatureLevelRecord.builder().name(Features.ELIGIBLE_LEADER_REPLICAS_VERSION).featureLevel((short) 1).build());
        for (int broker : brokers) world.unfenced(broker);
        return world;
    }

    public Optional<ApiResponse> decide(ControllerCommand command) {
        var decision = core.decide(command, nowMs);
        for (MetadataRecord record : decision.changes()) core.apply(record);
        log.addAll(decision.changes());
        core.reached(new OffsetAndEpoch(log.size() - 1, 1));
        return decision.answer();
    }

    @SuppressWarnings("unchecked")
    public <R extends ApiResponse> R ask(ControllerCommand command) {
        return (R) decide(command).orElseThrow();
    }

    public MetadataImage image() {
        return core.image();
    }

    PartitionRegistration partition(String topic, int index) {
        return image().topics().partition(topic, index);
    }

    long epoch(int broker) {
        return image().cluster().broker(broker).epoch();
    }

    public static BrokerRegistrationRequest.Builder registration(int broker, Uuid incarnation, String rack) {
        return BrokerRegistrationRequest.builder().brokerId(broker).clusterId(CLUSTER).incarnationId(incarnation)
            .listeners(List.of(BrokerRegistrationRequest.Listener.builder().name("PLAINTEXT").host("broker-" + broker).port(9092).build()))
            .features(Features.KEPT.entrySet().stream().map(feature -> BrokerRegistrationRequest.Feature.builder().name(feature.getKey())
                .minSupportedVersion(feature.getValue().min()).maxSupportedVersion(feature.getValue().max()).build()).toList())
            .rack(rack).logDirs(List.of(directory(broker)));
    }

    public static Uuid directory(int broker) {
        return new Uuid(1_000 + broker, 1);
    }

    Uuid incarnation() {
        return new Uuid(77, ++incarnations);
    }

    long registered(int broker) {
        return registered(registration(broker, incarnation(), null));
    }

    long registered(BrokerRegistrationRequest.Builder request) {
        BrokerRegistrationResponse response = ask(new ControllerCommand.RegisterBroker(request.build(), false));
        assertThat(ErrorCode.forCode(response.errorCode())).isEqualTo(ErrorCode.NONE);
        return response.brokerEpoch();
    }

    void unfenced(int broker) {
        registered(broker);
        assertThat(heartbeat(broker).isFenced()).isFalse();
    }

    BrokerHeartbeatResponse heartbeat(int broker) {
        return heartbeat(broker, false);
    }

    BrokerHeartbeatResponse heartbeat(int broker, boolean wantShutDown) {
        return ask(new ControllerCommand.Heartbeat(BrokerHeartbeatRequest.builder().brokerId(broker).brokerEpoch(epoch(broker))
            .currentMetadataOffset(log.size() - 1).wantShutDown(wantShutDown).build()));
    }

    /// The broker falls silent while the others go on.
    void falls(int broker) {
        for (int i = 0; i < 10; i++) {
            nowMs += 1_000;
            for (int other : List.copyOf(image().cluster().brokers().keySet()))
                if (other != broker && !image().cluster().broker(other).fenced()) heartbeat(other);
        }
        decide(new ControllerCommand.FenceSilentBrokers());
    }

    static CreateTopicsRequest.CreatableTopic.Builder topic(String name) {
        return CreateTopicsRequest.CreatableTopic.builder().name(name).numPartitions(-1).replicationFactor((short) -1);
    }

    static CreateTopicsRequest.CreatableTopic assigned(String name, List<Integer> replicas) {
        return topic(name).assignments(List.of(CreateTopicsRequest.CreatableReplicaAssignment.builder().partitionIndex(0).brokerIds(replicas).build())).build();
    }

    CreateTopicsResponse create(CreateTopicsRequest.CreatableTopic... topics) {
        return ask(new ControllerCommand.CreateTopics(CreateTopicsRequest.builder().topics(List.of(topics)).build(), (short) 7, log.size()));
    }

    ErrorCode error(CreateTopicsRequest.CreatableTopic topic) {
        return ErrorCode.forCode(create(topic).topics().getFirst().errorCode());
    }

    DeleteTopicsResponse delete(String name) {
        return ask(new ControllerCommand.DeleteTopics(DeleteTopicsRequest.builder().topicNames(List.of(name)).build(), (short) 5));
    }

    /// The leader proposes an ISR.
    AlterPartitionResponse.PartitionData propose(String topic, List<Integer> isr) {
        PartitionRegistration partition = partition(topic, 0);
        return propose(topic, partition.leader(), partition.leaderEpoch(), partition.partitionEpoch(), isr);
    }

    AlterPartitionResponse.PartitionData propose(String topic, int leader, int leaderEpoch, int partitionEpoch, List<Integer> isr) {
        var proposal = AlterPartitionRequest.PartitionData.builder().partitionIndex(0).leaderEpoch(leaderEpoch).partitionEpoch(partitionEpoch)
            .newIsrWithEpochs(isr.stream().map(broker -> AlterPartitionRequest.BrokerState.builder().brokerId(broker)
                .brokerEpoch(image().cluster().broker(broker) == null ? -1 : epoch(broker)).build()).toList()).build();
        return propose(topic, leader, proposal);
    }

    AlterPartitionResponse.PartitionData propose(String topic, int leader, AlterPartitionRequest.PartitionData proposal) {
        AlterPartitionResponse response = ask(new ControllerCommand.AlterPartition(AlterPartitionRequest.builder().brokerId(leader).brokerEpoch(epoch(leader))
            .topics(List.of(AlterPartitionRequest.TopicData.builder().topicId(image().topics().byName(topic).id()).partitions(List.of(proposal)).build())).build(), (short) 3));
        assertThat(response.errorCode()).isZero();
        return response.topics().getFirst().partitions().getFirst();
    }
}
