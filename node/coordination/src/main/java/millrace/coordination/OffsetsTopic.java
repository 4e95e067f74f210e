package millrace.coordination;

/// The topic in which groups live, and which of its partitions is whose.
public final class OffsetsTopic {
    public static final String NAME = "__consumer_offsets";

    private OffsetsTopic() {}

    /// Kafka's choice, from Java's hash of the id; the same on every node, or nobody would find a group.
    /// @param partitions of the topic, at least 1
    public static int partitionOf(String groupId, int partitions) {
        int hash = groupId.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitions;
    }
}
