package millrace.controller;

import java.util.List;

import millrace.protocol.message.AllocateProducerIdsRequest;
import millrace.protocol.message.AlterConfigsRequest;
import millrace.protocol.message.AlterPartitionRequest;
import millrace.protocol.message.AssignReplicasToDirsRequest;
import millrace.protocol.message.BrokerHeartbeatRequest;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.protocol.message.ControllerRegistrationRequest;
import millrace.protocol.message.CreatePartitionsRequest;
import millrace.protocol.message.CreateTopicsRequest;
import millrace.protocol.message.DeleteTopicsRequest;
import millrace.protocol.message.ElectLeadersRequest;
import millrace.protocol.message.IncrementalAlterConfigsRequest;
import millrace.protocol.message.UnregisterBrokerRequest;
import millrace.protocol.message.UpdateFeaturesRequest;
import millrace.protocol.metadata.FeatureLevelRecord;

/// What an active controller is asked to decide. Commands that carry a request are answered with its response; those that come
/// from the clock have no answer.
public sealed interface ControllerCommand {
    /// @param colocated the broker runs in the controller's own process. Then an earlier incarnation of the same id is certainly
    ///     dead, because it died with the controller of its time, and need not time out first.
    record RegisterBroker(BrokerRegistrationRequest request, boolean colocated) implements ControllerCommand {}

    record Heartbeat(BrokerHeartbeatRequest request) implements ControllerCommand {}

    record UnregisterBroker(UnregisterBrokerRequest request) implements ControllerCommand {}

    record RegisterController(ControllerRegistrationRequest request) implements ControllerCommand {}

    /// @param seed decides topic ids and placement
    record CreateTopics(CreateTopicsRequest request, short version, long seed) implements ControllerCommand {}

    /// @param seed decides placement
    record CreatePartitions(CreatePartitionsRequest request, long seed) implements ControllerCommand {}

    record DeleteTopics(DeleteTopicsRequest request, short version) implements ControllerCommand {}

    record IncrementalAlterConfigs(IncrementalAlterConfigsRequest request) implements ControllerCommand {}

    record AlterConfigs(AlterConfigsRequest request) implements ControllerCommand {}

    record AlterPartition(AlterPartitionRequest request, short version) implements ControllerCommand {}

    record AssignReplicasToDirs(AssignReplicasToDirsRequest request) implements ControllerCommand {}

    record ElectLeaders(ElectLeadersRequest request, short version) implements ControllerCommand {}

    record AllocateProducerIds(AllocateProducerIdsRequest request) implements ControllerCommand {}

    record UpdateFeatures(UpdateFeaturesRequest request, short version) implements ControllerCommand {}

    /// The first leader of an empty log lays down the feature levels.
    /// @param formatted the levels that the directory was formatted with, empty when it was not
    record Bootstrap(List<FeatureLevelRecord> formatted) implements ControllerCommand {}

    /// A leader begins its epoch: a metadata transaction that an earlier leader left open is aborted.
    record BeginEpoch() implements ControllerCommand {}

    /// A session may have run out ([ControllerCore#nextDeadlineMs]).
    record FenceSilentBrokers() implements ControllerCommand {}

    /// Leadership goes back to preferred replicas that can take it (`auto.leader.rebalance.enable`).
    record BalanceLeaders() implements ControllerCommand {}

    /// A record without effect, by which others see that the leader is alive.
    record Idle() implements ControllerCommand {}
}
