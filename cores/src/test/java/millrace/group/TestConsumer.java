package millrace.group;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import millrace.common.Uuid;
import millrace.group.command.GroupAnswer.ConsumerHeard;
import millrace.group.command.GroupCommand.ConsumerHeartbeat;
import millrace.group.stored.Partitions;
import millrace.protocol.ErrorCode;

/// A member of a consumer group as a client of version 1 is one: it tells all about itself when it joins, and afterwards what has changed.
/// It has what it was last given; a test lets it give up by [#givesUp].
final class TestConsumer {
    final String memberId;
    private final ConsumerWorld world;
    String instanceId;
    String assignor;
    String rackId;
    List<String> topics = List.of("t");
    String expression;
    int rebalanceTimeoutMs = 60_000;
    int epoch;
    Partitions owned = Partitions.NONE;
    /// For a test whose members speak of what they have only when it has changed.
    boolean saysWhatItHas;
    /// What the last heartbeat brought.
    ConsumerHeard heard;

    TestConsumer(ConsumerWorld world, String memberId) {
        this.world = world;
        this.memberId = memberId;
    }

    TestConsumer asInstance(String id) {
        instanceId = id;
        return this;
    }

    TestConsumer subscribedTo(String... names) {
        topics = List.of(names);
        expression = null;
        return this;
    }

    TestConsumer subscribedBy(String text) {
        topics = null;
        expression = text;
        return this;
    }

    TestConsumer assignedBy(String name) {
        assignor = name;
        return this;
    }

    // ---- heartbeats ----

    TestConsumer joins() {
        epoch = 0;
        owned = Partitions.NONE;
        sends(0, true);
        return this;
    }

    /// With all that it has, which is what it keeps of the assignment before.
    TestConsumer beats() {
        sends(epoch, false);
        return this;
    }

    TestConsumer changesSubscription() {
        sends(epoch, true);
        return this;
    }

    ErrorCode error() {
        return heard.error();
    }

    /// It has done what it was told; tells what it still has.
    TestConsumer givesUp() {
        return beats();
    }

    ErrorCode leaves() {
        return tells(new ConsumerHeartbeat(0, ConsumerWorld.GROUP, memberId, -1, instanceId, null, -1, null, null, null, null, "c", "/h", true, world.times, world.world.image, null));
    }

    ErrorCode leavesForNow() {
        return tells(new ConsumerHeartbeat(0, ConsumerWorld.GROUP, memberId, -2, instanceId, null, -1, null, null, null, null, "c", "/h", true, world.times, world.world.image, null));
    }

    ErrorCode beatsAt(int memberEpoch, Partitions has) {
        return tells(new ConsumerHeartbeat(0, ConsumerWorld.GROUP, memberId, memberEpoch, instanceId, null, -1, null, null, null, has, "c", "/h", true, world.times, world.world.image, null));
    }

    private void sends(int memberEpoch, boolean all) {
        tells(new ConsumerHeartbeat(0, ConsumerWorld.GROUP, memberId, memberEpoch, instanceId, rackId, all ? rebalanceTimeoutMs : -1, all ? topics : null,
                all ? expression : null, all ? assignor : null, owned, "c", "/h", true, world.times, world.world.image, null));
        if (heard.error() == ErrorCode.NONE) epoch = heard.memberEpoch();
        if (heard.assigned() != null) owned = heard.assigned();
    }

    private ErrorCode tells(ConsumerHeartbeat said) {
        long token = world.world.ask(t -> new ConsumerHeartbeat(t, said.groupId(), said.memberId(), said.memberEpoch(), said.instanceId(), said.rackId(), said.rebalanceTimeoutMs(),
                said.topics(), said.expression(), said.assignor(), said.owned(), said.clientId(), said.clientHost(), said.mustHaveMemberId(), said.times(), said.image(), world.world.random()));
        heard = world.world.answer(token, ConsumerHeard.class);
        return heard.error();
    }

    // ---- what it has ----

    /// @return partitions of topic `t`
    List<Integer> has() {
        return has("t");
    }

    List<Integer> has(String topic) {
        return owned.of(ConsumerWorld.idOf(topic));
    }

    static Partitions of(String topic, Integer... partitions) {
        Map<Uuid, List<Integer>> byTopic = new TreeMap<>();
        byTopic.put(ConsumerWorld.idOf(topic), new ArrayList<>(List.of(partitions)));
        return Partitions.of(byTopic);
    }
}
