package millrace.sim.txn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.FindCoordinatorRequest;
import millrace.protocol.message.FindCoordinatorResponse;
import millrace.protocol.message.OffsetFetchRequest;
import millrace.protocol.message.OffsetFetchResponse;
import millrace.sim.Chance;
import millrace.sim.Fault;
import millrace.sim.FaultPlan;
import millrace.sim.SimulationFailed;
import millrace.sim.Violation;
import millrace.sim.World;
import millrace.sim.log.Line;
import millrace.sim.log.LogHistory;
import millrace.sim.log.LogOperator;
import millrace.sim.log.WholeNode;
import millrace.storage.log.LogConfig;
import millrace.wire.Handlers;

/// Some transactional ids, each with producers that come and go, at one whole node: a while of trouble, then peace. In peace all transactions have
/// to come to an end by themselves, as fast as their time-outs say (T8); then everything is read once more, and the other laws are asked.
public final class TxnWorkload {
    static final int LONGEST_TIME_OUT_MS = 4_000;
    private static final long TROUBLE_NANOS = 8_000_000_000L;
    private static final long PEACE_NANOS = 120_000_000_000L;
    /// T8: after healing, a transaction has been decided after its time-out and this much.
    private static final long GRACE_NANOS = 10_000_000_000L;
    private static final long LOOK_NANOS = 200_000_000;
    private static final long FOREVER_MS = 100L * 365 * 24 * 3_600_000;
    private static final short FIND_COORDINATOR_VERSION = 3;
    private static final short OFFSET_FETCH_VERSION = 7;
    private static final byte GROUP_KEY = 0;
    private static final byte TRANSACTION_KEY = 1;
    private static final Map<String, String> SMALL_TOPICS = Map.of("transaction.state.log.num.partitions", "2", "offsets.topic.num.partitions", "1");

    private final World world;
    private final TxnHistory history = new TxnHistory();
    private final WholeNode node;
    private final LogOperator operator;
    private final Line line;
    private final int partitions;
    private final List<TxnApplication> applications = new ArrayList<>();
    private final List<TxnReader> readers = new ArrayList<>();
    private int coordinatorsFound;

    /// @param handlers what is served of what the node has; a test of the laws plants its bugs here
    public TxnWorkload(World world, FaultPlan faults, UnaryOperator<Handlers> handlers) {
        this.world = world;
        Chance chance = world.chance();
        this.partitions = chance.between(2, 3);
        this.node = new WholeNode(world, partitions, LogConfig.builder().indexIntervalBytes(100).timestampAfterMaxMs(FOREVER_MS).build(), "fsync", SMALL_TOPICS, handlers);
        this.operator = new LogOperator(world, node, new LogHistory(), faults, partitions);
        this.line = new Line(world, node);
        int ids = chance.between(1, partitions);
        for (int i = 0; i < ids; i++) applications.add(new TxnApplication(world, node, history, i, partitions));
        for (int i = 0; i < partitions; i++) {
            readers.add(new TxnReader(world, node, history, i, true));
            readers.add(new TxnReader(world, node, history, i, false));
        }
    }

    /// What may happen to a whole node and to the connections of its clients.
    public static FaultPlan draw(World world) {
        return world.faults(Fault.PROCESS_CRASH, Fault.POWER_LOSS, Fault.PAUSE, Fault.CLOCK_JUMP, Fault.CLOCK_DRIFT, Fault.LATE_TIMERS, Fault.INTERLEAVING, Fault.SLOW_DISK,
                Fault.CONNECTION_RESET, Fault.NETWORK_PARTITION, Fault.SLOW_NETWORK);
    }

    public TxnHistory history() {
        return history;
    }

    /// Runs the story to its end. The laws are asked for by [#check].
    public TxnWorkload run() {
        node.start();
        peace(node::isServing, "the node serves");
        findCoordinator("transfer-0", TRANSACTION_KEY);
        findCoordinator(TxnApplication.GROUP, GROUP_KEY);
        peace(() -> coordinatorsFound == 2, "there are coordinators");
        applications.forEach(TxnApplication::begin);
        readers.forEach(TxnReader::begin);
        operator.begin();
        world.run(TROUBLE_NANOS);
        operator.stop();
        applications.forEach(TxnApplication::stop);
        world.note("peace");
        comeToRest();
        readEverything();
        return this;
    }

    /// What is still open is left to the time-outs of half of the seeds, and finished by its producers in the others.
    private void comeToRest() {
        if (world.chance().coin()) applications.forEach(TxnApplication::vanish);
        long bound = LONGEST_TIME_OUT_MS * 1_000_000L + GRACE_NANOS;
        awaitLife(bound);
        applications.forEach(TxnApplication::vanish);
        readers.forEach(TxnReader::readAllOnce);
        if (!world.runUntil(() -> readers.stream().allMatch(each -> each.end() >= 0), PEACE_NANOS)) throw new SimulationFailed("T8: nobody is told where partitions end: " + readers);
        for (int i = 0; i < readers.size(); i += 2) {
            if (readers.get(i).end() < readers.get(i + 1).end())
                throw new SimulationFailed("T8: a transaction hangs " + bound / 1_000_000_000 + " s after healing: the last stable offset of partition " + i / 2 + " is " + readers.get(i).end()
                        + ", its high watermark " + readers.get(i + 1).end());
        }
    }

    /// A disk call that the node was to die in may come as late as now; then its next life has the whole time.
    private void awaitLife(long nanos) {
        int lives;
        do {
            peace(node::isServing, "the node serves");
            lives = node.lives();
            world.run(nanos);
        } while (lives != node.lives() || !node.isServing());
    }

    private void readEverything() {
        peace(() -> readers.stream().allMatch(TxnReader::isDone), "every partition is read to its end");
        applications.forEach(each -> fetchOffset(each.transactionalId(), each.number()));
        peace(() -> history.offsets().size() == applications.size(), "committed offsets are there and stable");
    }

    private void peace(BooleanSupplier until, String what) {
        if (!world.runUntil(until, PEACE_NANOS)) throw new SimulationFailed("T8: not within " + PEACE_NANOS / 1_000_000_000 + " s after healing: " + what + "; " + readers);
    }

    private void findCoordinator(String key, byte type) {
        var request = FindCoordinatorRequest.builder().key(key).keyType(type).build();
        line.<FindCoordinatorResponse>ask(request, FIND_COORDINATOR_VERSION, response -> {
            if (response != null && response.errorCode() == ErrorCode.NONE.code()) coordinatorsFound++;
            else world.at(LOOK_NANOS, () -> findCoordinator(key, type));
        });
    }

    private void fetchOffset(String transactionalId, int partition) {
        var topic = new OffsetFetchRequest.OffsetFetchRequestTopic(WholeNode.TOPIC, List.of(partition));
        var request = OffsetFetchRequest.builder().groupId(TxnApplication.GROUP).topics(List.of(topic)).requireStable(true).build();
        line.<OffsetFetchResponse>ask(request, OFFSET_FETCH_VERSION, response -> {
            boolean there = response != null && response.errorCode() == ErrorCode.NONE.code() && !response.topics().isEmpty()
                    && response.topics().getFirst().partitions().getFirst().errorCode() == ErrorCode.NONE.code();
            if (there) history.offset(transactionalId, response.topics().getFirst().partitions().getFirst().committedOffset());
            else world.at(LOOK_NANOS, () -> fetchOffset(transactionalId, partition));
        });
    }

    /// @throws SimulationFailed when a law is broken
    public void check() {
        Violation.refuse(violations());
    }

    public List<Violation> violations() {
        return TxnLaws.violations(history);
    }
}
