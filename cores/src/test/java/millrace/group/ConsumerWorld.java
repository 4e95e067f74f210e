package millrace.group;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import millrace.common.Uuid;
import millrace.group.command.ConsumerSettings;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.GroupAnswer.ConsumerGroupDescribed;
import millrace.group.command.GroupCommand.DescribeConsumerGroup;
import millrace.group.command.GroupCommand.OffsetToCommit;
import millrace.group.command.GroupCommand.CommitOffsets;
import millrace.group.command.GroupSettings;
import millrace.group.stored.ConsumerGroup;
import millrace.protocol.ErrorCode;
import millrace.protocol.metadata.PartitionRecord;
import millrace.protocol.metadata.RemoveTopicRecord;
import millrace.protocol.metadata.TopicRecord;

/// A [GroupWorld] with topics, for groups of the consumer protocol. Assignments are due at once unless a test says otherwise.
final class ConsumerWorld {
    static final String GROUP = GroupWorld.GROUP;

    final GroupWorld world;
    ConsumerTimes times = new ConsumerTimes(45_000, 5_000, 0);

    ConsumerWorld(GroupSettings settings) {
        this.world = new GroupWorld(settings);
    }

    /// A world with topic `t` of that many partitions.
    static ConsumerWorld with(int partitions) {
        return new ConsumerWorld(GroupSettings.DEFAULTS).topic("t", partitions);
    }

    static ConsumerWorld with(int partitions, ConsumerSettings settings) {
        return new ConsumerWorld(GroupSettings.DEFAULTS.withConsumer(settings)).topic("t", partitions);
    }

    ConsumerWorld topic(String name, int partitions) {
        Uuid id = idOf(name);
        if (world.image.topics().byName(name) == null) world.image = world.image.apply(TopicRecord.builder().name(name).topicId(id).build());
        for (int i = world.image.topics().byName(name).partitions().size(); i < partitions; i++)
            world.image = world.image.apply(PartitionRecord.builder().partitionId(i).topicId(id).replicas(List.of(1)).isr(List.of(1)).leader(1).directories(List.of(new Uuid(2, 2))).build());
        return this;
    }

    void withoutTopic(String name) {
        world.image = world.image.apply(RemoveTopicRecord.builder().topicId(idOf(name)).build());
    }

    static Uuid idOf(String topic) {
        return new Uuid(77, topic.hashCode());
    }

    TestConsumer consumer(String name) {
        return new TestConsumer(this, name);
    }

    ConsumerGroup group() {
        return world.core.stored().consumer(GROUP);
    }

    ConsumerGroupDescribed describe() {
        return world.answer(world.ask(token -> new DescribeConsumerGroup(token, GROUP)), ConsumerGroupDescribed.class);
    }

    String state() {
        return describe().state();
    }

    ErrorCode commit(String memberId, int memberEpoch, String topic, int partition) {
        return world.commit(new CommitOffsets(0, GROUP, memberId, null, memberEpoch, true, -1, List.of(new OffsetToCommit(topic, idOf(topic), partition, 1, -1, ""))));
    }

    /// A bug that is planted: what commits are answered, whatever the core says; null for what it says.
    ErrorCode commitsAnswer;

    ErrorCode commitAt(String memberId, int memberEpoch, String topic, int partition, long offset) {
        ErrorCode error = world.commit(new CommitOffsets(0, GROUP, memberId, null, memberEpoch, true, -1, List.of(new OffsetToCommit(topic, idOf(topic), partition, offset, -1, ""))));
        return commitsAnswer == null ? error : commitsAnswer;
    }

    /// @return member ─▶ its target, for those that have one
    Map<String, List<Integer>> targets(String topic) {
        Map<String, List<Integer>> targets = new TreeMap<>();
        group().targets().forEach((member, target) -> targets.put(member, target.of(idOf(topic))));
        return targets;
    }
}
