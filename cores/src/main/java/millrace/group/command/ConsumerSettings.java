package millrace.group.command;

import java.util.List;

/// The settings of consumer groups that hold for all of them. What a group can have for itself comes with its commands ([ConsumerTimes]).
///
/// @param times `group.consumer.session.timeout.ms` and its like, for a group that no command has come for since the log was read
/// @param maxSize `group.consumer.max.size`: members of one group
/// @param assignors `group.consumer.assignors`: by name, the first is the default
/// @param migration `group.consumer.migration.policy`
/// @param expressionRefreshMs `group.consumer.regex.refresh.interval.ms`: how old the answer to a regular expression may get
public record ConsumerSettings(ConsumerTimes times, int maxSize, List<String> assignors, Migration migration, int expressionRefreshMs) {
    /// Kafka's own defaults.
    public static final ConsumerSettings DEFAULTS = new ConsumerSettings(ConsumerTimes.DEFAULTS, Integer.MAX_VALUE, List.of("uniform", "range"),
            Migration.BIDIRECTIONAL, 600_000);

    public ConsumerSettings {
        assignors = List.copyOf(assignors);
        if (assignors.isEmpty()) throw new IllegalArgumentException("group.consumer.assignors is empty; name uniform, range or both");
        if (maxSize < 1) throw new IllegalArgumentException("group.consumer.max.size is below 1");
    }

    /// In which direction a group may change its protocol while it has members.
    public enum Migration {
        BIDIRECTIONAL, UPGRADE, DOWNGRADE, DISABLED;

        public boolean mayUpgrade() {
            return this == BIDIRECTIONAL || this == UPGRADE;
        }

        public boolean mayDowngrade() {
            return this == BIDIRECTIONAL || this == DOWNGRADE;
        }
    }

    /// What one group obeys, in milliseconds.
    ///
    /// @param sessionTimeoutMs after which a member that is not heard of is put out
    /// @param heartbeatIntervalMs how often members are told to send heartbeats
    /// @param assignmentIntervalMs the least time between two target assignments (KIP-1263)
    public record ConsumerTimes(int sessionTimeoutMs, int heartbeatIntervalMs, int assignmentIntervalMs) {
        public static final ConsumerTimes DEFAULTS = new ConsumerTimes(45_000, 5_000, 1_000);
    }

    public ConsumerSettings withMaxSize(int members) {
        return new ConsumerSettings(times, members, assignors, migration, expressionRefreshMs);
    }

    public ConsumerSettings withMigration(Migration policy) {
        return new ConsumerSettings(times, maxSize, assignors, policy, expressionRefreshMs);
    }
}
