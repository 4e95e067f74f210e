package millrace.sim.group;

import static millrace.sim.PlantedHandlers.only;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import millrace.common.Uuid;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ApiVersionsRequest;
import millrace.protocol.message.FindCoordinatorRequest;
import millrace.protocol.message.FindCoordinatorResponse;
import millrace.protocol.message.HeartbeatRequest;
import millrace.protocol.message.HeartbeatResponse;
import millrace.protocol.message.JoinGroupRequest;
import millrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import millrace.protocol.message.JoinGroupResponse;
import millrace.protocol.message.LeaveGroupRequest;
import millrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import millrace.protocol.message.OffsetCommitRequest;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import millrace.protocol.message.SyncGroupRequest;
import millrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import millrace.protocol.message.SyncGroupResponse;
import millrace.sim.Chance;
import millrace.sim.Fault;
import millrace.sim.World;
import millrace.sim.log.WholeNode;
import millrace.storage.log.LogConfig;
import millrace.wire.Answer;
import millrace.wire.ClientChannel;
import millrace.wire.Condition;
import millrace.wire.Handlers;
import millrace.wire.Reply.Answered;
import org.junit.jupiter.api.Test;

/// Members that behave as the Java client does, at a whole node: their heartbeats go out by the clock, their commits over the same connection whenever they
/// like, and heartbeats are kept back. Asked are two laws: nothing waits behind a kept heartbeat ("behind"), and who has one open hears of a rebalance at
/// once ("told"). Bugs are planted around the handlers.
class KeptHeartbeatsOverTheWireTest {
    private static final int SEEDS = 10;
    private static final int MEMBERS = 3;
    private static final long HEARTBEAT_NANOS = 3_000_000_000L;
    private static final long COMMIT_NANOS = 8_000_000_000L;
    private static final long GOES_ON_NANOS = 25_000_000_000L;
    /// For the network, both ways, and a node that is busy. A heartbeat is kept back for seconds.
    private static final long AT_ONCE_NANOS = 500_000_000L;
    private static final long PATIENCE_MS = 30_000;
    private static final String GROUP = "group";
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /// What one run has shown.
    private static final class Seen {
        private final TreeSet<String> broken = new TreeSet<>();
        private int keptHeartbeats;
        private int commitsBehindOne;
        private int toldAtOnce;
    }

    private static final class Story {
        private final World world;
        private final WholeNode node;
        private final Chance chance;
        private final Seen seen;
        private final List<JavaMember> members = new ArrayList<>();
        private boolean hasCoordinator;
        private boolean over;

        Story(World world, Seen seen, Handlers.Step planted) {
            this.world = world;
            this.seen = seen;
            this.chance = world.chance().split();
            this.node = new WholeNode(world, 1, LogConfig.builder().build(), "fsync", Map.of("offsets.topic.num.partitions", "1", "group.initial.rebalance.delay.ms", "500"), handlers -> handlers.around(planted));
        }

        void run() {
            node.start();
            var first = new JavaMember(this, "finder");
            findCoordinator(first);
            assertThat(world.runUntil(() -> hasCoordinator && node.isServing(), GOES_ON_NANOS)).isTrue();
            for (int i = 0; i < MEMBERS; i++) members.add(new JavaMember(this, "member-" + i));
            members.forEach(JavaMember::begin);
            world.run(GOES_ON_NANOS);
            assertThat(members).as("the group is stable").allMatch(member -> member.stable);
            members.removeFirst().leave();
            members.forEach(JavaMember::mustBeTold);
            world.run(GOES_ON_NANOS);
            over = true;
        }

        private void findCoordinator(JavaMember finder) {
            if (hasCoordinator) return;
            if (node.isServing()) finder.<FindCoordinatorResponse>ask(FindCoordinatorRequest.builder().key(GROUP).build(), 3, found -> hasCoordinator |= found.errorCode() == ErrorCode.NONE.code());
            world.at(200_000_000, () -> findCoordinator(finder));
        }
    }

    private static final class JavaMember {
        private final Story story;
        private final World world;
        private final String clientId;
        private ClientChannel channel;
        private String memberId = "";
        private int generation;
        private boolean stable;
        private boolean gone;
        private long toldNanos;
        private long lastAskedNanos;
        /// Since when heartbeats are without an answer, the oldest first.
        private final Deque<Long> open = new ArrayDeque<>();

        JavaMember(Story story, String clientId) {
            this.story = story;
            this.world = story.world;
            this.clientId = clientId;
        }

        void begin() {
            ask(ApiVersionsRequest.builder().clientSoftwareName("apache-kafka-java").clientSoftwareVersion("4.4.0").build(), 4, _ -> { });
            join();
            world.at(story.chance.between(0, HEARTBEAT_NANOS), this::beat);
            world.at(story.chance.between(0, COMMIT_NANOS), this::commit);
        }

        <R extends ApiResponse> void ask(ApiRequest request, int version, Consumer<R> answered) {
            if (channel == null) channel = story.node.connect();
            lastAskedNanos = world.nowNanos();
            channel.<R>ask(request, (short) version, PATIENCE_MS).whenDone(reply -> {
                if (reply instanceof Answered<R>(R response)) world.at(0, () -> answered.accept(response));
            });
        }

        private void join() {
            stable = false;
            var request = JoinGroupRequest.builder().groupId(GROUP).memberId(memberId).protocolType("consumer").sessionTimeoutMs(30_000).rebalanceTimeoutMs(60_000)
                    .protocols(List.of(new JoinGroupRequestProtocol("range", NOTHING))).build();
            this.<JoinGroupResponse>ask(request, 9, joined -> {
                memberId = joined.memberId();
                if (joined.errorCode() == ErrorCode.NONE.code()) sync(joined);
                else join();
            });
        }

        private void sync(JoinGroupResponse joined) {
            generation = joined.generationId();
            var given = joined.members().stream().map(each -> new SyncGroupRequestAssignment(each.memberId(), NOTHING)).toList();
            var request = SyncGroupRequest.builder().groupId(GROUP).generationId(generation).memberId(memberId).protocolType("consumer").protocolName("range").assignments(given).build();
            this.<SyncGroupResponse>ask(request, 5, synced -> {
                stable = synced.errorCode() == ErrorCode.NONE.code();
                if (!stable) join();
            });
        }

        private void beat() {
            if (gone || story.over) return;
            world.at(HEARTBEAT_NANOS, this::beat);
            if (!stable) return;
            open.add(world.nowNanos());
            int in = generation;
            this.<HeartbeatResponse>ask(HeartbeatRequest.builder().groupId(GROUP).generationId(in).memberId(memberId).build(), 4, heard -> {
                if (world.nowNanos() - open.remove() > AT_ONCE_NANOS) story.seen.keptHeartbeats++;
                if (heard.errorCode() != ErrorCode.REBALANCE_IN_PROGRESS.code() || in != generation || !stable) return;
                toldNanos = world.nowNanos();
                join();
            });
        }

        private void commit() {
            if (gone || story.over) return;
            world.at(story.chance.between(0, COMMIT_NANOS), this::commit);
            if (!stable) return;
            long askedNanos = world.nowNanos();
            if (!open.isEmpty()) story.seen.commitsBehindOne++;
            var topic = new OffsetCommitRequestTopic(WholeNode.TOPIC, Uuid.ZERO, List.of(new OffsetCommitRequestPartition(0, 7, -1, "")));
            ask(OffsetCommitRequest.builder().groupId(GROUP).generationIdOrMemberEpoch(generation).memberId(memberId).topics(List.of(topic)).build(), 8, _ -> {
                if (world.nowNanos() - askedNanos > AT_ONCE_NANOS) story.seen.broken.add("behind");
            });
        }

        void leave() {
            gone = true;
            ask(LeaveGroupRequest.builder().groupId(GROUP).members(List.of(new MemberIdentity(memberId, null, null))).build(), 5, _ -> { });
        }

        /// Somebody leaves now. Whose heartbeat is kept is told, unless something it asks at this time has ended the wait.
        private void mustBeTold() {
            long leftNanos = world.nowNanos();
            if (open.isEmpty() || lastAskedNanos > leftNanos - AT_ONCE_NANOS) return;
            world.at(AT_ONCE_NANOS, () -> {
                if (toldNanos >= leftNanos) story.seen.toldAtOnce++;
                else if (lastAskedNanos < leftNanos) story.seen.broken.add("told");
            });
        }
    }

    private static Seen run(Handlers.Step planted) {
        var seen = new Seen();
        for (long seed = 1; seed <= SEEDS; seed++) {
            World world = World.of(seed);
            world.faults(Fault.INTERLEAVING);
            new Story(world, seen, planted).run();
        }
        return seen;
    }

    @Test void nothingWaitsBehindAKeptHeartbeatAndWhoHasOneHearsOfARebalanceAtOnce() {
        Seen seen = run((_, handler) -> handler);
        assertThat(seen.broken).isEmpty();
        assertThat(seen.keptHeartbeats).isGreaterThan(SEEDS * 10);
        assertThat(seen.commitsBehindOne).isGreaterThan(SEEDS * 5);
        assertThat(seen.toldAtOnce).isGreaterThan(SEEDS / 2);
    }

    @Test void aHeartbeatThatDoesNotGiveWayIsFound() {
        assertThat(run(only(ApiKey.HEARTBEAT, (request, caller, handler) -> deaf(handler.handle(request, caller)))).broken).contains("behind");
    }

    /// It waits as long as it would, and nobody can tell it that something waits behind it.
    private static Answer<ApiResponse> deaf(Answer<ApiResponse> answer) {
        if (!(answer instanceof Answer.Waiting<ApiResponse>(Condition condition, long deadlineMs, boolean holdsLine, var then))) return answer;
        var deaf = new Condition() {
            @Override public boolean holds() {
                return condition.holds();
            }

            @Override public void watch(Watcher watcher) {
                condition.watch(watcher);
            }

            @Override public void unwatch(Watcher watcher) {
                condition.unwatch(watcher);
            }
        };
        return new Answer.Waiting<>(deaf, deadlineMs, holdsLine, then);
    }

    @Test void aRebalanceThatIsToldLateIsFound() {
        assertThat(run(only(ApiKey.HEARTBEAT, (request, caller, handler) -> late(handler.handle(request, caller), caller.receivedMs() + 3_900))).broken).contains("told");
    }

    /// What has to be told is told when the time of the heartbeat is over.
    private static Answer<ApiResponse> late(Answer<ApiResponse> answer, long notBeforeMs) {
        return Answer.after(Condition.on(List.of(), () -> false), notBeforeMs, () -> answer);
    }
}
