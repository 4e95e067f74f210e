package millrace.group.command;

/// The settings that a group core obeys, each in the unit of its name, and the bounds that keep a hostile client from filling the heap.
///
/// @param minSessionTimeoutMs `group.min.session.timeout.ms`
/// @param maxSessionTimeoutMs `group.max.session.timeout.ms`
/// @param initialRebalanceDelayMs `group.initial.rebalance.delay.ms`: how long the first generation of an empty group waits for company
/// @param maxGroupSize `group.max.size`: members of one group, those who have only been given an id included
/// @param offsetMetadataMaxBytes `offset.metadata.max.bytes`, compared with the length in characters as Kafka does
/// @param offsetsRetentionMs `offsets.retention.minutes`
/// @param offsetsRetentionCheckIntervalMs `offsets.retention.check.interval.ms`
/// @param newMemberJoinTimeoutMs how long a member that never had an answer may wait for its first generation
/// @param heartbeatHoldMs `millrace.group.heartbeat.hold.ms`: how long the answer to a heartbeat of a stable classic group may be kept back; 0 for not at all
/// @param maxMemberMetadataBytes what the protocols of one member may take together; more could never be written as one record
/// @param maxChangesBytes of one decision that may be split (expiry, deletion); keeps each append well below `max.message.bytes`
/// @param consumer of groups of the consumer protocol (KIP-848)
public record GroupSettings(int minSessionTimeoutMs, int maxSessionTimeoutMs, int initialRebalanceDelayMs, int maxGroupSize,
                            int offsetMetadataMaxBytes, long offsetsRetentionMs, long offsetsRetentionCheckIntervalMs,
                            int newMemberJoinTimeoutMs, int heartbeatHoldMs, int maxMemberMetadataBytes, int maxChangesBytes, ConsumerSettings consumer) {
    /// Kafka's own defaults.
    public static final GroupSettings DEFAULTS = new GroupSettings(6_000, 1_800_000, 3_000, Integer.MAX_VALUE,
            4_096, 10_080L * 60_000, 600_000, 300_000, 4_000, 1_048_576, 256 * 1_024, ConsumerSettings.DEFAULTS);

    public GroupSettings {
        require(minSessionTimeoutMs >= 0 && minSessionTimeoutMs <= maxSessionTimeoutMs, "group.min.session.timeout.ms is above group.max.session.timeout.ms");
        require(initialRebalanceDelayMs >= 0, "group.initial.rebalance.delay.ms is negative");
        require(maxGroupSize >= 1, "group.max.size is below 1");
        require(offsetMetadataMaxBytes >= 0, "offset.metadata.max.bytes is negative");
        require(offsetsRetentionMs > 0, "offsets.retention.minutes is below 1");
        require(offsetsRetentionCheckIntervalMs > 0, "offsets.retention.check.interval.ms is below 1");
        require(heartbeatHoldMs >= 0, "millrace.group.heartbeat.hold.ms is negative");
        require(newMemberJoinTimeoutMs > 0 && maxMemberMetadataBytes > 0 && maxChangesBytes > 0, "a bound is below 1");
    }

    private static void require(boolean holds, String problem) {
        if (!holds) throw new IllegalArgumentException(problem);
    }

    public GroupSettings withInitialRebalanceDelayMs(int delayMs) {
        return new GroupSettings(minSessionTimeoutMs, maxSessionTimeoutMs, delayMs, maxGroupSize, offsetMetadataMaxBytes, offsetsRetentionMs,
                offsetsRetentionCheckIntervalMs, newMemberJoinTimeoutMs, heartbeatHoldMs, maxMemberMetadataBytes, maxChangesBytes, consumer);
    }

    public GroupSettings withMaxGroupSize(int members) {
        return new GroupSettings(minSessionTimeoutMs, maxSessionTimeoutMs, initialRebalanceDelayMs, members, offsetMetadataMaxBytes, offsetsRetentionMs,
                offsetsRetentionCheckIntervalMs, newMemberJoinTimeoutMs, heartbeatHoldMs, maxMemberMetadataBytes, maxChangesBytes, consumer);
    }

    public GroupSettings withOffsetsRetentionMs(long retentionMs, long checkIntervalMs) {
        return new GroupSettings(minSessionTimeoutMs, maxSessionTimeoutMs, initialRebalanceDelayMs, maxGroupSize, offsetMetadataMaxBytes, retentionMs,
                checkIntervalMs, newMemberJoinTimeoutMs, heartbeatHoldMs, maxMemberMetadataBytes, maxChangesBytes, consumer);
    }

    public GroupSettings withMaxChangesBytes(int bytes) {
        return new GroupSettings(minSessionTimeoutMs, maxSessionTimeoutMs, initialRebalanceDelayMs, maxGroupSize, offsetMetadataMaxBytes, offsetsRetentionMs,
                offsetsRetentionCheckIntervalMs, newMemberJoinTimeoutMs, heartbeatHoldMs, maxMemberMetadataBytes, bytes, consumer);
    }

    public GroupSettings withHeartbeatHoldMs(int ms) {
        return new GroupSettings(minSessionTimeoutMs, maxSessionTimeoutMs, initialRebalanceDelayMs, maxGroupSize, offsetMetadataMaxBytes, offsetsRetentionMs,
                offsetsRetentionCheckIntervalMs, newMemberJoinTimeoutMs, ms, maxMemberMetadataBytes, maxChangesBytes, consumer);
    }

    public GroupSettings withConsumer(ConsumerSettings other) {
        return new GroupSettings(minSessionTimeoutMs, maxSessionTimeoutMs, initialRebalanceDelayMs, maxGroupSize, offsetMetadataMaxBytes, offsetsRetentionMs,
                offsetsRetentionCheckIntervalMs, newMemberJoinTimeoutMs, heartbeatHoldMs, maxMemberMetadataBytes, maxChangesBytes, other);
    }
}
