package millrace.quorum;

import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AllocateProducerIdsRequest;
import millrace.protocol.message.AllocateProducerIdsResponse;
import millrace.protocol.message.AlterConfigsRequest;
import millrace.protocol.message.AlterConfigsResponse;
import millrace.protocol.message.AlterPartitionRequest;
import millrace.protocol.message.AlterPartitionResponse;
import millrace.protocol.message.AssignReplicasToDirsRequest;
import millrace.protocol.message.AssignReplicasToDirsResponse;
import millrace.protocol.message.BrokerHeartbeatRequest;
import millrace.protocol.message.BrokerHeartbeatResponse;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.protocol.message.BrokerRegistrationResponse;
import millrace.protocol.message.ControllerRegistrationRequest;
import millrace.protocol.message.ControllerRegistrationResponse;
import millrace.protocol.message.CreatePartitionsRequest;
import millrace.protocol.message.CreatePartitionsResponse;
import millrace.protocol.message.CreateTopicsRequest;
import millrace.protocol.message.CreateTopicsResponse;
import millrace.protocol.message.DeleteTopicsRequest;
import millrace.protocol.message.DeleteTopicsResponse;
import millrace.protocol.message.DescribeClusterRequest;
import millrace.protocol.message.DescribeClusterResponse;
import millrace.protocol.message.DescribeQuorumRequest;
import millrace.protocol.message.DescribeQuorumResponse;
import millrace.protocol.message.ElectLeadersRequest;
import millrace.protocol.message.ElectLeadersResponse;
import millrace.protocol.message.IncrementalAlterConfigsRequest;
import millrace.protocol.message.IncrementalAlterConfigsResponse;
import millrace.protocol.message.UnregisterBrokerRequest;
import millrace.protocol.message.UnregisterBrokerResponse;
import millrace.protocol.message.UpdateFeaturesRequest;
import millrace.protocol.message.UpdateFeaturesResponse;

/// Puts an error that concerns a request as a whole where its response has a place for it: on top, or with each thing asked for.
final class ErrorAnswers {
    private ErrorAnswers() {}

    /// @throws IllegalArgumentException for a request that a controller does not serve
    static ApiResponse of(ApiRequest request, short version, ErrorCode error, String message) {
        short code = error.code();
        return switch (request) {
            case BrokerRegistrationRequest _ -> BrokerRegistrationResponse.builder().errorCode(code).build();
            case BrokerHeartbeatRequest _ -> BrokerHeartbeatResponse.builder().errorCode(code).build();
            case UnregisterBrokerRequest _ -> UnregisterBrokerResponse.builder().errorCode(code).errorMessage(message).build();
            case ControllerRegistrationRequest _ -> ControllerRegistrationResponse.builder().errorCode(code).errorMessage(message).build();
            case AlterPartitionRequest _ -> AlterPartitionResponse.builder().errorCode(code).build();
            case AssignReplicasToDirsRequest _ -> AssignReplicasToDirsResponse.builder().errorCode(code).build();
            case AllocateProducerIdsRequest _ -> AllocateProducerIdsResponse.builder().errorCode(code).build();
            case UpdateFeaturesRequest _ -> UpdateFeaturesResponse.builder().errorCode(code).errorMessage(message).build();
            case DescribeQuorumRequest _ -> DescribeQuorumResponse.builder().errorCode(code).errorMessage(message).build();
            case DescribeClusterRequest _ -> DescribeClusterResponse.builder().errorCode(code).errorMessage(message).build();
            case ElectLeadersRequest elect -> electLeaders(elect, version, code, message);
            case CreateTopicsRequest create -> CreateTopicsResponse.builder().topics(create.topics().stream().map(topic ->
                CreateTopicsResponse.CreatableTopicResult.builder().name(topic.name()).errorCode(code).errorMessage(message).build()).toList()).build();
            case CreatePartitionsRequest create -> CreatePartitionsResponse.builder().results(create.topics().stream().map(topic ->
                CreatePartitionsResponse.CreatePartitionsTopicResult.builder().name(topic.name()).errorCode(code).errorMessage(message).build()).toList()).build();
            case DeleteTopicsRequest delete -> deleteTopics(delete, version, code, message);
            case IncrementalAlterConfigsRequest alter -> IncrementalAlterConfigsResponse.builder().responses(alter.resources().stream().map(resource ->
                IncrementalAlterConfigsResponse.AlterConfigsResourceResponse.builder().resourceType(resource.resourceType()).resourceName(resource.resourceName())
                    .errorCode(code).errorMessage(message).build()).toList()).build();
            case AlterConfigsRequest alter -> AlterConfigsResponse.builder().responses(alter.resources().stream().map(resource ->
                AlterConfigsResponse.AlterConfigsResourceResponse.builder().resourceType(resource.resourceType()).resourceName(resource.resourceName())
                    .errorCode(code).errorMessage(message).build()).toList()).build();
            default -> throw new IllegalArgumentException("a controller does not serve " + request.messageName());
        };
    }

    /// Before version 1 there is no place on top.
    private static ElectLeadersResponse electLeaders(ElectLeadersRequest request, short version, short code, String message) {
        if (version > 0 || request.topicPartitions() == null) return ElectLeadersResponse.builder().errorCode(version > 0 ? code : 0).build();
        return ElectLeadersResponse.builder().replicaElectionResults(request.topicPartitions().stream().map(topic ->
            ElectLeadersResponse.ReplicaElectionResult.builder().topic(topic.topic()).partitionResult(topic.partitions().stream().map(partition ->
                ElectLeadersResponse.PartitionResult.builder().partitionId(partition).errorCode(code).errorMessage(message).build()).toList()).build()).toList()).build();
    }

    private static DeleteTopicsResponse deleteTopics(DeleteTopicsRequest request, short version, short code, String message) {
        var results = version >= 6
            ? request.topics().stream().map(topic -> DeleteTopicsResponse.DeletableTopicResult.builder().name(topic.name()).topicId(topic.topicId())
                .errorCode(code).errorMessage(message).build()).toList()
            : request.topicNames().stream().map(name -> DeleteTopicsResponse.DeletableTopicResult.builder().name(name).errorCode(code).errorMessage(message).build()).toList();
        return DeleteTopicsResponse.builder().responses(results).build();
    }
}
