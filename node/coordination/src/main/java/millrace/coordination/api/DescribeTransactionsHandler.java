package millrace.coordination.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import millrace.common.TopicPartition;
import millrace.coordination.TransactionCoordinators;
import millrace.protocol.message.DescribeTransactionsRequest;
import millrace.protocol.message.DescribeTransactionsResponse;
import millrace.protocol.message.DescribeTransactionsResponse.TopicData;
import millrace.protocol.message.DescribeTransactionsResponse.TransactionState;
import millrace.transaction.Transaction;
import millrace.transaction.TransactionAnswer;
import millrace.transaction.TransactionAnswer.Described;
import millrace.transaction.TransactionCommand.DescribeTransaction;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// DescribeTransactions (API key 65), v0. Source: KIP-664.
public final class DescribeTransactionsHandler implements ApiHandler<DescribeTransactionsRequest, DescribeTransactionsResponse> {
    private final TransactionCoordinators coordinators;

    public DescribeTransactionsHandler(TransactionCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override public Answer<DescribeTransactionsResponse> handle(DescribeTransactionsRequest request, Caller caller) {
        List<String> asked = request.transactionalIds();
        List<Pending<TransactionAnswer>> answers = new ArrayList<>(asked.size());
        for (String each : asked) answers.add(coordinators.ask(each, token -> new DescribeTransaction(token, each)));
        var all = new AllOf<>(answers);
        return Answer.when(all, Long.MAX_VALUE, () -> response(asked, all.values()));
    }

    private static DescribeTransactionsResponse response(List<String> asked, List<TransactionAnswer> answers) {
        List<TransactionState> states = new ArrayList<>(asked.size());
        for (int i = 0; i < asked.size(); i++) states.add(state(asked.get(i), answers.get(i)));
        return DescribeTransactionsResponse.builder().transactionStates(states).build();
    }

    private static TransactionState state(String transactionalId, TransactionAnswer answer) {
        var state = TransactionState.builder().errorCode(answer.error().code()).transactionalId(transactionalId);
        if (!(answer instanceof Described(var _, Transaction described)) || described == null) return state.build();
        return state.transactionState(described.state().text()).transactionTimeoutMs(described.timeoutMs()).transactionStartTimeMs(described.startTimestampMs())
                .producerId(described.producerId()).producerEpoch(described.producerEpoch()).topics(topics(described)).build();
    }

    private static List<TopicData> topics(Transaction described) {
        Map<String, List<Integer>> byTopic = new TreeMap<>();
        for (TopicPartition each : described.partitions()) byTopic.computeIfAbsent(each.topic(), _ -> new ArrayList<>()).add(each.partition());
        return byTopic.entrySet().stream().map(topic -> new TopicData(topic.getKey(), topic.getValue())).toList();
    }
}
