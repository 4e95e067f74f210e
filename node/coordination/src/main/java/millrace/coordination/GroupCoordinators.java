package millrace.coordination;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

import millrace.common.Uuid;
import millrace.group.GroupCore;
import millrace.group.MemberFence;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand;
import millrace.group.command.GroupCommand.DeletedTopic;
import millrace.group.command.GroupCommand.EndTransaction;
import millrace.group.command.GroupCommand.ForgetTopics;
import millrace.group.command.GroupCommand.ListGroups;
import millrace.group.stored.GroupChange;
import millrace.metadata.Features;
import millrace.metadata.TopicImage;
import millrace.metrics.Family;
import millrace.metrics.Measured;
import millrace.ports.Clock;
import millrace.ports.EventLoop;
import millrace.ports.Randomness;
import millrace.ports.Workers;
import millrace.protocol.ErrorCode;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// The group coordinators of this broker: one for each partition of `__consumer_offsets` that it leads. Safe from any thread.
public final class GroupCoordinators implements Measured {
    private static final int MOST_FENCED_MEMBERS = 100_000;

    private final ClusterView cluster;
    private final CoordinationSettings settings;
    private final Clock clock;
    private final List<? extends EventLoop> loops;
    private final Workers workers;
    private final Randomness randomness;
    /// By partition; in order, so that lists come in the same order each time.
    private final ConcurrentSkipListMap<Integer, CoordinatorShell<GroupCommand, GroupChange, GroupAnswer>> shells = new ConcurrentSkipListMap<>();
    private final GroupMeter meter;
    private final AtomicInteger nextLoop = new AtomicInteger();
    private final MemberFence fence = new MemberFence(MOST_FENCED_MEMBERS);
    private final ReentrantLock fenceTurns = new ReentrantLock();

    /// @param loops on which coordinators take their timers, in turn
    public GroupCoordinators(ClusterView cluster, CoordinationSettings settings, Clock clock, List<? extends EventLoop> loops, Workers workers, Randomness randomness) {
        this.cluster = cluster;
        this.settings = settings;
        this.clock = clock;
        this.loops = List.copyOf(loops);
        this.workers = workers;
        this.randomness = randomness;
        this.meter = new GroupMeter(clock);
    }

    // ---- elections ----

    /// This broker leads that partition from now on, in the leader epoch that `partition` has now. Loading begins. Saying it twice does nothing.
    public void onElected(CoordinatorPartition partition) {
        var already = shells.get(partition.topicPartition().partition());
        if (already != null && already.isOf(partition)) return;
        EventLoop loop = loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
        var shell = new CoordinatorShell<>(partition, () -> new GroupCore(settings.groups()), new GroupFormat(), settings.shell(), clock, loop, workers, _ -> {}, meter);
        var before = shells.put(partition.topicPartition().partition(), shell);
        if (before != null) before.resign();
        shell.load();
    }

    /// This broker does not lead that partition any more. Whoever waits is told to look for the new coordinator.
    public void onResigned(int partition) {
        var shell = shells.remove(partition);
        if (shell != null) shell.resign();
    }

    /// Topics are gone; what was committed for them is forgotten. Nobody waits for it: a coordinator that is loading
    /// meanwhile is told by its own clean-up of old offsets.
    public void onTopicsDeleted(List<DeletedTopic> topics) {
        for (var shell : shells.values()) shell.ask(token -> new ForgetTopics(token, topics));
    }

    public void close() {
        for (int partition : List.copyOf(shells.keySet())) onResigned(partition);
    }

    // ---- to be measured ----

    @Override public List<Family> families() {
        return new GroupFamilies(shells.values(), meter, clock).families();
    }

    @Override public void tick(long nowNanos) {
        meter.tick(nowNanos);
    }

    // ---- connections of members ----

    /// For what says anew what a member has or is to have: heartbeats of the consumer protocol, joins and syncs of the classic one.
    /// @param memberId empty when the member has none yet: then it cannot have been here before
    /// @return whether the member has gone on to a newer connection than that of the request
    public boolean isLate(String groupId, String memberId, Caller caller) {
        if (memberId.isEmpty()) return false;
        fenceTurns.lock();
        try {
            return !fence.admits(groupId, memberId, caller.connectionNumber());
        } finally {
            fenceTurns.unlock();
        }
    }

    // ---- questions ----

    /// @param command is given the token to carry
    /// @return in time, the answer; [GroupAnswer.Failed] when this is not the place to ask or the log could not be written
    public Pending<GroupAnswer> ask(String groupId, LongFunction<GroupCommand> command) {
        var shell = shells.get(partitionOf(groupId));
        return shell == null ? Pending.of(new GroupAnswer.Failed(ErrorCode.NOT_COORDINATOR)) : shell.ask(command);
    }

    /// @param ticket for [GroupCommand.CommitInTransaction]
    /// @param isOpen whether the transaction has reached the group's partition, so that its coordinator need not be asked
    public record Guard(long ticket, boolean isOpen) {}

    /// What has to be drawn before a transaction's coordinator is asked about the partition that the group lives in.
    /// @param ownEpochs whether each transaction of that producer has an epoch of its own (transaction version 2)
    public Guard guardFor(String groupId, long producerId, short producerEpoch, boolean ownEpochs) {
        var shell = shells.get(partitionOf(groupId));
        long ticket = shell == null ? 0 : shell.partition().guardFor(producerId, producerEpoch, ownEpochs);
        return new Guard(ticket, ticket == 0);
    }

    /// Writes the marker that ends a transaction into a partition of `__consumer_offsets`.
    /// @return in time, `NONE` once it is committed and what the transaction has committed here counts, or is gone
    public Pending<GroupAnswer> endTransaction(int partition, long producerId, short producerEpoch, boolean commit, int coordinatorEpoch, short transactionVersion) {
        var shell = shells.get(partition);
        return shell == null ? Pending.of(new GroupAnswer.Failed(ErrorCode.NOT_COORDINATOR))
                : shell.ask(token -> new EndTransaction(token, producerId, producerEpoch, commit, coordinatorEpoch, transactionVersion));
    }

    /// Asks every coordinator of this broker for its groups.
    public List<Pending<GroupAnswer>> list(List<String> states, List<String> types) {
        List<Pending<GroupAnswer>> answers = new ArrayList<>();
        for (var shell : shells.values()) answers.add(shell.ask(token -> new ListGroups(token, states, types)));
        return answers;
    }

    /// The partition of `__consumer_offsets` that the group lives in. While the topic is not there, the one that it will live in.
    public int partitionOf(String groupId) {
        TopicImage topic = cluster.image().topics().byName(OffsetsTopic.NAME);
        return OffsetsTopic.partitionOf(groupId, topic == null ? settings.offsetsPartitions() : topic.partitions().size());
    }

    /// @return whether the coordinator of this group is here and still reading its log
    public boolean isLoading(String groupId) {
        var shell = shells.get(partitionOf(groupId));
        return shell != null && shell.isLoading();
    }

    /// @return whether groups may use the consumer protocol: the settings allow it, and the cluster has finalized it
    public boolean offersConsumerProtocol() {
        return settings.consumerProtocol() && cluster.image().features().level(Features.GROUP_VERSION) >= 1;
    }

    /// @return the random half of a member id
    public Uuid randomId() {
        return new Uuid(randomness.nextLong(), randomness.nextLong());
    }
}
