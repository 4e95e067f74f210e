package millrace.coordination;

/// The topic in which transactional ids live. Which of its partitions is whose follows the same rule as for groups.
public final class TransactionTopic {
    public static final String NAME = "__transaction_state";

    private TransactionTopic() {}

    /// @param partitions of the topic, at least 1
    public static int partitionOf(String transactionalId, int partitions) {
        return OffsetsTopic.partitionOf(transactionalId, partitions);
    }
}
