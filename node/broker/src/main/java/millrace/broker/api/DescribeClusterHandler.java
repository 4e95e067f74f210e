package millrace.broker.api;

import java.util.ArrayList;
import java.util.List;
import millrace.broker.metadata.BrokerMetadata;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.Endpoint;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.DescribeClusterRequest;
import millrace.protocol.message.DescribeClusterResponse;
import millrace.protocol.message.DescribeClusterResponse.DescribeClusterBroker;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// DescribeCluster (API key 60): the cluster id and the brokers, fenced ones too when asked for.
/// Source: KIP-700, KIP-919 (endpoint type), KIP-1073 (fenced brokers).
public final class DescribeClusterHandler implements ApiHandler<DescribeClusterRequest, DescribeClusterResponse> {
    private static final byte BROKERS = 1;

    private final BrokerMetadata metadata;

    public DescribeClusterHandler(BrokerMetadata metadata) {
        this.metadata = metadata;
    }

    @Override public Answer<DescribeClusterResponse> handle(DescribeClusterRequest request, Caller caller) {
        if (request.endpointType() != BROKERS) {
            ErrorCode error = request.endpointType() == 2 ? ErrorCode.MISMATCHED_ENDPOINT_TYPE : ErrorCode.UNSUPPORTED_ENDPOINT_TYPE;
            return Answer.now(DescribeClusterResponse.builder().errorCode(error.code())
                    .errorMessage("this is a broker's listener: ask it with endpoint type 1, or ask a controller's listener").build());
        }
        List<DescribeClusterBroker> brokers = new ArrayList<>();
        for (BrokerRegistration broker : metadata.image().cluster().brokers().values()) {
            Endpoint endpoint = BrokerMetadata.endpoint(broker, caller.listenerName());
            if (endpoint == null || broker.fenced() && !request.includeFencedBrokers()) continue;
            brokers.add(new DescribeClusterBroker(broker.id(), endpoint.host(), endpoint.port(), broker.rack(), broker.fenced()));
        }
        return Answer.now(DescribeClusterResponse.builder().clusterId(metadata.clusterId()).controllerId(brokers.isEmpty() ? -1 : metadata.brokerId()).brokers(brokers)
                .clusterAuthorizedOperations(request.includeClusterAuthorizedOperations() ? AuthorizedOperations.OF_CLUSTER : AuthorizedOperations.NOT_ASKED).build());
    }
}
