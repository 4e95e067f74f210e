package millrace.controller;

import static millrace.controller.ControllerWorld.assigned;
import static millrace.controller.ControllerWorld.withBrokers;
import static millrace.controller.ControllerWorld.withElr;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import millrace.metadata.ConfigResource;
import millrace.metadata.PartitionRegistration;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AlterPartitionRequest;
import millrace.protocol.message.ElectLeadersRequest;
import millrace.protocol.message.ElectLeadersResponse;
import millrace.protocol.message.IncrementalAlterConfigsRequest;
import millrace.protocol.metadata.PartitionChangeRecord;
import org.junit.jupiter.api.Test;

class ElectionsTest {
    private final ControllerWorld world = withBrokers(1, 2, 3);

    private static void set(ControllerWorld world, String topic, String name, String value) {
        world.ask(new ControllerCommand.IncrementalAlterConfigs(IncrementalAlterConfigsRequest.builder().resources(List.of(
            IncrementalAlterConfigsRequest.AlterConfigsResource.builder().resourceType(ConfigResource.TOPIC).resourceName(topic)
                .configs(List.of(IncrementalAlterConfigsRequest.AlterableConfig.builder().name(name).value(value).build())).build())).build()));
    }

    private static ErrorCode error(short code) {
        return ErrorCode.forCode(code);
    }

    @Test void whenTheLeaderFallsTheNextInSyncReplicaLeads() {
        world.create(assigned("orders", List.of(1, 2, 3)));
        world.falls(1);
        assertThat(world.partition("orders", 0)).satisfies(partition -> {
            assertThat(partition.leader()).isEqualTo(2);
            assertThat(partition.isr()).containsExactly(2, 3);
            assertThat(partition.leaderEpoch()).isEqualTo(1);
        });
    }

    @Test void aFollowerThatFallsLeavesTheIsrWithoutANewLeaderEpoch() {
        world.create(assigned("orders", List.of(1, 2, 3)));
        world.falls(3);
        assertThat(world.partition("orders", 0)).satisfies(partition -> {
            assertThat(partition.isr()).containsExactly(1, 2);
            assertThat(partition.leaderEpoch()).isZero();
            assertThat(partition.partitionEpoch()).isEqualTo(1);
        });
    }

    @Test void theLastInSyncReplicaStaysInTheIsrAndLeadsAgainWhenItIsBack() {
        world.create(assigned("orders", List.of(1, 2)));
        world.falls(2);
        world.falls(1);
        assertThat(world.partition("orders", 0).isr()).containsExactly(1);
        assertThat(world.partition("orders", 0).leader()).isEqualTo(PartitionRegistration.NO_LEADER);
        world.unfenced(2);
        assertThat(world.partition("orders", 0).leader()).as("2 may lack records").isEqualTo(PartitionRegistration.NO_LEADER);
        world.unfenced(1);
        assertThat(world.partition("orders", 0).leader()).isEqualTo(1);
        assertThat(world.partition("orders", 0).leaderRecoveryState()).isEqualTo(PartitionRegistration.RECOVERED);
    }

    @Test void anUncleanElectionHappensOnlyWhereItIsAllowedAndStartsRecovering() {
        world.create(assigned("orders", List.of(1, 2)));
        set(world, "orders", "unclean.leader.election.enable", "true");
        world.falls(2);
        world.falls(1);
        world.unfenced(2);
        assertThat(world.partition("orders", 0)).satisfies(partition -> {
            assertThat(partition.leader()).isEqualTo(2);
            assertThat(partition.isr()).containsExactly(2);
            assertThat(partition.leaderRecoveryState()).isEqualTo(PartitionRegistration.RECOVERING);
        });
    }

    @Test void anOperatorMayElectUncleanlyOrThePreferredLeader() {
        world.create(assigned("orders", List.of(1, 2)));
        assertThat(elect((byte) 0)).isEqualTo(ErrorCode.ELECTION_NOT_NEEDED);
        world.falls(1);
        assertThat(elect((byte) 0)).isEqualTo(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
        assertThat(elect((byte) 1)).isEqualTo(ErrorCode.ELECTION_NOT_NEEDED);
        world.unfenced(1);
        assertThat(elect((byte) 0)).as("not in sync yet").isEqualTo(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
        world.propose("orders", List.of(2, 1));
        assertThat(elect((byte) 0)).isEqualTo(ErrorCode.NONE);
        assertThat(world.partition("orders", 0).leader()).isEqualTo(1);
        world.falls(1);
        world.falls(2);
        assertThat(elect((byte) 1)).isEqualTo(ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE);
        world.unfenced(1);
        assertThat(elect((byte) 1)).isEqualTo(ErrorCode.NONE);
        assertThat(world.partition("orders", 0).leader()).isEqualTo(1);
    }

    private ErrorCode elect(byte type) {
        ElectLeadersResponse response = world.ask(new ControllerCommand.ElectLeaders(ElectLeadersRequest.builder().electionType(type)
            .topicPartitions(List.of(ElectLeadersRequest.TopicPartitions.builder().topic("orders").partitions(List.of(0)).build())).build(), (short) 2));
        return error(response.replicaElectionResults().getFirst().partitionResult().getFirst().errorCode());
    }

    @Test void leadershipGoesBackToPreferredReplicas() {
        world.create(assigned("orders", List.of(1, 2)));
        world.falls(1);
        world.unfenced(1);
        world.propose("orders", List.of(2, 1));
        world.decide(new ControllerCommand.BalanceLeaders());
        assertThat(world.partition("orders", 0).leader()).isEqualTo(1);
        int end = world.log.size();
        world.decide(new ControllerCommand.BalanceLeaders());
        assertThat(world.log).hasSize(end);
    }

    @Test void theLeaderShrinksAndExpandsItsIsr() {
        world.create(assigned("orders", List.of(1, 2, 3)));
        var shrunk = world.propose("orders", List.of(1, 2));
        assertThat(shrunk.isr()).containsExactly(1, 2);
        assertThat(shrunk.partitionEpoch()).isEqualTo(1);
        assertThat(shrunk.leaderEpoch()).isZero();
        assertThat(world.propose("orders", List.of(1, 2, 3)).isr()).containsExactly(1, 2, 3);
    }

    @Test void proposalsAreFencedByEpochs() {
        world.create(assigned("orders", List.of(1, 2, 3)));
        world.propose("orders", List.of(1, 2));
        assertThat(error(world.propose("orders", 1, 0, 0, List.of(1)).errorCode())).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(error(world.propose("orders", 1, 0, 5, List.of(1)).errorCode())).isEqualTo(ErrorCode.NOT_CONTROLLER);
        assertThat(error(world.propose("orders", 1, 1, 1, List.of(1)).errorCode())).isEqualTo(ErrorCode.NOT_CONTROLLER);
        assertThat(error(world.propose("orders", 2, 0, 1, List.of(2)).errorCode())).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error(world.propose("orders", 1, 0, 1, List.of(2)).errorCode())).as("without the leader").isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error(world.propose("orders", 1, 0, 1, List.of(1, 9)).errorCode())).isEqualTo(ErrorCode.INVALID_REQUEST);
        world.falls(1);
        world.unfenced(1);
        assertThat(error(world.propose("orders", 1, 0, 2, List.of(1)).errorCode())).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
    }

    @Test void aFencedOrRestartedReplicaIsIneligibleForTheIsr() {
        world.create(assigned("orders", List.of(1, 2, 3)));
        world.falls(3);
        int partitionEpoch = world.partition("orders", 0).partitionEpoch();
        assertThat(error(world.propose("orders", 1, 0, partitionEpoch, List.of(1, 2, 3)).errorCode())).isEqualTo(ErrorCode.INELIGIBLE_REPLICA);
        long oldEpoch = world.epoch(3);
        world.unfenced(3);
        var proposal = AlterPartitionRequest.PartitionData.builder().partitionIndex(0).leaderEpoch(0).partitionEpoch(partitionEpoch)
            .newIsrWithEpochs(List.of(state(1, world.epoch(1)), state(2, world.epoch(2)), state(3, oldEpoch))).build();
        assertThat(error(world.propose("orders", 1, proposal).errorCode())).isEqualTo(ErrorCode.INELIGIBLE_REPLICA);
    }

    private static AlterPartitionRequest.BrokerState state(int broker, long epoch) {
        return AlterPartitionRequest.BrokerState.builder().brokerId(broker).brokerEpoch(epoch).build();
    }

    @Test void replicasThatLeaveBelowTheMinimumStayEligible() {
        var elr = withElr(1, 2, 3);
        elr.create(assigned("orders", List.of(1, 2, 3)));
        set(elr, "orders", "min.insync.replicas", "2");
        elr.falls(3);
        assertThat(elr.partition("orders", 0).elr()).isEmpty();
        elr.falls(2);
        assertThat(elr.partition("orders", 0)).satisfies(partition -> {
            assertThat(partition.isr()).containsExactly(1);
            assertThat(partition.elr()).containsExactly(2);
        });
        elr.falls(1);
        assertThat(elr.partition("orders", 0)).satisfies(partition -> {
            assertThat(partition.isr()).isEmpty();
            assertThat(partition.elr()).containsExactly(1, 2);
            assertThat(partition.hasLeader()).isFalse();
        });
    }

    @Test void anEligibleReplicaLeadsCleanlyWhenItComesBackWhole() {
        var elr = withElr(1, 2);
        elr.create(assigned("orders", List.of(1, 2)));
        set(elr, "orders", "min.insync.replicas", "2");
        elr.falls(2);
        elr.falls(1);
        elr.registered(ControllerWorld.registration(2, elr.incarnation(), null).previousBrokerEpoch(elr.epoch(2)));
        elr.heartbeat(2);
        assertThat(elr.partition("orders", 0)).satisfies(partition -> {
            assertThat(partition.leader()).isEqualTo(2);
            assertThat(partition.isr()).containsExactly(2);
            assertThat(partition.elr()).containsExactly(1);
            assertThat(partition.leaderRecoveryState()).isEqualTo(PartitionRegistration.RECOVERED);
        });
    }

    @Test void aReplicaThatStoppedUncleanlyIsEligibleNoMore() {
        var elr = withElr(1, 2);
        elr.create(assigned("orders", List.of(1, 2)));
        set(elr, "orders", "min.insync.replicas", "2");
        elr.falls(2);
        elr.falls(1);
        elr.registered(ControllerWorld.registration(2, elr.incarnation(), null).previousBrokerEpoch(-1));
        elr.heartbeat(2);
        assertThat(elr.partition("orders", 0)).satisfies(partition -> {
            assertThat(partition.hasLeader()).isFalse();
            assertThat(partition.elr()).containsExactly(1);
        });
    }

    @Test void theOnlyReplicaLeadsAgainAfterAnUncleanStop() {
        var elr = withElr(1);
        elr.create(assigned("orders", List.of(1)));
        elr.falls(1);
        elr.registered(ControllerWorld.registration(1, elr.incarnation(), null).previousBrokerEpoch(-1));
        assertThat(elr.partition("orders", 0).lastKnownElr()).containsExactly(1);
        elr.heartbeat(1);
        assertThat(elr.partition("orders", 0)).satisfies(partition -> {
            assertThat(partition.leader()).isEqualTo(1);
            assertThat(partition.isr()).containsExactly(1);
            assertThat(partition.leaderRecoveryState()).isEqualTo(PartitionRegistration.RECOVERING);
        });
    }

    @Test void aReassignmentEndsWhenEveryoneAddedIsInSync() {
        world.create(assigned("orders", List.of(1, 2)));
        world.propose("orders", List.of(1, 2));
        var change = PartitionChangeRecord.builder().topicId(world.image().topics().byName("orders").id()).partitionId(0).replicas(List.of(3, 1, 2))
            .directories(List.of(ControllerWorld.directory(3), ControllerWorld.directory(1), ControllerWorld.directory(2)))
            .addingReplicas(List.of(3)).removingReplicas(List.of(1)).build();
        world.core.apply(change);
        world.log.add(change);
        var response = world.propose("orders", List.of(1, 2, 3));
        assertThat(error(response.errorCode())).as("1 leads no more").isEqualTo(ErrorCode.NEW_LEADER_ELECTED);
        assertThat(world.partition("orders", 0)).satisfies(partition -> {
            assertThat(partition.replicas()).containsExactly(3, 2);
            assertThat(partition.directories()).containsExactly(ControllerWorld.directory(3), ControllerWorld.directory(2));
            assertThat(partition.leader()).isEqualTo(3);
            assertThat(partition.addingReplicas()).isEmpty();
            assertThat(partition.removingReplicas()).isEmpty();
        });
    }
}
