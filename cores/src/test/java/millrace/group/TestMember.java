package millrace.group;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import millrace.common.Uuid;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.GroupAnswer.HeartbeatHeard;
import millrace.group.command.GroupAnswer.Joined;
import millrace.group.command.GroupAnswer.Synced;
import millrace.group.command.GroupCommand.Assignment;
import millrace.group.command.GroupCommand.Heartbeat;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.OffsetToCommit;
import millrace.group.command.GroupCommand.Protocol;
import millrace.group.command.GroupCommand.SyncGroup;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ConsumerProtocolSubscription;

/// A client of the classic protocol in a test. It remembers what it was told, as a client does, and nothing else.
final class TestMember {
    private final GroupWorld world;
    private final String clientId;
    String group = GroupWorld.GROUP;
    String memberId = "";
    String instanceId;
    int generation = -1;
    String type = "consumer";
    List<Protocol> protocols = List.of(new Protocol("range", subscription("t")));
    int sessionTimeoutMs = 10_000;
    int rebalanceTimeoutMs = 60_000;
    boolean needsId = true;
    boolean skipsAssignment = true;
    long joinToken;
    long syncToken;
    long beatToken;

    TestMember(GroupWorld world, String clientId) {
        this.world = world;
        this.clientId = clientId;
    }

    // ---- as what ----

    TestMember instance(String id) {
        instanceId = id;
        return this;
    }

    TestMember of(String otherGroup) {
        group = otherGroup;
        return this;
    }

    TestMember protocols(String... names) {
        List<Protocol> chosen = new ArrayList<>();
        for (String name : names) chosen.add(new Protocol(name, subscription("t")));
        protocols = chosen;
        return this;
    }

    TestMember reads(String... topics) {
        protocols = List.of(new Protocol("range", subscription(topics)));
        return this;
    }

    TestMember timeouts(int sessionMs, int rebalanceMs) {
        sessionTimeoutMs = sessionMs;
        rebalanceTimeoutMs = rebalanceMs;
        return this;
    }

    /// A client of before KIP-394: it is let in without an id.
    TestMember old() {
        needsId = false;
        skipsAssignment = false;
        return this;
    }

    static ByteBuffer subscription(String... topics) {
        ByteBuffer body = ConsumerProtocolSubscription.builder().topics(List.of(topics)).build().toBytes((short) 1);
        return ByteBuffer.allocate(2 + body.remaining()).putShort((short) 1).put(body).flip().asReadOnlyBuffer();
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8)).asReadOnlyBuffer();
    }

    // ---- joining ----

    /// Joins, and if it is only given an id, joins with that.
    TestMember joins() {
        asksToJoin();
        Joined answer = world.answer(joinToken, Joined.class);
        if (answer != null && answer.error() == ErrorCode.MEMBER_ID_REQUIRED) {
            memberId = answer.memberId();
            asksToJoin();
        }
        return this;
    }

    TestMember asksToJoin() {
        joinToken = world.ask(token -> new JoinGroup(token, group, memberId, instanceId, clientId, "/127.0.0.1", sessionTimeoutMs, rebalanceTimeoutMs,
                type, protocols, needsId, skipsAssignment, null, world.random(), ConsumerTimes.DEFAULTS, world.image));
        return this;
    }

    boolean waitsToJoin() {
        return world.answer(joinToken, Joined.class) == null;
    }

    ErrorCode joinError() {
        return joinAnswer().error();
    }

    Joined joinAnswer() {
        Joined answer = world.answer(joinToken, Joined.class);
        assertThat(answer).as("%s has been answered", clientId).isNotNull();
        return answer;
    }

    /// It has been let in, and takes up what it was told.
    TestMember isIn() {
        Joined answer = joinAnswer();
        assertThat(answer.error()).isEqualTo(ErrorCode.NONE);
        memberId = answer.memberId();
        generation = answer.generationId();
        return this;
    }

    boolean leads() {
        return joinAnswer().leader().equals(memberId);
    }

    // ---- afterwards ----

    TestMember asksToSync(Map<TestMember, String> assignments) {
        List<Assignment> given = new ArrayList<>();
        assignments.forEach((member, text) -> given.add(new Assignment(member.memberId, bytes(text))));
        return asksToSync(generation, null, null, given);
    }

    TestMember asksToSync(int inGeneration, String saysType, String saysName, List<Assignment> given) {
        syncToken = world.ask(token -> new SyncGroup(token, group, memberId, instanceId, inGeneration, saysType, saysName, given, world.image));
        return this;
    }

    TestMember syncs() {
        return asksToSync(Map.of());
    }

    boolean waitsToSync() {
        return world.answer(syncToken, Synced.class) == null;
    }

    Synced syncAnswer() {
        Synced answer = world.answer(syncToken, Synced.class);
        assertThat(answer).as("%s has been answered", clientId).isNotNull();
        return answer;
    }

    ErrorCode syncError() {
        return syncAnswer().error();
    }

    String assigned() {
        assertThat(syncError()).isEqualTo(ErrorCode.NONE);
        return UTF_8.decode(syncAnswer().assignment().duplicate()).toString();
    }

    ErrorCode heartbeats() {
        long token = world.ask(t -> new Heartbeat(t, group, memberId, instanceId, generation, false));
        return world.answer(token, HeartbeatHeard.class).error();
    }

    /// A heartbeat whose answer may be kept back.
    TestMember beats() {
        beatToken = world.ask(t -> new Heartbeat(t, group, memberId, instanceId, generation, true));
        return this;
    }

    /// @return null while it is kept back
    ErrorCode heard() {
        HeartbeatHeard answer = world.answer(beatToken, HeartbeatHeard.class);
        return answer == null ? null : answer.error();
    }

    ErrorCode leaves() {
        return world.remove(group, memberId, instanceId);
    }

    ErrorCode commits(String topic, int partition, long offset) {
        return world.commit(group, memberId, instanceId, generation, new OffsetToCommit(topic, Uuid.ZERO, partition, offset, 7, "mine"));
    }
}
