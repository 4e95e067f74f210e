package millrace.coordination.api;

import java.util.ArrayList;
import java.util.List;

import millrace.coordination.TransactionCoordinators;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ListTransactionsRequest;
import millrace.protocol.message.ListTransactionsResponse;
import millrace.transaction.TransactionAnswer;
import millrace.transaction.TransactionAnswer.Listed;
import millrace.transaction.TransactionCommand.ListTransactions;
import millrace.transaction.TransactionState;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// ListTransactions (API key 66), v0 to v2: the transactional ids whose coordinator is here. Source: KIP-664, KIP-994, KIP-1152.
///
///     v1  how long open    v2  pattern
public final class ListTransactionsHandler implements ApiHandler<ListTransactionsRequest, ListTransactionsResponse> {
    private final TransactionCoordinators coordinators;

    public ListTransactionsHandler(TransactionCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override public Answer<ListTransactionsResponse> handle(ListTransactionsRequest request, Caller caller) {
        if (coordinators.isLoading()) return Answer.now(refused(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS));
        List<String> unknown = request.stateFilters().stream().filter(filter -> TransactionState.forText(filter) == null).toList();
        List<TransactionState> states = request.stateFilters().stream().map(TransactionState::forText).filter(state -> state != null).toList();
        // No transaction is in a state that does not exist.
        if (!unknown.isEmpty() && states.isEmpty()) return Answer.now(ListTransactionsResponse.builder().unknownStateFilters(unknown).build());
        var all = new AllOf<>(coordinators.askAll(token -> new ListTransactions(token, states, request.producerIdFilters(), request.durationFilter(), request.transactionalIdPattern())));
        return Answer.when(all, Long.MAX_VALUE, () -> response(unknown, all.values()));
    }

    private static ListTransactionsResponse response(List<String> unknown, List<TransactionAnswer> answers) {
        List<ListTransactionsResponse.TransactionState> states = new ArrayList<>();
        for (TransactionAnswer answer : answers) {
            if (answer.error() == ErrorCode.NOT_COORDINATOR) continue;          // it has moved, and is listed there
            if (answer.error() != ErrorCode.NONE) return refused(answer.error());
            for (var each : ((Listed) answer).transactions()) states.add(new ListTransactionsResponse.TransactionState(each.transactionalId(), each.producerId(), each.state().text()));
        }
        return ListTransactionsResponse.builder().unknownStateFilters(unknown).transactionStates(states).build();
    }

    private static ListTransactionsResponse refused(ErrorCode error) {
        return ListTransactionsResponse.builder().errorCode(error.code()).build();
    }
}
