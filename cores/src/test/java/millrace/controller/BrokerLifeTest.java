package millrace.controller;

import static millrace.controller.ControllerWorld.directory;
import static millrace.controller.ControllerWorld.registration;
import static millrace.controller.ControllerWorld.withBrokers;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import millrace.common.Uuid;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.DirectoryId;
import millrace.metadata.PartitionRegistration;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AssignReplicasToDirsRequest;
import millrace.protocol.message.BrokerHeartbeatRequest;
import millrace.protocol.message.BrokerHeartbeatResponse;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.protocol.message.BrokerRegistrationResponse;
import millrace.protocol.message.UnregisterBrokerRequest;
import millrace.protocol.message.UnregisterBrokerResponse;
import millrace.protocol.metadata.FeatureLevelRecord;
import org.junit.jupiter.api.Test;

class BrokerLifeTest {
    private final ControllerWorld world = withBrokers();

    private ErrorCode refused(BrokerRegistrationRequest.Builder request, boolean colocated) {
        BrokerRegistrationResponse response = world.ask(new ControllerCommand.RegisterBroker(request.build(), colocated));
        return ErrorCode.forCode(response.errorCode());
    }

    @Test void theBrokerEpochIsTheOffsetOfTheRegistration() {
        long next = world.log.size();
        assertThat(world.registered(1)).isEqualTo(next);
        assertThat(world.image().cluster().broker(1)).satisfies(broker -> {
            assertThat(broker.fenced()).isTrue();
            assertThat(broker.directories()).containsExactly(directory(1));
        });
    }

    @Test void aBrokerOfAnotherClusterIsRefused() {
        assertThat(refused(registration(1, new Uuid(1, 1), null).clusterId("another"), false)).isEqualTo(ErrorCode.INCONSISTENT_CLUSTER_ID);
    }

    @Test void logDirectoriesMustBeNamedUniqueAndOnesOwn() {
        world.registered(1);
        assertThat(refused(registration(2, new Uuid(1, 1), null).logDirs(List.of()), false)).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refused(registration(2, new Uuid(1, 1), null).logDirs(List.of(directory(2), directory(2))), false)).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refused(registration(2, new Uuid(1, 1), null).logDirs(List.of(new Uuid(0, 5))), false)).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refused(registration(2, new Uuid(1, 1), null).logDirs(List.of(directory(1))), false)).isEqualTo(ErrorCode.DUPLICATE_BROKER_REGISTRATION);
    }

    @Test void everyFinalizedFeatureMustBeSupported() {
        var elr = new ControllerWorld(Map.of(), FeatureLevelRecord.builder().name("eligible.leader.replicas.version").featureLevel((short) 1).build());
        BrokerRegistrationResponse response = elr.ask(new ControllerCommand.RegisterBroker(registration(1, new Uuid(1, 1), null)
            .features(List.of(BrokerRegistrationRequest.Feature.builder().name("metadata.version").minSupportedVersion((short) 7).maxSupportedVersion((short) 33).build())).build(), false));
        assertThat(response.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
        assertThat(refused(registration(1, new Uuid(1, 1), null).features(List.of()), false)).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
    }

    @Test void aSecondLiveIncarnationIsRefusedUntilTheFirstIsSilent() {
        world.unfenced(1);
        long first = world.epoch(1);
        assertThat(refused(registration(1, world.incarnation(), null), false)).isEqualTo(ErrorCode.DUPLICATE_BROKER_REGISTRATION);
        world.nowMs += ControllerWorld.SESSION_MS;
        assertThat(world.registered(1)).isGreaterThan(first);
        assertThat(world.image().cluster().broker(1).fenced()).isTrue();
    }

    @Test void aColocatedBrokersEarlierIncarnationDiedWithItsController() {
        world.unfenced(1);
        assertThat(refused(registration(1, world.incarnation(), null), true)).isEqualTo(ErrorCode.NONE);
    }

    @Test void theSameIncarnationMayRegisterAgainAndKeepsItsEpoch() {
        var incarnation = world.incarnation();
        long epoch = world.registered(registration(1, incarnation, null));
        world.heartbeat(1);
        assertThat(world.registered(registration(1, incarnation, "rack"))).isEqualTo(epoch);
        assertThat(world.image().cluster().broker(1)).extracting(BrokerRegistration::fenced, BrokerRegistration::rack).containsExactly(false, "rack");
    }

    @Test void aBrokerIsUnfencedOnceItHasReadItsOwnRegistration() {
        long epoch = world.registered(1);
        BrokerHeartbeatResponse behind = world.ask(new ControllerCommand.Heartbeat(BrokerHeartbeatRequest.builder().brokerId(1).brokerEpoch(epoch)
            .currentMetadataOffset(epoch - 1).build()));
        assertThat(behind.isFenced()).isTrue();
        assertThat(behind.isCaughtUp()).isFalse();
        assertThat(world.heartbeat(1).isFenced()).isFalse();
    }

    @Test void aHeartbeatOfAnotherEpochIsStale() {
        world.registered(1);
        BrokerHeartbeatResponse response = world.ask(new ControllerCommand.Heartbeat(BrokerHeartbeatRequest.builder().brokerId(1).brokerEpoch(99).build()));
        assertThat(response.errorCode()).isEqualTo(ErrorCode.STALE_BROKER_EPOCH.code());
        response = world.ask(new ControllerCommand.Heartbeat(BrokerHeartbeatRequest.builder().brokerId(5).brokerEpoch(1).build()));
        assertThat(response.errorCode()).isEqualTo(ErrorCode.STALE_BROKER_EPOCH.code());
    }

    @Test void aSilentBrokerIsFencedWhenItsSessionEnds() {
        world.unfenced(1);
        assertThat(world.core.nextDeadlineMs()).hasValue(world.nowMs + ControllerWorld.SESSION_MS);
        world.nowMs += ControllerWorld.SESSION_MS - 1;
        world.decide(new ControllerCommand.FenceSilentBrokers());
        assertThat(world.image().cluster().broker(1).fenced()).isFalse();
        world.nowMs += 1;
        world.decide(new ControllerCommand.FenceSilentBrokers());
        assertThat(world.image().cluster().broker(1).fenced()).isTrue();
        assertThat(world.core.nextDeadlineMs()).isEmpty();
    }

    @Test void aNewControllerGivesEveryUnfencedBrokerAWholeSession() {
        world.unfenced(1);
        world.nowMs += 1_000_000;
        world.decide(new ControllerCommand.BeginEpoch());
        world.decide(new ControllerCommand.FenceSilentBrokers());
        assertThat(world.image().cluster().broker(1).fenced()).isFalse();
    }

    @Test void aBrokerThatWantsToStopHandsOverFirst() {
        var three = withBrokers(1, 2, 3);
        three.create(ControllerWorld.assigned("orders", List.of(1, 2, 3)));
        assertThat(three.heartbeat(1, true).shouldShutDown()).isFalse();
        assertThat(three.image().cluster().broker(1).inControlledShutdown()).isTrue();
        assertThat(three.partition("orders", 0).leader()).isEqualTo(2);
        assertThat(three.partition("orders", 0).isr()).containsExactly(2, 3);

        assertThat(three.heartbeat(1, true).shouldShutDown()).as("others have not read of it yet").isFalse();
        three.heartbeat(2);
        three.heartbeat(3);
        assertThat(three.heartbeat(1, true).shouldShutDown()).isTrue();
        assertThat(three.image().cluster().broker(1).fenced()).isTrue();
    }

    @Test void theOnlyBrokerMayStopAndLeadsAgainWhenItIsBack() {
        world.unfenced(1);
        world.create(ControllerWorld.assigned("orders", List.of(1)));
        world.heartbeat(1, true);
        assertThat(world.heartbeat(1, true).shouldShutDown()).isTrue();
        assertThat(world.partition("orders", 0)).satisfies(partition -> {
            assertThat(partition.leader()).isEqualTo(PartitionRegistration.NO_LEADER);
            assertThat(partition.isr()).containsExactly(1);
        });
        world.unfenced(1);
        assertThat(world.partition("orders", 0).leader()).isEqualTo(1);
    }

    @Test void anUnregisteredBrokerIsGoneFromEveryIsr() {
        var two = withBrokers(1, 2);
        two.create(ControllerWorld.assigned("orders", List.of(1, 2)));
        UnregisterBrokerResponse response = two.ask(new ControllerCommand.UnregisterBroker(UnregisterBrokerRequest.builder().brokerId(1).build()));
        assertThat(response.errorCode()).isZero();
        assertThat(two.image().cluster().broker(1)).isNull();
        assertThat(two.partition("orders", 0).isr()).containsExactly(2);
        response = two.ask(new ControllerCommand.UnregisterBroker(UnregisterBrokerRequest.builder().brokerId(1).build()));
        assertThat(response.errorCode()).isEqualTo(ErrorCode.BROKER_ID_NOT_REGISTERED.code());
    }

    @Test void aLostDirectoryTakesItsReplicasOutOfTheIsr() {
        var two = new ControllerWorld(Map.of());
        two.registered(registration(1, two.incarnation(), null).logDirs(List.of(new Uuid(500, 1), new Uuid(500, 2))));
        two.heartbeat(1);
        two.unfenced(2);
        two.create(ControllerWorld.assigned("orders", List.of(1, 2)));
        assertThat(two.partition("orders", 0).directories().getFirst()).as("the broker chooses").isEqualTo(DirectoryId.UNASSIGNED);
        two.ask(new ControllerCommand.AssignReplicasToDirs(AssignReplicasToDirsRequest.builder().brokerId(1).brokerEpoch(two.epoch(1))
            .directories(List.of(AssignReplicasToDirsRequest.DirectoryData.builder().id(new Uuid(500, 2))
                .topics(List.of(AssignReplicasToDirsRequest.TopicData.builder().topicId(two.image().topics().byName("orders").id())
                    .partitions(List.of(AssignReplicasToDirsRequest.PartitionData.builder().partitionIndex(0).build())).build())).build())).build()));
        assertThat(two.partition("orders", 0).directories()).containsExactly(new Uuid(500, 2), directory(2));
        two.ask(new ControllerCommand.Heartbeat(BrokerHeartbeatRequest.builder().brokerId(1).brokerEpoch(two.epoch(1)).currentMetadataOffset(two.log.size())
            .offlineLogDirs(List.of(new Uuid(500, 2))).build()));
        assertThat(two.image().cluster().broker(1).directories()).containsExactly(new Uuid(500, 1));
        assertThat(two.partition("orders", 0).leader()).isEqualTo(2);
        assertThat(two.partition("orders", 0).isr()).containsExactly(2);
    }
}
