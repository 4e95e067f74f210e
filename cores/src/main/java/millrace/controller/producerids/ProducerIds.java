package millrace.controller.producerids;

import millrace.controller.Changes;
import millrace.metadata.BrokerRegistration;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AllocateProducerIdsRequest;
import millrace.protocol.message.AllocateProducerIdsResponse;
import millrace.protocol.metadata.ProducerIdsRecord;

/// AllocateProducerIds (API key 67).
public final class ProducerIds {
    private static final int BLOCK_SIZE = 1_000;

    public AllocateProducerIdsResponse allocate(AllocateProducerIdsRequest request, Changes changes) {
        BrokerRegistration broker = changes.image().cluster().broker(request.brokerId());
        if (broker == null || broker.epoch() != request.brokerEpoch())
            return AllocateProducerIdsResponse.builder().errorCode(ErrorCode.STALE_BROKER_EPOCH.code()).build();
        long first = changes.image().producerIds().nextProducerId();
        if (first > Long.MAX_VALUE - BLOCK_SIZE) return AllocateProducerIdsResponse.builder().errorCode(ErrorCode.UNKNOWN_SERVER_ERROR.code()).build();
        changes.add(ProducerIdsRecord.builder().brokerId(request.brokerId()).brokerEpoch(request.brokerEpoch()).nextProducerId(first + BLOCK_SIZE).build());
        return AllocateProducerIdsResponse.builder().producerIdStart(first).producerIdLen(BLOCK_SIZE).build();
    }
}
