package millrace.sim.log;

import java.util.ArrayList;
import java.util.List;
import millrace.sim.Chance;
import millrace.sim.Fault;
import millrace.sim.FaultPlan;
import millrace.sim.SimulationFailed;
import millrace.sim.Violation;
import millrace.sim.World;
import millrace.storage.log.LogConfig;

/// Some producers and readers at one log directory: a while of trouble, then peace, in which every idempotent batch is acknowledged and
/// every partition read from start to end; then the laws are checked.
public final class LogWorkload {
    private static final long TROUBLE_NANOS = 8_000_000_000L;
    private static final long PEACE_NANOS = 120_000_000_000L;
    private static final long FOREVER_MS = 100L * 365 * 24 * 3_600_000;

    /// Makes the node under test; a test of the checkers makes one with a planted bug.
    @FunctionalInterface
    public interface Nodes {
        LogService of(World world, int partitions, LogConfig config);
    }

    private final World world;
    private final LogHistory history = new LogHistory();
    private final LogService node;
    private final LogOperator operator;
    private final List<LogProducer> producers = new ArrayList<>();
    private final List<LogReader> readers = new ArrayList<>();

    public LogWorkload(World world, FaultPlan faults, Nodes nodes) {
        this.world = world;
        Chance chance = world.chance();
        int partitions = chance.between(1, 3);
        this.node = nodes.of(world, partitions, config(chance));
        this.operator = new LogOperator(world, node, history, faults, partitions);
        int producerCount = partitions + chance.between(0, 3);
        for (int i = 0; i < producerCount; i++) producers.add(new LogProducer(world, node, history, i, i % partitions));
        for (int i = 0; i < partitions; i++) readers.add(new LogReader(world, node, history, i, i));
    }

    /// All faults that a log directory may meet.
    public static FaultPlan draw(World world) {
        return world.faults(Fault.PROCESS_CRASH, Fault.POWER_LOSS, Fault.PAUSE, Fault.CLOCK_JUMP, Fault.CLOCK_DRIFT, Fault.LATE_TIMERS, Fault.INTERLEAVING, Fault.SLOW_DISK,
                Fault.READ_ERROR, Fault.WRITE_ERROR, Fault.SYNC_ERROR, Fault.DISK_FULL);
    }

    /// Those that damage the only copy.
    public static FaultPlan drawWithDamage(World world) {
        return world.faults(Fault.PROCESS_CRASH, Fault.POWER_LOSS, Fault.INTERLEAVING, Fault.SYNC_ERROR, Fault.BIT_ROT, Fault.LOST_WRITE, Fault.MISDIRECTED_WRITE);
    }

    /// What may happen to a whole node and to the connections of its clients.
    public static FaultPlan drawWithNetwork(World world) {
        return world.faults(Fault.PROCESS_CRASH, Fault.POWER_LOSS, Fault.PAUSE, Fault.CLOCK_JUMP, Fault.CLOCK_DRIFT, Fault.LATE_TIMERS, Fault.INTERLEAVING, Fault.SLOW_DISK,
                Fault.CONNECTION_RESET, Fault.NETWORK_PARTITION, Fault.SLOW_NETWORK);
    }

    /// Small files, so that a few hundred records roll segments, fill indexes and leave snapshots behind.
    private static LogConfig config(Chance chance) {
        return LogConfig.builder().segmentBytes(chance.oneOf(4_000, 8_000, 20_000, 60_000)).segmentIndexBytes(chance.oneOf(64, 256, 4_096)).indexIntervalBytes(chance.oneOf(0, 100, 1_000))
                .segmentMs(FOREVER_MS).retentionMs(-1).fileDeleteDelayMs(chance.oneOf(0, 500)).timestampBeforeMaxMs(FOREVER_MS).timestampAfterMaxMs(FOREVER_MS)
                .producerIdExpirationMs(FOREVER_MS).build();
    }

    public LogHistory history() {
        return history;
    }

    public LogService node() {
        return node;
    }

    /// Runs the story to its end. The laws are asked for by [#check].
    public LogWorkload run() {
        node.start();
        producers.forEach(LogProducer::begin);
        readers.forEach(LogReader::begin);
        operator.begin();
        world.run(TROUBLE_NANOS);
        producers.forEach(LogProducer::stop);
        operator.stop();
        world.note("peace");
        peace(() -> producers.stream().allMatch(LogProducer::isDone) && node.isServing(), "idempotent batches are acknowledged");
        readers.forEach(LogReader::readAllOnce);
        peace(() -> readers.stream().allMatch(LogReader::isDone), "every partition is read to its end");
        return this;
    }

    private void peace(java.util.function.BooleanSupplier until, String what) {
        if (world.runUntil(() -> node.hasFailedClosed() || until.getAsBoolean(), PEACE_NANOS)) return;
        if (!node.node().platter().hasLied()) throw new SimulationFailed("D8: not within " + PEACE_NANOS / 1_000_000_000 + " s after healing: " + what + "; " + readers);
    }

    /// @throws SimulationFailed when a law is broken
    public void check() {
        Violation.refuse(violations());
    }

    public List<Violation> violations() {
        List<LogChecker> checkers = node.node().platter().hasLied() ? LogChecker.ofDamagedLogs() : LogChecker.all();
        return checkers.stream().flatMap(checker -> checker.violations(history).stream()).toList();
    }
}
