package millrace.coordination;

import java.util.concurrent.TimeUnit;

import millrace.group.command.GroupSettings;
import millrace.record.Codec;
import millrace.settings.SettingValues;

/// The settings of group coordinators.
///
/// @param groups what the groups themselves obey
/// @param offsetsPartitions `offsets.topic.num.partitions`: what the topic will have; once it is there, its own number counts
/// @param codec `offsets.topic.compression.codec`
/// @param commitTimeoutMs `offsets.commit.timeout.ms`: how long an answer waits for its changes to be committed
/// @param loadBufferBytes `offsets.load.buffer.size`
/// @param reloadPauseMs how long a coordinator that met something unforeseen waits before it reads its log again
public record CoordinationSettings(GroupSettings groups, int offsetsPartitions, Codec codec, int commitTimeoutMs, int loadBufferBytes, int reloadPauseMs) {
    private static final int RELOAD_PAUSE_MS = 1_000;

    public static final CoordinationSettings DEFAULTS = new CoordinationSettings(GroupSettings.DEFAULTS, 50, Codec.NONE, 5_000, 5 * 1024 * 1024, RELOAD_PAUSE_MS);

    /// @throws IllegalArgumentException when values contradict each other
    public static CoordinationSettings of(SettingValues broker) {
        GroupSettings defaults = GroupSettings.DEFAULTS;
        var groups = new GroupSettings(broker.integer("group.min.session.timeout.ms"), broker.integer("group.max.session.timeout.ms"),
                broker.integer("group.initial.rebalance.delay.ms"), broker.integer("group.max.size"), broker.integer("offset.metadata.max.bytes"),
                TimeUnit.MINUTES.toMillis(broker.integer("offsets.retention.minutes")), broker.longValue("offsets.retention.check.interval.ms"),
                defaults.newMemberJoinTimeoutMs(), defaults.maxMemberMetadataBytes(), defaults.maxChangesBytes());
        return new CoordinationSettings(groups, broker.integer("offsets.topic.num.partitions"), Codec.forId(broker.integer("offsets.topic.compression.codec")),
                broker.integer("offsets.commit.timeout.ms"), broker.integer("offsets.load.buffer.size"), RELOAD_PAUSE_MS);
    }

    public CoordinationSettings withGroups(GroupSettings other) {
        return new CoordinationSettings(other, offsetsPartitions, codec, commitTimeoutMs, loadBufferBytes, reloadPauseMs);
    }
}
