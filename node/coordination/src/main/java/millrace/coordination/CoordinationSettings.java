package millrace.coordination;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

import millrace.group.command.ConsumerSettings;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.ConsumerSettings.Migration;
import millrace.group.command.GroupSettings;
import millrace.record.Codec;
import millrace.settings.SettingValues;

/// The settings of group coordinators.
///
/// @param groups what the groups themselves obey
/// @param offsetsPartitions `offsets.topic.num.partitions`: what the topic will have; once it is there, its own number counts
/// @param consumerProtocol whether `group.coordinator.rebalance.protocols` names the consumer protocol
/// @param shell `offsets.topic.compression.codec`, `offsets.commit.timeout.ms`, `offsets.load.buffer.size`, `group.coordinator.append.linger.ms`
public record CoordinationSettings(GroupSettings groups, int offsetsPartitions, ShellSettings shell, boolean consumerProtocol) {
    public static final CoordinationSettings DEFAULTS = new CoordinationSettings(GroupSettings.DEFAULTS, 50,
            new ShellSettings(Codec.NONE, 5_000, 5 * 1024 * 1024, ShellSettings.RELOAD_PAUSE_MS, new Linger(Linger.ADAPTIVE)), true);

    /// @throws IllegalArgumentException when values contradict each other
    public static CoordinationSettings of(SettingValues broker) {
        GroupSettings defaults = GroupSettings.DEFAULTS;
        var groups = new GroupSettings(broker.integer("group.min.session.timeout.ms"), broker.integer("group.max.session.timeout.ms"),
                broker.integer("group.initial.rebalance.delay.ms"), broker.integer("group.max.size"), broker.integer("offset.metadata.max.bytes"),
                TimeUnit.MINUTES.toMillis(broker.integer("offsets.retention.minutes")), broker.longValue("offsets.retention.check.interval.ms"),
                defaults.newMemberJoinTimeoutMs(), broker.integer("millrace.group.heartbeat.hold.ms"), defaults.maxMemberMetadataBytes(), defaults.maxChangesBytes(), consumer(broker));
        return new CoordinationSettings(groups, broker.integer("offsets.topic.num.partitions"), new ShellSettings(Codec.forId(broker.integer("offsets.topic.compression.codec")),
                broker.integer("offsets.commit.timeout.ms"), broker.integer("offsets.load.buffer.size"), ShellSettings.RELOAD_PAUSE_MS,
                new Linger(broker.integer("group.coordinator.append.linger.ms"))),
                broker.list("group.coordinator.rebalance.protocols").contains("consumer"));
    }

    private static ConsumerSettings consumer(SettingValues broker) {
        return new ConsumerSettings(consumerTimes(broker), broker.integer("group.consumer.max.size"), broker.list("group.consumer.assignors"),
                Migration.valueOf(broker.string("group.consumer.migration.policy").toUpperCase(Locale.ROOT)), broker.integer("group.consumer.regex.refresh.interval.ms"));
    }

    /// @return what a consumer group obeys that has no settings of its own
    public static ConsumerTimes consumerTimes(SettingValues broker) {
        return new ConsumerTimes(broker.integer("group.consumer.session.timeout.ms"), broker.integer("group.consumer.heartbeat.interval.ms"),
                broker.integer("group.consumer.assignment.interval.ms"));
    }

    public CoordinationSettings withGroups(GroupSettings other) {
        return new CoordinationSettings(other, offsetsPartitions, shell, consumerProtocol);
    }
}
