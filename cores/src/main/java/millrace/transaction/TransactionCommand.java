package millrace.transaction;

import java.util.List;

import millrace.common.TopicPartition;

/// Something that a client, a broker, or the node itself wants of the transactions of one partition.
public sealed interface TransactionCommand {
    /// Names the answer. Tokens of one core are never used twice.
    long token();

    /// InitProducerId with a transactional id: be its one producer from now on.
    ///
    /// @param producerId and `producerEpoch`: what a producer that recovers had; -1 for a new one
    /// @param newProducerId to give out if one is needed; [Transaction#NO_PRODUCER_ID] to be asked for it only then
    record InitProducerId(long token, String transactionalId, int timeoutMs, long producerId, short producerEpoch, long newProducerId) implements TransactionCommand {}

    /// AddPartitionsToTxn and AddOffsetsToTxn: these partitions are about to be written to.
    ///
    /// @param clientVersion the transaction version that the request's version tells of
    record AddPartitions(long token, String transactionalId, long producerId, short producerEpoch, List<TopicPartition> partitions, short clientVersion)
            implements TransactionCommand {
        public AddPartitions {
            partitions = List.copyOf(partitions);
        }
    }

    /// AddPartitionsToTxn of a broker that only wants to know: do these partitions belong to the transaction that is under way?
    record VerifyPartitions(long token, String transactionalId, long producerId, short producerEpoch, List<TopicPartition> partitions) implements TransactionCommand {
        public VerifyPartitions {
            partitions = List.copyOf(partitions);
        }
    }

    /// EndTxn.
    /// @param newProducerId as in [InitProducerId]
    record EndTransaction(long token, String transactionalId, long producerId, short producerEpoch, boolean commit, short clientVersion, long newProducerId)
            implements TransactionCommand {}

    /// The markers of this transaction are written on every partition.
    ///
    /// @param decidedMs as in [TransactionAnswer.MarkersDue]
    record CompleteTransaction(long token, String transactionalId, long producerId, short producerEpoch, long decidedMs) implements TransactionCommand {}

    /// Asked for by [TransactionAnswer.ProducerIdWanted]: a transaction has lasted too long, and its producer has no epoch left.
    record AbortExpired(long token, String transactionalId, long producerId, short producerEpoch, long newProducerId) implements TransactionCommand {}

    record DescribeTransaction(long token, String transactionalId) implements TransactionCommand {}

    /// @param states and `producerIds`: empty lets everything through
    /// @param durationMs only transactions that have been open for longer, in wall time; negative lets everything through
    /// @param pattern of RE2 that the whole transactional id has to match; null lets everything through
    record ListTransactions(long token, List<TransactionState> states, List<Long> producerIds, long durationMs, String pattern) implements TransactionCommand {
        public ListTransactions {
            states = List.copyOf(states);
            producerIds = List.copyOf(producerIds);
        }
    }

    /// The cluster's `transaction.version` is this from now on.
    record UseVersion(long token, short level) implements TransactionCommand {}
}
