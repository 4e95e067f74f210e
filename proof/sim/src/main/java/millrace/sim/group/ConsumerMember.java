package millrace.sim.group;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import millrace.common.Uuid;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.ConsumerHeard;
import millrace.group.command.GroupCommand;
import millrace.group.command.GroupCommand.ConsumerHeartbeat;
import millrace.group.stored.Partitions;
import millrace.metadata.MetadataImage;
import millrace.protocol.ErrorCode;
import millrace.sim.Chance;
import millrace.sim.SimulationFailed;
import millrace.sim.World;
import millrace.sim.group.ConsumerHistory.Heard;
import millrace.sim.group.ConsumerHistory.Held;
import millrace.sim.group.GroupHistory.Commit;
import millrace.sim.log.LogHistory.Seen;

/// A consumer of a consumer group (KIP-848), as a client library is one, with a mean streak. One heartbeat at a time; what it is told to give up it
/// reads from a while longer, and says with a later heartbeat that it has given it up. It begins to read where the group has got to, and commits no more than it has read.
///
///     away ── joins in epoch 0 ──▶ in an epoch ◀── told of another assignment, and does as told
///       ▲                              │
///       └── leaves, dies ──────────────┴── fenced: gives up everything, and joins again
final class ConsumerMember implements Member {
    private static final String TOPIC = "orders";
    private static final long BEAT_NANOS = 700_000_000;
    private static final long PATIENCE_NANOS = 1_500_000_000;
    private static final long GIVING_UP_NANOS = 150_000_000;
    private static final long READ_NANOS = 200_000_000;
    private static final long COMMIT_NANOS = 400_000_000;
    private static final long LONGEST_AWAY_NANOS = 6_000_000_000L;
    private static final long LONGEST_HANG_NANOS = 20_000_000_000L;
    private static final int REBALANCE_TIMEOUT_MS = 300_000;
    private static final int LEAVES = -1;
    private static final int LEAVES_FOR_NOW = -2;

    private final World world;
    private final GroupNode node;
    private final ConsumerHistory history;
    private final GroupHistory offsets;
    private final String groupId;
    private final String instanceId;
    private final String clientId;
    private final Chance chance;
    /// Where it reads on, of what it owns; missing until it has been told what is committed.
    private final TreeMap<Integer, Long> position = new TreeMap<>();
    private final TreeMap<Integer, Held> owned = new TreeMap<>();
    private TreeSet<Integer> told = new TreeSet<>();
    /// What it has told last, and was heard; null when it is to tell all about itself.
    private TreeSet<Integer> said;
    /// It was told of another assignment than before. Once it has done as told it says so, also when that leaves it with what it has said already: the Java
    /// client counts its assignments, and does not compare sets.
    private boolean owesAnAnswer;
    private boolean hasDoneAsTold;
    private Uuid topicId = Uuid.ZERO;
    private String memberId = "";
    private int epoch;
    private boolean here;
    private boolean waiting;
    /// Counts what this process has begun anew; answers to what it did before are not listened to.
    private int attempt;
    private int assignment;
    private long hangsUntilNanos;

    /// @param instanceId null for a dynamic member
    ConsumerMember(World world, GroupNode node, ConsumerHistory history, GroupHistory offsets, String groupId, int number, String instanceId) {
        this.world = world;
        this.node = node;
        this.history = history;
        this.offsets = offsets;
        this.groupId = groupId;
        this.instanceId = instanceId;
        this.clientId = "client-" + number;
        this.chance = world.chance().split();
    }

    @Override public void begin() {
        world.at(chance.between(0, LONGEST_AWAY_NANOS), this::arrive);
        beat();
        readNowAndThen();
        commitNowAndThen();
    }

    @Override public void settle() {
        hangsUntilNanos = 0;
        if (!here) arrive();
    }

    @Override public boolean isStable() {
        return here && epoch > 0 && owned.keySet().equals(told) && told.equals(said) && !hasDoneAsTold;
    }

    @Override public TreeSet<Integer> owned() {
        return new TreeSet<>(owned.keySet());
    }

    // ---- fate ----

    @Override public void hang() {
        hangsUntilNanos = world.nowNanos() + chance.between(0, LONGEST_HANG_NANOS);
    }

    @Override public void die() {
        world.note(clientId + " dies");
        goAway();
    }

    @Override public void leave() {
        if (!here || epoch == 0) return;
        world.note(clientId + " leaves as " + memberId);
        String as = memberId;
        int how = instanceId != null && chance.coin() ? LEAVES_FOR_NOW : LEAVES;
        goAway();
        ask(token -> heartbeat(token, as, how, false, null), (answer, takenNanos) -> heard(as, how, takenNanos, answer), _ -> { });
    }

    private void goAway() {
        fenced();
        here = false;
        world.at(chance.between(0, LONGEST_AWAY_NANOS), this::arrive);
    }

    private void arrive() {
        if (here) return;
        here = true;
        memberId = new Uuid(chance.nextLong(), chance.nextLong()).toString();
    }

    /// It has nothing any more, and is in no epoch.
    private void fenced() {
        attempt++;
        assignment++;
        waiting = false;
        epoch = 0;
        told = new TreeSet<>();
        said = null;
        take(told);
    }

    private void take(TreeSet<Integer> next) {
        for (int partition : List.copyOf(owned.keySet())) {
            if (next.contains(partition)) continue;
            owned.remove(partition).until(world.nowNanos());
            position.remove(partition);
        }
        for (int partition : next) owned.computeIfAbsent(partition, it -> history.takes(memberId, identity(memberId), it, world.nowNanos()));
    }

    private String identity(String id) {
        return instanceId == null ? id : instanceId;
    }

    // ---- heartbeats ----

    private void beat() {
        world.at(chance.between(BEAT_NANOS / 2, BEAT_NANOS), () -> {
            if (here && !isHanging() && !waiting) heartbeat();
            beat();
        });
    }

    private void heartbeat() {
        waiting = true;
        int mine = ++attempt;
        boolean all = epoch == 0 || said == null;
        TreeSet<Integer> has = owned();
        boolean says = all || hasDoneAsTold || !has.equals(said);
        hasDoneAsTold = false;
        String as = memberId;
        int in = epoch;
        ask(token -> heartbeat(token, as, in, all, says ? partitions(has) : null), (answer, takenNanos) -> heard(as, in, takenNanos, answer), answer -> {
            if (mine == attempt) answered((ConsumerHeard) answer, has);
        });
        world.at(PATIENCE_NANOS, () -> whenAwake(() -> {
            if (mine == attempt && waiting) silent();
        }));
    }

    private ConsumerHeartbeat heartbeat(long token, String as, int in, boolean all, Partitions has) {
        return new ConsumerHeartbeat(token, groupId, as, in, instanceId, null, all ? REBALANCE_TIMEOUT_MS : -1, all ? List.of(TOPIC) : null, null, null, has, clientId, "/127.0.0.1", true,
                ConsumerTimes.DEFAULTS, MetadataImage.EMPTY, null);
    }

    private Partitions partitions(TreeSet<Integer> some) {
        return some.isEmpty() ? Partitions.NONE : Partitions.of(Map.of(topicId, some));
    }

    /// At the coordinator, when it answers.
    private void heard(String as, int in, long takenNanos, GroupAnswer answer) {
        var told = (ConsumerHeard) answer;
        history.heard(new Heard(as, identity(as), in, told.error(), told.memberEpoch(), takenNanos, world.nowNanos()));
    }

    private void silent() {
        attempt++;
        waiting = false;
        tellsAll();
        node.reconnect(name());
    }

    /// With the next heartbeat it tells all that it has. What it was told and has not taken by then it must not take any more, unless it is told again:
    /// having heard that the member has it not, the coordinator may give it to somebody else.
    private void tellsAll() {
        said = null;
        told = owned();
        assignment++;
    }

    private void answered(ConsumerHeard answer, TreeSet<Integer> has) {
        waiting = false;
        switch (answer.error()) {
            case NONE -> {
                epoch = answer.memberEpoch();
                said = has;
                if (answer.assigned() != null) assigned(answer.assigned());
            }
            case UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, GROUP_ID_NOT_FOUND -> fenced();
            case FENCED_INSTANCE_ID -> die();
            case UNRELEASED_INSTANCE_ID, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, REQUEST_TIMED_OUT, UNKNOWN_SERVER_ERROR -> tellsAll();
            default -> throw new SimulationFailed("a well-behaved member was told " + answer.error() + ": " + answer.message());
        }
    }

    private void assigned(Partitions assigned) {
        var all = new ArrayList<Integer>();
        assigned.byTopic().forEach((topic, partitions) -> {
            topicId = topic;
            all.addAll(partitions);
        });
        owesAnAnswer |= !told.equals(new TreeSet<>(all));
        told = new TreeSet<>(all);
        int mine = ++assignment;
        world.at(chance.heavyTailed(GIVING_UP_NANOS), () -> whenAwake(() -> {
            if (mine == assignment) doAsTold();
        }));
    }

    private void doAsTold() {
        take(told);
        hasDoneAsTold = owesAnAnswer;
        owesAnAnswer = false;
    }

    // ---- records ----

    private void readNowAndThen() {
        world.at(chance.heavyTailed(READ_NANOS), () -> {
            if (here && !isHanging() && epoch > 0 && !owned.isEmpty()) read(chance.pick(List.copyOf(owned.keySet())));
            readNowAndThen();
        });
    }

    private void read(int partition) {
        Held mine = owned.get(partition);
        Long from = position.get(partition);
        if (from == null) findPlace(partition, mine);
        else node.read(partition, from, contents -> whenAwake(() -> {
            if (owned.get(partition) != mine || !from.equals(position.get(partition))) return;
            offsets.given(partition, contents.seen().stream().map(Seen::offset).toList());
            position.put(partition, contents.next());
        }));
    }

    /// Where the group has got to, or else at the beginning.
    private void findPlace(int partition, Held mine) {
        var one = new GroupCommand.TopicPartitions(TOPIC, Uuid.ZERO, List.of(partition));
        ask(token -> new GroupCommand.FetchOffsets(token, groupId, null, -1, true, List.of(one)), GroupNode.Issued.TO_NOBODY, answer -> {
            if (owned.get(partition) != mine || !(answer instanceof GroupAnswer.OffsetsFetched fetched) || fetched.error() != ErrorCode.NONE) return;
            var found = fetched.topics().getFirst().partitions().getFirst();
            if (found.error() == ErrorCode.NONE) position.putIfAbsent(partition, Math.max(0, found.offset()));
        });
    }

    // ---- commits ----

    private void commitNowAndThen() {
        world.at(chance.heavyTailed(COMMIT_NANOS), () -> {
            if (here && !isHanging() && epoch > 0 && !position.isEmpty()) commit(chance.pick(List.copyOf(position.keySet())));
            commitNowAndThen();
        });
    }

    /// Sometimes less than it has read: what it would do who goes back.
    private void commit(int partition) {
        long offset = Math.max(0, position.get(partition) - (chance.perMille(150) ? chance.between(1, 5) : 0));
        Commit commit = offsets.commit(memberId, identity(memberId), epoch, partition, offset, world.nowNanos());
        var one = new GroupCommand.OffsetToCommit(TOPIC, topicId, partition, commit.offset(), -1, Long.toString(commit.id()));
        ask(token -> new GroupCommand.CommitOffsets(token, groupId, commit.memberId(), instanceId, commit.generation(), true, -1, List.of(one)), GroupNode.Issued.TO_NOBODY, answer -> {
            ErrorCode error = answer instanceof GroupAnswer.OffsetsCommitted committed && committed.error() == ErrorCode.NONE ? committed.offsets().getFirst().error() : answer.error();
            switch (error) {
                case NONE -> commit.ok(world.nowNanos());
                case UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH, FENCED_INSTANCE_ID, GROUP_ID_NOT_FOUND -> commit.failed(world.nowNanos());
                case COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, REQUEST_TIMED_OUT, UNKNOWN_SERVER_ERROR -> { }   // open: it may have happened
                default -> throw new SimulationFailed("a commit of a well-behaved member was told " + error);
            }
        });
    }

    // ---- the network ----

    private boolean isHanging() {
        return world.nowNanos() < hangsUntilNanos;
    }

    private void ask(LongFunction<GroupCommand> command, GroupNode.Issued issued, Consumer<GroupAnswer> arrived) {
        node.submit(name(), groupId, command, issued, answer -> whenAwake(() -> arrived.accept(answer)));
    }

    private String name() {
        return clientId + " of " + groupId;
    }

    private void whenAwake(Runnable doing) {
        if (isHanging()) world.at(hangsUntilNanos - world.nowNanos(), () -> whenAwake(doing));
        else doing.run();
    }

    @Override public String toString() {
        return clientId + (here ? " as " + memberId + " in epoch " + epoch : " away") + " has " + owned.keySet() + " of " + told;
    }
}
