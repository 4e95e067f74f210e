package millrace.broker.api;

import millrace.broker.api.ProducerIds.Allocation;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.InitProducerIdRequest;
import millrace.protocol.message.InitProducerIdResponse;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// InitProducerId (API key 22): a producer id for idempotence. Source: KIP-98, KIP-360.
///
/// With a transactional id it would be the transaction coordinator's to answer. There is none on this broker yet, and the error is one that a
/// client takes for final, so that it fails at once and not after its time-out.
public final class InitProducerIdHandler implements ApiHandler<InitProducerIdRequest, InitProducerIdResponse> {
    private static final short FIRST_EPOCH = 0;
    private static final short NONE = -1;

    private final ProducerIds producerIds;

    public InitProducerIdHandler(ProducerIds producerIds) {
        this.producerIds = producerIds;
    }

    @Override public Answer<InitProducerIdResponse> handle(InitProducerIdRequest request, Caller caller) {
        if (request.transactionalId() != null) {
            return Answer.now(refused(ErrorCode.INVALID_REQUEST));
        }
        // A client that recovers names the id and the epoch that it had, never one of them (KIP-360).
        if (request.producerId() == NONE != (request.producerEpoch() == NONE)) return Answer.now(refused(ErrorCode.INVALID_REQUEST));
        Pending<Allocation> allocation = producerIds.allocate();
        return Answer.when(allocation, Long.MAX_VALUE, () -> response(allocation.get()));
    }

    private static InitProducerIdResponse response(Allocation allocation) {
        if (allocation.error() != ErrorCode.NONE) return refused(allocation.error());
        return InitProducerIdResponse.builder().producerId(allocation.producerId()).producerEpoch(FIRST_EPOCH).build();
    }

    private static InitProducerIdResponse refused(ErrorCode error) {
        return InitProducerIdResponse.builder().errorCode(error.code()).producerEpoch((short) -1).build();
    }
}
