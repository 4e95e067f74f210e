package millrace.coordination.api;

/// What a client may do with a group, as descriptions of groups tell it.
final class GroupOperations {
    static final int NOT_ASKED_FOR = Integer.MIN_VALUE;
    /// One bit for each operation that there is on a group, by the numbers of Kafka's AclOperation:
    /// READ 3, DELETE 6, DESCRIBE 8, DESCRIBE_CONFIGS 10, ALTER_CONFIGS 11. Without an authorizer everybody may do all of them.
    static final int ALL = 1 << 3 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 11;

    private GroupOperations() {}
}
