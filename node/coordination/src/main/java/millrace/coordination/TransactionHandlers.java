package millrace.coordination;

import java.util.EnumMap;
import java.util.Map;

import millrace.coordination.api.AddOffsetsToTxnHandler;
import millrace.coordination.api.AddPartitionsToTxnHandler;
import millrace.coordination.api.DescribeTransactionsHandler;
import millrace.coordination.api.EndTxnHandler;
import millrace.coordination.api.InitProducerIdHandler;
import millrace.coordination.api.ListTransactionsHandler;
import millrace.coordination.api.TxnOffsetCommitHandler;
import millrace.protocol.ApiKey;
import millrace.wire.ApiHandler;

/// Every API of producers and transactions that a coordinator answers, and who does.
public final class TransactionHandlers {
    private TransactionHandlers() {}

    public static Map<ApiKey, ApiHandler<?, ?>> all(TransactionCoordinators transactions, GroupCoordinators groups, ClusterView cluster, ProducerIdSource producerIds) {
        Map<ApiKey, ApiHandler<?, ?>> handlers = new EnumMap<>(ApiKey.class);
        handlers.put(ApiKey.INIT_PRODUCER_ID, new InitProducerIdHandler(producerIds, transactions));
        handlers.put(ApiKey.ADD_PARTITIONS_TO_TXN, new AddPartitionsToTxnHandler(transactions, cluster));
        handlers.put(ApiKey.ADD_OFFSETS_TO_TXN, new AddOffsetsToTxnHandler(transactions, groups));
        handlers.put(ApiKey.END_TXN, new EndTxnHandler(transactions));
        handlers.put(ApiKey.TXN_OFFSET_COMMIT, new TxnOffsetCommitHandler(groups, transactions, cluster));
        handlers.put(ApiKey.DESCRIBE_TRANSACTIONS, new DescribeTransactionsHandler(transactions));
        handlers.put(ApiKey.LIST_TRANSACTIONS, new ListTransactionsHandler(transactions));
        return handlers;
    }
}
