package millrace.quorum;

import java.util.Optional;

import millrace.controller.ControllerCommand;
import millrace.ports.Randomness;
import millrace.protocol.ApiRequest;
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

/// From a request to the controller's command.
final class Commands {
    private Commands() {}

    /// @param colocated the request comes from the broker in this process
    /// @return empty for a request that the controller core does not decide
    static Optional<ControllerCommand> of(ApiRequest request, short version, boolean colocated, Randomness randomness) {
        return Optional.ofNullable(switch (request) {
            case BrokerHeartbeatRequest heartbeat -> new ControllerCommand.Heartbeat(heartbeat);
            case AlterPartitionRequest alter -> new ControllerCommand.AlterPartition(alter, version);
            case AllocateProducerIdsRequest allocate -> new ControllerCommand.AllocateProducerIds(allocate);
            case CreateTopicsRequest create -> new ControllerCommand.CreateTopics(create, version, randomness.nextLong());
            case CreatePartitionsRequest create -> new ControllerCommand.CreatePartitions(create, randomness.nextLong());
            case DeleteTopicsRequest delete -> new ControllerCommand.DeleteTopics(delete, version);
            case IncrementalAlterConfigsRequest alter -> new ControllerCommand.IncrementalAlterConfigs(alter);
            case AlterConfigsRequest alter -> new ControllerCommand.AlterConfigs(alter);
            case ElectLeadersRequest elect -> new ControllerCommand.ElectLeaders(elect, version);
            case AssignReplicasToDirsRequest assign -> new ControllerCommand.AssignReplicasToDirs(assign);
            case BrokerRegistrationRequest register -> new ControllerCommand.RegisterBroker(register, colocated);
            case UnregisterBrokerRequest unregister -> new ControllerCommand.UnregisterBroker(unregister);
            case ControllerRegistrationRequest register -> new ControllerCommand.RegisterController(register);
            case UpdateFeaturesRequest update -> new ControllerCommand.UpdateFeatures(update, version);
            default -> null;
        });
    }
}
