package millrace.coordination.api;

import static millrace.transaction.ConnectionFence.Purpose.COORDINATION;

import millrace.coordination.TransactionCoordinators;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.EndTxnRequest;
import millrace.protocol.message.EndTxnResponse;
import millrace.transaction.Transaction;
import millrace.transaction.TransactionAnswer;
import millrace.transaction.TransactionAnswer.Ended;
import millrace.transaction.TransactionCommand.EndTransaction;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// EndTxn (API key 26), v0 to v5: commit or abort. It is answered once the outcome is committed; the markers follow.
///
///     v2  PRODUCER_FENCED    v5  transaction version 2: what the producer goes on with
public final class EndTxnHandler implements ApiHandler<EndTxnRequest, EndTxnResponse> {
    private static final short FIRST_WITH_OWN_EPOCHS = 5;
    private static final int FIRST_WITH_FENCED = 2;

    private final TransactionCoordinators coordinators;

    public EndTxnHandler(TransactionCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override public Answer<EndTxnResponse> handle(EndTxnRequest request, Caller caller) {
        if (request.transactionalId().isEmpty()) return Answer.now(response(new TransactionAnswer.Failed(ErrorCode.INVALID_REQUEST), caller.apiVersion()));
        String late = caller.apiVersion() >= FIRST_WITH_OWN_EPOCHS ? null : coordinators.lateness(request.producerId(), request.producerEpoch(), COORDINATION, caller);
        if (late != null) return Answer.close(late);
        short clientVersion = caller.apiVersion() >= FIRST_WITH_OWN_EPOCHS ? Transaction.EPOCH_FOR_EACH : 0;
        Pending<TransactionAnswer> answer = coordinators.ask(request.transactionalId(), (token, newProducerId) -> new EndTransaction(token, request.transactionalId(),
                request.producerId(), request.producerEpoch(), request.committed(), clientVersion, newProducerId));
        return Answer.when(answer, Long.MAX_VALUE, () -> response(answer.get(), caller.apiVersion()));
    }

    private static EndTxnResponse response(TransactionAnswer answer, short version) {
        var response = EndTxnResponse.builder().errorCode(EpochError.told(answer.error(), version, FIRST_WITH_FENCED).code());
        if (version >= FIRST_WITH_OWN_EPOCHS && answer instanceof Ended ended) response.producerId(ended.producerId()).producerEpoch(ended.producerEpoch());
        return response.build();
    }
}
