package millrace.sim.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import millrace.common.Uuid;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand;
import millrace.metadata.MetadataImage;
import millrace.protocol.ErrorCode;
import millrace.sim.Chance;
import millrace.sim.SimulationFailed;
import millrace.sim.World;
import millrace.sim.group.GroupHistory.Commit;
import millrace.sim.group.GroupHistory.Joined;
import millrace.sim.group.GroupHistory.Left;
import millrace.sim.group.GroupHistory.Synced;

/// A consumer of a classic group, as a client library is one, with a mean streak.
///
///     away ──join()──▶ joining ──▶ syncing ──▶ stable ── heartbeats, commits
///                         ▲───── the coordinator asks for a rebalance, or does not know us any more
///     from anywhere: hang() (goes on later as if nothing had been: a zombie), die(), leave()
final class GroupMember implements Member {
    private static final String TOPIC = "orders";
    private static final long RETRY_NANOS = 200_000_000;
    private static final long HEARTBEAT_NANOS = 700_000_000;
    private static final long COMMIT_NANOS = 400_000_000;
    private static final long REQUEST_TIME_OUT_NANOS = 4_000_000_000L;
    private static final long LONGEST_AWAY_NANOS = 6_000_000_000L;
    private static final long LONGEST_HANG_NANOS = 20_000_000_000L;
    private static final int SESSION_TIMEOUT_MS = 6_000;
    private static final int REBALANCE_TIMEOUT_MS = 8_000;

    private enum State { AWAY, JOINING, SYNCING, STABLE }

    private final World world;
    private final GroupNode node;
    private final GroupHistory history;
    private final String groupId;
    private final String instanceId;
    private final String clientId;
    /// Whether it is a client that goes on while a heartbeat of it has no answer.
    private final boolean mayWait;
    private final int partitions;
    private final Chance chance;
    private final TreeMap<Integer, Long> position = new TreeMap<>();
    private State state = State.AWAY;
    private String memberId = "";
    private int generation = -1;
    private String protocol;
    private TreeSet<Integer> owned = new TreeSet<>();
    private long lastArrivalNanos;
    /// Counts what this process has begun anew; answers to what it did before are not listened to.
    private int attempt;
    private long hangsUntilNanos;

    /// @param instanceId null for a dynamic member
    GroupMember(World world, GroupNode node, GroupHistory history, String groupId, int number, String instanceId, int partitions) {
        this.world = world;
        this.node = node;
        this.history = history;
        this.groupId = groupId;
        this.instanceId = instanceId;
        this.clientId = "client-" + number;
        this.mayWait = number % 2 == 0;
        this.partitions = partitions;
        this.chance = world.chance().split();
    }

    @Override public void begin() {
        world.at(chance.between(0, LONGEST_AWAY_NANOS), this::arrive);
        beat();
        commitNowAndThen();
    }

    /// From now on it stays and behaves.
    @Override public void settle() {
        hangsUntilNanos = 0;
        if (state == State.AWAY) arrive();
    }

    @Override public boolean isStable() {
        return state == State.STABLE;
    }

    @Override public TreeSet<Integer> owned() {
        return owned;
    }

    // ---- fate ---------------------------------------------------------------------------------------------------------------------

    /// Nothing of it runs for a while.
    @Override public void hang() {
        hangsUntilNanos = world.nowNanos() + chance.between(0, LONGEST_HANG_NANOS);
    }

    /// The process ends without a word; another one comes, with the same instance id if there is one.
    @Override public void die() {
        world.note(clientId + " dies");
        forget();
        world.at(chance.between(0, LONGEST_AWAY_NANOS), this::arrive);
    }

    @Override public void leave() {
        if (memberId.isEmpty()) return;
        world.note(clientId + " leaves as " + memberId);
        String leaving = memberId;
        forget();
        send(token -> new GroupCommand.LeaveGroup(token, groupId, List.of(new GroupCommand.Leaving(leaving, instanceId, null))), (answer, _) -> {
            if (answer instanceof GroupAnswer.Left left && left.error() == ErrorCode.NONE && left.members().getFirst().error() == ErrorCode.NONE) history.left(new Left(leaving, world.nowNanos()));
        }, answer -> { });
        world.at(chance.between(0, LONGEST_AWAY_NANOS), this::arrive);
    }

    private void forget() {
        attempt++;
        state = State.AWAY;
        memberId = "";
        generation = -1;
        owned = new TreeSet<>();
    }

    private void arrive() {
        if (state == State.AWAY) join();
    }

    // ---- the protocol ----------------------------------------------------------------------------------------------------------------

    private void join() {
        state = State.JOINING;
        owned = new TreeSet<>();
        int mine = ++attempt;
        String joiningAs = memberId;
        ByteBuffer metadata = ByteBuffer.wrap(new byte[] {(byte) chance.below(3)});
        // Everybody knows both: after a failover the coordinator knows of a member only the protocol that was chosen last.
        var range = new GroupCommand.Protocol("range", metadata);
        var roundRobin = new GroupCommand.Protocol("roundrobin", metadata);
        List<GroupCommand.Protocol> protocols = chance.coin() ? List.of(range, roundRobin) : List.of(roundRobin, range);
        var newId = new Uuid(world.chance().nextLong(), world.chance().nextLong());
        send(token -> new GroupCommand.JoinGroup(token, groupId, joiningAs, instanceId, clientId, "/127.0.0.1", SESSION_TIMEOUT_MS, REBALANCE_TIMEOUT_MS, "consumer", protocols,
                instanceId == null, true, null, newId, ConsumerTimes.DEFAULTS, MetadataImage.EMPTY), (answer, _) -> noteJoined(answer), answer -> {
            if (mine == attempt) joined(answer);
        });
        world.at(REQUEST_TIME_OUT_NANOS + REBALANCE_TIMEOUT_MS * 1_000_000L, () -> {
            if (mine == attempt && state == State.JOINING) join();
        });
    }

    private void noteJoined(GroupAnswer answer) {
        if (!(answer instanceof GroupAnswer.Joined joined) || joined.error() != ErrorCode.NONE) return;
        var members = new TreeSet<String>();
        for (GroupAnswer.JoinedMember member : joined.members()) members.add(member.groupInstanceId() == null ? member.memberId() : member.groupInstanceId());
        history.joined(new Joined(node.life(), joined.generationId(), joined.memberId(), identity(joined.memberId()), joined.protocolName(), members, world.nowNanos()));
        world.note(joined.memberId() + " joins generation " + joined.generationId() + (members.isEmpty() ? "" : " and leads " + members));
    }

    private String identity(String id) {
        return instanceId == null ? id : instanceId;
    }

    private void joined(GroupAnswer answer) {
        switch (answer.error()) {
            case NONE -> sync((GroupAnswer.Joined) answer);
            case MEMBER_ID_REQUIRED -> {
                memberId = ((GroupAnswer.Joined) answer).memberId();
                join();
            }
            default -> startOver(answer.error());
        }
    }

    private void sync(GroupAnswer.Joined joined) {
        state = State.SYNCING;
        memberId = joined.memberId();
        generation = joined.generationId();
        protocol = joined.protocolName();
        int mine = ++attempt;
        int inGeneration = generation;
        String as = memberId;
        String chosen = protocol;
        List<GroupCommand.Assignment> assignments = joined.members().isEmpty() || joined.skipAssignment() ? List.of() : share(joined.members());
        Runnable ask = () -> send(token -> new GroupCommand.SyncGroup(token, groupId, as, instanceId, inGeneration, "consumer", chosen, assignments, MetadataImage.EMPTY),
                (answer, _) -> noteSynced(answer, as, inGeneration), answer -> {
                    if (mine == attempt) synced(answer);
                });
        world.at(chance.perMille(100) ? chance.between(0, LONGEST_AWAY_NANOS) : 0, ask);
        world.at(2 * REQUEST_TIME_OUT_NANOS, () -> {
            if (mine == attempt && state == State.SYNCING) join();
        });
    }

    private void noteSynced(GroupAnswer answer, String as, int inGeneration) {
        if (answer instanceof GroupAnswer.Synced synced && synced.error() == ErrorCode.NONE) {
            history.synced(new Synced(node.life(), inGeneration, as, identity(as), partitionsIn(synced.assignment()), world.nowNanos()));
        }
    }

    private void synced(GroupAnswer answer) {
        if (answer.error() != ErrorCode.NONE) {
            startOver(answer.error());
            return;
        }
        state = State.STABLE;
        owned = new TreeSet<>(partitionsIn(((GroupAnswer.Synced) answer).assignment()));
    }

    /// The leader's part: every partition to one member.
    private List<GroupCommand.Assignment> share(List<GroupAnswer.JoinedMember> members) {
        var shares = new ArrayList<List<Integer>>();
        members.forEach(member -> shares.add(new ArrayList<>()));
        int first = chance.below(members.size());
        for (int partition = 0; partition < partitions; partition++) shares.get((first + partition) % members.size()).add(partition);
        List<GroupCommand.Assignment> assignments = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) assignments.add(new GroupCommand.Assignment(members.get(i).memberId(), bytesOf(shares.get(i))));
        return assignments;
    }

    private static ByteBuffer bytesOf(List<Integer> share) {
        ByteBuffer bytes = ByteBuffer.allocate(share.size());
        share.forEach(partition -> bytes.put(partition.byteValue()));
        return bytes.flip();
    }

    static List<Integer> partitionsIn(ByteBuffer assignment) {
        List<Integer> found = new ArrayList<>();
        for (int i = assignment.position(); i < assignment.limit(); i++) found.add((int) assignment.get(i));
        return found;
    }

    private void beat() {
        world.at(chance.between(HEARTBEAT_NANOS / 2, HEARTBEAT_NANOS), () -> {
            if (!isHanging() && state == State.STABLE) heartbeat();
            beat();
        });
    }

    private void heartbeat() {
        int mine = attempt;
        String as = memberId;
        int inGeneration = generation;
        send(token -> new GroupCommand.Heartbeat(token, groupId, as, instanceId, inGeneration, mayWait), GroupNode.Issued.TO_NOBODY, answer -> {
            if (mine == attempt && answer.error() != ErrorCode.NONE) startOver(answer.error());
        });
    }

    private void startOver(ErrorCode error) {
        switch (error) {
            case REBALANCE_IN_PROGRESS, ILLEGAL_GENERATION -> join();
            case UNKNOWN_MEMBER_ID -> {
                memberId = "";
                generation = -1;
                join();
            }
            case FENCED_INSTANCE_ID -> die();
            case COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, REQUEST_TIMED_OUT, UNKNOWN_SERVER_ERROR -> {
                int mine = ++attempt;
                state = State.JOINING;
                owned = new TreeSet<>();
                world.at(RETRY_NANOS, () -> {
                    if (mine == attempt) join();
                });
            }
            default -> throw new SimulationFailed("a well-behaved member was told " + error + " while " + state);
        }
    }

    // ---- commits -------------------------------------------------------------------------------------------------------------------

    private void commitNowAndThen() {
        world.at(chance.heavyTailed(COMMIT_NANOS), () -> {
            if (!isHanging() && state == State.STABLE && !owned.isEmpty()) commit(chance.pick(List.copyOf(owned)));
            commitNowAndThen();
        });
    }

    private void commit(int partition) {
        long offset = position.merge(partition, (long) chance.between(-2, 20), Long::sum);
        Commit commit = history.commit(memberId, identity(memberId), generation, partition, Math.max(0, offset), world.nowNanos());
        var one = new GroupCommand.OffsetToCommit(TOPIC, Uuid.ZERO, partition, commit.offset(), -1, Long.toString(commit.id()));
        int mine = attempt;
        send(token -> new GroupCommand.CommitOffsets(token, groupId, commit.memberId(), instanceId, commit.generation(), false, -1, List.of(one)), (answer, _) -> {
            if (errorOf(answer) == ErrorCode.NONE) commit.issuedIn(node.life());
        }, answer -> {
            ErrorCode error = errorOf(answer);
            switch (error) {
                case NONE -> commit.ok(world.nowNanos());
                case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, FENCED_INSTANCE_ID, REBALANCE_IN_PROGRESS -> {
                    commit.failed(world.nowNanos());
                    if (mine == attempt && state == State.STABLE) startOver(error);
                }
                case COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, REQUEST_TIMED_OUT, UNKNOWN_SERVER_ERROR -> { }   // open: it may have happened
                default -> throw new SimulationFailed("a commit of a well-behaved member was told " + error);
            }
        });
    }

    private static ErrorCode errorOf(GroupAnswer answer) {
        return answer instanceof GroupAnswer.OffsetsCommitted committed && committed.error() == ErrorCode.NONE ? committed.offsets().getFirst().error() : answer.error();
    }

    // ---- the network ------------------------------------------------------------------------------------------------------------------

    private boolean isHanging() {
        return world.nowNanos() < hangsUntilNanos;
    }

    /// @param issued  runs when the coordinator gives the answer out
    /// @param arrived runs when the member has it, unless it hangs: then when it wakes up
    private void send(LongFunction<GroupCommand> command, GroupNode.Issued issued, Consumer<GroupAnswer> arrived) {
        long now = world.nowNanos();
        lastArrivalNanos = Math.max(lastArrivalNanos + 1, now + chance.heavyTailed(GroupNode.TYPICAL_DELAY_NANOS));
        world.at(lastArrivalNanos - now, () -> node.submit(clientId + " of " + groupId, groupId, command, issued, answer -> whenAwake(() -> arrived.accept(answer))));
    }

    private void whenAwake(Runnable doing) {
        if (isHanging()) world.at(hangsUntilNanos - world.nowNanos(), () -> whenAwake(doing));
        else doing.run();
    }

    @Override public String toString() {
        return clientId + " " + state + " " + memberId + " generation " + generation + " " + owned;
    }
}
