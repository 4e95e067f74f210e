package millrace.transaction;

import java.util.List;

import millrace.common.TopicPartition;
import millrace.protocol.ErrorCode;

/// What a command brought. Errors that the protocol foresees are values of these.
public sealed interface TransactionAnswer {
    ErrorCode error();

    /// The command was not carried out, or nobody can say whether it was: the coordinator moved, is loading, or could not write.
    record Failed(ErrorCode error) implements TransactionAnswer {}

    /// Nothing was done; ask again, with a producer id that nobody has.
    record ProducerIdNeeded() implements TransactionAnswer {
        @Override public ErrorCode error() {
            return ErrorCode.NONE;
        }
    }

    /// @param producerId and `producerEpoch`: -1 with an error
    record Initialized(ErrorCode error, long producerId, short producerEpoch) implements TransactionAnswer {
        static Initialized refused(ErrorCode error) {
            return new Initialized(error, Transaction.NO_PRODUCER_ID, Transaction.NO_EPOCH);
        }
    }

    record PartitionsAdded(ErrorCode error) implements TransactionAnswer {}

    /// @param error of the request as a whole; when there is none each partition has its own, in the order of the request
    record PartitionsVerified(ErrorCode error, List<ErrorCode> ofPartitions) implements TransactionAnswer {}

    /// @param producerId and `producerEpoch`: what the producer goes on with; -1 with an error, and for a client that keeps what it has
    record Ended(ErrorCode error, long producerId, short producerEpoch) implements TransactionAnswer {
        static Ended with(ErrorCode error) {
            return new Ended(error, Transaction.NO_PRODUCER_ID, Transaction.NO_EPOCH);
        }
    }

    /// @param error `NONE` also when it had been completed before
    record Completed(ErrorCode error) implements TransactionAnswer {}

    /// @param transaction null with an error
    record Described(ErrorCode error, Transaction transaction) implements TransactionAnswer {}

    record Listed(ErrorCode error, List<ListedTransaction> transactions) implements TransactionAnswer {}

    record ListedTransaction(String transactionalId, long producerId, TransactionState state) {}

    record VersionUsed() implements TransactionAnswer {
        @Override public ErrorCode error() {
            return ErrorCode.NONE;
        }
    }

    /// Announced once the outcome is committed: the markers are to be written to all its partitions, and then it is to be completed.
    ///
    /// @param decidedMs names the decision ([Transaction#lastUpdateTimestampMs]): producer id and epoch are those of many transactions of an old client
    record MarkersDue(String transactionalId, long producerId, short producerEpoch, boolean commit, List<TopicPartition> partitions, short transactionVersion,
                      long decidedMs) implements TransactionAnswer {
        public MarkersDue {
            partitions = List.copyOf(partitions);
        }

        @Override public ErrorCode error() {
            return ErrorCode.NONE;
        }
    }

    /// Announced: come back with [TransactionCommand.AbortExpired].
    record ProducerIdWanted(String transactionalId, long producerId, short producerEpoch) implements TransactionAnswer {
        @Override public ErrorCode error() {
            return ErrorCode.NONE;
        }
    }
}
