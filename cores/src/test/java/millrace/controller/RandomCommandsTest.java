package millrace.controller;

import static millrace.controller.ControllerWorld.registration;
import static millrace.controller.ControllerWorld.topic;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import millrace.common.Uuid;
import millrace.metadata.ApacheImage;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.ConfigResource;
import millrace.metadata.Features;
import millrace.metadata.ImageFold;
import millrace.metadata.MetadataFrame;
import millrace.metadata.MetadataImage;
import millrace.metadata.MetadataVersion;
import millrace.metadata.PartitionRegistration;
import millrace.metadata.TopicImage;
import millrace.protocol.message.AlterPartitionRequest;
import millrace.protocol.message.BrokerHeartbeatRequest;
import millrace.protocol.message.CreatePartitionsRequest;
import millrace.protocol.message.CreateTopicsRequest;
import millrace.protocol.message.DeleteTopicsRequest;
import millrace.protocol.message.ElectLeadersRequest;
import millrace.protocol.message.IncrementalAlterConfigsRequest;
import millrace.protocol.message.UnregisterBrokerRequest;
import millrace.protocol.message.UpdateFeaturesRequest;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.RegisterBrokerRecord;
import millrace.protocol.metadata.TopicRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Brokers come, go, propose; operators create, delete, alter; in an order that a seed decides. After every step the invariants
/// hold, and at the end the log alone tells the same story (K5, K6, K8 of the reliability spec).
class RandomCommandsTest {
    private static final int STEPS = 1_500;
    private static final int BROKERS = 5;

    private final Set<Long> brokerEpochs = new HashSet<>();
    private final Set<Uuid> topicIds = new HashSet<>();

    @ParameterizedTest @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyStepKeepsTheInvariantsAndTheLogTellsTheStory(long seed) {
        var chance = new Chance(seed);
        var world = new ControllerWorld(Map.of());
        MetadataImage before = world.image();
        for (int step = 0; step < STEPS; step++) {
            int logged = world.log.size();
            ControllerCommand command = command(chance, world);
            world.nowMs += chance.nextInt(600);
            world.decide(command);
            checkIds(world.log.subList(logged, world.log.size()), logged);
            checkMovesForward(before, world.image());
            checkPartitions(world.image());
            before = world.image();
        }
        assertThat(world.log.size()).isGreaterThan(STEPS / 4);
        replayGivesTheSame(world);
        snapshotAndTailGiveTheSame(world, chance);
        ApacheImage.seesTheSameIn(world.log, world.image());
    }

    private ControllerCommand command(Chance chance, ControllerWorld world) {
        int broker = 1 + chance.nextInt(BROKERS);
        BrokerRegistration registered = world.image().cluster().broker(broker);
        List<TopicImage> topics = new ArrayList<>();
        world.image().topics().all().forEach(topics::add);
        TopicImage topic = topics.isEmpty() ? null : topics.get(chance.nextInt(topics.size()));
        int choice = chance.nextInt(100);
        if (registered == null || choice < 6) return new ControllerCommand.RegisterBroker(registration(broker, world.incarnation(),
            chance.nextInt(3) == 0 ? null : "rack-" + broker % 2).previousBrokerEpoch(chance.nextInt(2) == 0 || registered == null ? -1 : registered.epoch()).build(), chance.nextInt(2) == 0);
        if (choice < 46) return new ControllerCommand.Heartbeat(BrokerHeartbeatRequest.builder().brokerId(broker).brokerEpoch(registered.epoch())
            .currentMetadataOffset(world.log.size() - chance.nextInt(3)).wantShutDown(chance.nextInt(25) == 0).wantFence(chance.nextInt(40) == 0).build());
        if (choice < 50) return new ControllerCommand.FenceSilentBrokers();
        if (choice < 52) return new ControllerCommand.BalanceLeaders();
        if (choice < 53) return new ControllerCommand.UnregisterBroker(UnregisterBrokerRequest.builder().brokerId(broker).build());
        if (choice < 54) return new ControllerCommand.UpdateFeatures(UpdateFeaturesRequest.builder().featureUpdates(List.of(UpdateFeaturesRequest.FeatureUpdateKey.builder()
            .feature(Features.ELIGIBLE_LEADER_REPLICAS_VERSION).maxVersionLevel((short) 1).build())).build(), (short) 2);
        if (topic == null || choice < 64) return new ControllerCommand.CreateTopics(CreateTopicsRequest.builder().topics(List.of(topic("topic-" + chance.nextInt(30))
            .numPartitions(1 + chance.nextInt(4)).replicationFactor((short) (1 + chance.nextInt(3))).build())).build(), (short) 7, chance.nextLong());
        if (choice < 68) return new ControllerCommand.DeleteTopics(DeleteTopicsRequest.builder().topicNames(List.of(topic.name())).build(), (short) 5);
        if (choice < 70) return new ControllerCommand.CreatePartitions(CreatePartitionsRequest.builder().topics(List.of(CreatePartitionsRequest.CreatePartitionsTopic.builder()
            .name(topic.name()).count(topic.partitions().size() + 1).assignments(null).build())).build(), chance.nextLong());
        if (choice < 76) return new ControllerCommand.IncrementalAlterConfigs(alteration(chance, topic.name()));
        if (choice < 80) return new ControllerCommand.ElectLeaders(ElectLeadersRequest.builder().electionType((byte) chance.nextInt(2)).topicPartitions(null).build(), (short) 2);
        return proposal(chance, world, topic);
    }

    private static IncrementalAlterConfigsRequest alteration(Chance chance, String topic) {
        boolean minimum = chance.nextInt(2) == 0;
        return IncrementalAlterConfigsRequest.builder().resources(List.of(IncrementalAlterConfigsRequest.AlterConfigsResource.builder()
            .resourceType(ConfigResource.TOPIC).resourceName(topic).configs(List.of(IncrementalAlterConfigsRequest.AlterableConfig.builder()
                .name(minimum ? "min.insync.replicas" : "unclean.leader.election.enable").value(minimum ? "" + (1 + chance.nextInt(3)) : "" + (chance.nextInt(4) == 0))
                .build())).build())).build();
    }

    /// A leader proposes any of its replicas beside itself; sometimes with an epoch of the past.
    private static ControllerCommand proposal(Chance chance, ControllerWorld world, TopicImage topic) {
        int index = chance.nextInt(topic.partitions().size());
        PartitionRegistration partition = topic.partitions().get(index);
        int leader = partition.hasLeader() ? partition.leader() : partition.replicas().getFirst();
        BrokerRegistration registered = world.image().cluster().broker(leader);
        var isr = new ArrayList<AlterPartitionRequest.BrokerState>();
        for (int replica : partition.replicas()) {
            BrokerRegistration member = world.image().cluster().broker(replica);
            if (replica == leader || chance.nextInt(3) > 0)
                isr.add(AlterPartitionRequest.BrokerState.builder().brokerId(replica).brokerEpoch(member == null || chance.nextInt(10) == 0 ? -1 : member.epoch()).build());
        }
        return new ControllerCommand.AlterPartition(AlterPartitionRequest.builder().brokerId(leader).brokerEpoch(registered == null ? -1 : registered.epoch())
            .topics(List.of(AlterPartitionRequest.TopicData.builder().topicId(topic.id()).partitions(List.of(AlterPartitionRequest.PartitionData.builder().partitionIndex(index)
                .leaderEpoch(partition.leaderEpoch()).partitionEpoch(partition.partitionEpoch() - (chance.nextInt(10) == 0 ? 1 : 0)).newIsrWithEpochs(isr).build())).build()))
            .build(), (short) 3);
    }

    private void checkIds(List<MetadataRecord> records, int offset) {
        for (int i = 0; i < records.size(); i++) {
            if (records.get(i) instanceof RegisterBrokerRecord broker) {
                assertThat(broker.brokerEpoch()).isEqualTo(offset + i);
                assertThat(brokerEpochs.add(broker.brokerEpoch())).as("epoch %d given twice", broker.brokerEpoch()).isTrue();
            }
            if (records.get(i) instanceof TopicRecord topic) assertThat(topicIds.add(topic.topicId())).as("topic id %s given twice", topic.topicId()).isTrue();
        }
    }

    private static void checkMovesForward(MetadataImage before, MetadataImage after) {
        for (TopicImage topic : before.topics().all()) {
            TopicImage now = after.topics().byId(topic.id());
            if (now == null) continue;
            topic.partitions().forEach((index, was) -> {
                PartitionRegistration is = now.partitions().get(index);
                assertThat(is.leaderEpoch()).isGreaterThanOrEqualTo(was.leaderEpoch());
                assertThat(is.partitionEpoch()).isGreaterThanOrEqualTo(was.partitionEpoch());
                if (is.leader() != was.leader()) assertThat(is.leaderEpoch()).isGreaterThan(was.leaderEpoch());
                if (!is.equals(was)) assertThat(is.partitionEpoch()).isGreaterThan(was.partitionEpoch());
            });
        }
    }

    private static void checkPartitions(MetadataImage image) {
        boolean elr = image.features().level(Features.ELIGIBLE_LEADER_REPLICAS_VERSION) > 0;
        for (TopicImage topic : image.topics().all()) topic.partitions().forEach((index, partition) -> {
            String what = topic.name() + "-" + index + " " + partition;
            assertThat(partition.replicas()).as(what).containsAll(partition.isr()).containsAll(partition.elr());
            assertThat(new HashSet<>(partition.isr())).as(what).hasSize(partition.isr().size());
            if (!partition.elr().isEmpty()) assertThat(partition.isr()).as(what).doesNotContainAnyElementsOf(partition.elr());
            if (!elr) assertThat(partition.isr()).as(what).isNotEmpty();
            if (partition.hasLeader()) {
                assertThat(partition.isr()).as(what).contains(partition.leader());
                assertThat(image.cluster().isActive(partition.leader())).as(what).isTrue();
            }
            if (partition.isr().size() > 1) assertThat(partition.isr()).as(what).allMatch(image.cluster()::isActive);
        });
    }

    private static void replayGivesTheSame(ControllerWorld world) {
        ImageFold replayed = ImageFold.EMPTY;
        for (MetadataRecord record : world.log) replayed = replayed.apply(MetadataFrame.read(MetadataFrame.write(record, MetadataVersion.LATEST)));
        assertThat(replayed.newest().sameFacts(world.image())).isTrue();
        assertThat(replayed.newest().topics()).isEqualTo(world.image().topics());
    }

    private static void snapshotAndTailGiveTheSame(ControllerWorld world, Chance chance) {
        int cut = chance.nextInt(world.log.size());
        MetadataImage atCut = MetadataImage.EMPTY.apply(world.log.subList(0, cut));
        MetadataImage fromSnapshot = MetadataImage.EMPTY.apply(atCut.toRecords());
        assertThat(fromSnapshot).isEqualTo(atCut);
        assertThat(fromSnapshot.apply(world.log.subList(cut, world.log.size())).sameFacts(world.image())).isTrue();
    }
}
