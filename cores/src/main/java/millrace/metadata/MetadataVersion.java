package millrace.metadata;

import java.util.List;

import millrace.protocol.metadata.BrokerRegistrationChangeRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.PartitionChangeRecord;
import millrace.protocol.metadata.PartitionRecord;
import millrace.protocol.metadata.RegisterBrokerRecord;

/// The cluster's metadata version: which record versions may be written, so that every node of the cluster can read them.
///
/// @param level as in the FeatureLevel record for `metadata.version`
public record MetadataVersion(short level) implements Comparable<MetadataVersion> {
    /// 3.3-IV3, the oldest that Kafka 4.x reads.
    public static final MetadataVersion MINIMUM = new MetadataVersion((short) 7);
    /// 4.4-IV2.
    public static final MetadataVersion LATEST = new MetadataVersion((short) 33);

    /// From level 7 on, in order.
    private static final List<String> NAMES = List.of("3.3-IV3", "3.4-IV0", "3.5-IV0", "3.5-IV1", "3.5-IV2", "3.6-IV0", "3.6-IV1", "3.6-IV2",
        "3.7-IV0", "3.7-IV1", "3.7-IV2", "3.7-IV3", "3.7-IV4", "3.8-IV0", "3.9-IV0", "4.0-IV0", "4.0-IV1", "4.0-IV2", "4.0-IV3",
        "4.1-IV0", "4.1-IV1", "4.2-IV0", "4.2-IV1", "4.3-IV0", "4.4-IV0", "4.4-IV1", "4.4-IV2");

    private static final int MIGRATION_FLAG = 8;
    private static final int TRANSACTIONS = 13;
    private static final int CONTROLLER_REGISTRATION = 15;
    private static final int DIRECTORIES = 17;
    private static final int ELIGIBLE_LEADER_REPLICAS = 23;
    private static final int CORDONED_DIRECTORIES = 30;
    private static final int UNREGISTER_CONTROLLER = 33;
    /// Levels that brought a record or field which an older level could not hold: going back across one would lose facts.
    private static final List<Integer> METADATA_CHANGED_AT = List.of(8, 11, 13, 14, 15, 17, 23, 30, 32, 33);

    public boolean hasMetadataTransactions() {
        return level >= TRANSACTIONS;
    }

    public boolean hasControllerRegistration() {
        return level >= CONTROLLER_REGISTRATION;
    }

    public boolean hasDirectories() {
        return level >= DIRECTORIES;
    }

    public boolean hasEligibleLeaderReplicas() {
        return level >= ELIGIBLE_LEADER_REPLICAS;
    }

    public boolean hasCordonedDirectories() {
        return level >= CORDONED_DIRECTORIES;
    }

    public boolean hasUnregisterController() {
        return level >= UNREGISTER_CONTROLLER;
    }

    /// @return whether metadata written at this level may hold what the older `target` cannot
    public boolean losesFactsGoingTo(MetadataVersion target) {
        return METADATA_CHANGED_AT.stream().anyMatch(changed -> changed > target.level && changed <= level);
    }

    /// @return the version of `record` that every node of a cluster at this level can read
    public short recordVersion(MetadataRecord record) {
        int version = switch (record) {
            case RegisterBrokerRecord _ -> hasCordonedDirectories() ? 4 : hasDirectories() ? 3 : level >= MIGRATION_FLAG ? 2 : 1;
            case BrokerRegistrationChangeRecord _ -> hasCordonedDirectories() ? 3 : hasDirectories() ? 2 : 1;
            case PartitionRecord _ -> hasEligibleLeaderReplicas() ? 2 : hasDirectories() ? 1 : 0;
            case PartitionChangeRecord _ -> hasEligibleLeaderReplicas() ? 2 : hasDirectories() ? 1 : 0;
            default -> 0;
        };
        return (short) version;
    }

    /// @return `record` without what its version at this level cannot hold
    MetadataRecord fitted(MetadataRecord record) {
        if (hasCordonedDirectories()) return record;
        return switch (record) {
            case RegisterBrokerRecord broker -> broker.toBuilder().cordonedLogDirs(null).logDirs(hasDirectories() ? broker.logDirs() : List.of()).build();
            case BrokerRegistrationChangeRecord change ->
                change.toBuilder().cordonedLogDirs(null).logDirs(hasDirectories() ? change.logDirs() : List.of()).build();
            case PartitionRecord partition when !hasEligibleLeaderReplicas() -> partition.toBuilder().eligibleLeaderReplicas(null).lastKnownElr(null)
                .directories(hasDirectories() ? partition.directories() : List.of()).build();
            case PartitionChangeRecord change when !hasEligibleLeaderReplicas() -> change.toBuilder().eligibleLeaderReplicas(null).lastKnownElr(null)
                .directories(hasDirectories() ? change.directories() : null).build();
            default -> record;
        };
    }

    @Override public int compareTo(MetadataVersion other) {
        return Short.compare(level, other.level);
    }

    /// Kafka's name of the level, e.g. `4.4-IV2`.
    @Override public String toString() {
        int index = level - MINIMUM.level;
        return index >= 0 && index < NAMES.size() ? NAMES.get(index) : "level " + level;
    }
}
