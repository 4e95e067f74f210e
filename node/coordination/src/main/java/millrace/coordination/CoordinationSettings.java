package millrace.coordination;

import java.util.concurrent.TimeUnit;

import millrace.group.command.GroupSettings;
import millrace.record.Codec;
import millrace.settings.SettingValues;

/// The settings of group coordinators.
///
/// @param groups what the groups themselves obey
/// @param offsetsPartitions `offsets.topic.num.partitions`: what the topic will have; once it is there, its own number counts
/// @param shell `offsets.topic.compression.codec`, `offsets.commit.timeout.ms`, `offsets.load.buffer.size`
public record CoordinationSettings(GroupSettings groups, int offsetsPartitions, ShellSettings shell) {
    public static final CoordinationSettings DEFAULTS = new CoordinationSettings(GroupSettings.DEFAULTS, 50,
            new ShellSettings(Codec.NONE, 5_000, 5 * 1024 * 1024, ShellSettings.RELOAD_PAUSE_MS));

    /// @throws IllegalArgumentException when values contradict each other
    public static CoordinationSettings of(SettingValues broker) {
        GroupSettings defaults = GroupSettings.DEFAULTS;
        var groups = new GroupSettings(broker.integer("group.min.session.timeout.ms"), broker.integer("group.max.session.timeout.ms"),
                broker.integer("group.initial.rebalance.delay.ms"), broker.integer("group.max.size"), broker.integer("offset.metadata.max.bytes"),
                TimeUnit.MINUTES.toMillis(broker.integer("offsets.retention.minutes")), broker.longValue("offsets.retention.check.interval.ms"),
                defaults.newMemberJoinTimeoutMs(), defaults.maxMemberMetadataBytes(), defaults.maxChangesBytes());
        return new CoordinationSettings(groups, broker.integer("offsets.topic.num.partitions"), new ShellSettings(Codec.forId(broker.integer("offsets.topic.compression.codec")),
                broker.integer("offsets.commit.timeout.ms"), broker.integer("offsets.load.buffer.size"), ShellSettings.RELOAD_PAUSE_MS));
    }

    public CoordinationSettings withGroups(GroupSettings other) {
        return new CoordinationSettings(other, offsetsPartitions, shell);
    }
}
