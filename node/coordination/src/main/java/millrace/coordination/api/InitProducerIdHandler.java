package millrace.coordination.api;

import millrace.coordination.ProducerIdSource;
import millrace.coordination.ProducerIdSource.Given;
import millrace.coordination.TransactionCoordinators;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.InitProducerIdRequest;
import millrace.protocol.message.InitProducerIdResponse;
import millrace.transaction.TransactionAnswer;
import millrace.transaction.TransactionAnswer.Initialized;
import millrace.transaction.TransactionCommand.InitProducerId;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// InitProducerId (API key 22), v0 to v5: a producer id for idempotence, or for the one owner of a transactional id. Source: KIP-98, KIP-360.
///
///     v3  what a producer that recovers had    v4  PRODUCER_FENCED    v5  TRANSACTION_ABORTABLE is understood
public final class InitProducerIdHandler implements ApiHandler<InitProducerIdRequest, InitProducerIdResponse> {
    private static final short FIRST_EPOCH = 0;
    private static final short NONE = -1;
    private static final int FIRST_WITH_FENCED = 4;

    private final ProducerIdSource producerIds;
    private final TransactionCoordinators coordinators;

    public InitProducerIdHandler(ProducerIdSource producerIds, TransactionCoordinators coordinators) {
        this.producerIds = producerIds;
        this.coordinators = coordinators;
    }

    @Override public Answer<InitProducerIdResponse> handle(InitProducerIdRequest request, Caller caller) {
        // A client that recovers names the id and the epoch that it had, never one of them (KIP-360).
        if (request.producerId() == NONE != (request.producerEpoch() == NONE)) return Answer.now(refused(ErrorCode.INVALID_REQUEST));
        return request.transactionalId() == null ? forIdempotence() : forTransactions(request, caller.apiVersion());
    }

    private Answer<InitProducerIdResponse> forIdempotence() {
        Pending<Given> given = producerIds.next();
        return Answer.when(given, Long.MAX_VALUE, () -> given.get().error() != ErrorCode.NONE ? refused(given.get().error()) : response(given.get().producerId(), FIRST_EPOCH));
    }

    private Answer<InitProducerIdResponse> forTransactions(InitProducerIdRequest request, short version) {
        Pending<TransactionAnswer> answer = coordinators.ask(request.transactionalId(), (token, newProducerId) -> new InitProducerId(token, request.transactionalId(),
                request.transactionTimeoutMs(), request.producerId(), request.producerEpoch(), newProducerId));
        return Answer.when(answer, Long.MAX_VALUE, () -> switch (answer.get()) {
            case Initialized given when given.error() == ErrorCode.NONE -> response(given.producerId(), given.producerEpoch());
            default                                                     -> refused(EpochError.told(answer.get().error(), version, FIRST_WITH_FENCED));
        });
    }

    private static InitProducerIdResponse response(long producerId, short producerEpoch) {
        return InitProducerIdResponse.builder().producerId(producerId).producerEpoch(producerEpoch).build();
    }

    private static InitProducerIdResponse refused(ErrorCode error) {
        return InitProducerIdResponse.builder().errorCode(error.code()).producerId(NONE).producerEpoch(NONE).build();
    }
}
