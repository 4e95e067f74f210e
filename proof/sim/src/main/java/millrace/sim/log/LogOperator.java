package millrace.sim.log;

import millrace.sim.Chance;
import millrace.sim.Fault;
import millrace.sim.FaultPlan;
import millrace.sim.Node;
import millrace.sim.World;
import millrace.sim.net.Cuts;
import millrace.storage.log.PartitionLog;

/// Fate and operator in one: strikes with the seed's faults, and does what brokers and people do to logs meanwhile.
public final class LogOperator {
    private static final long TICK_NANOS = 40_000_000;
    private static final int FARTHEST_DISK_CALL = 60;
    private static final long LONGEST_PAUSE_NANOS = 5_000_000_000L;
    private static final long LONGEST_CUT_NANOS = 20_000_000_000L;
    private static final long LONGEST_FULL_NANOS = 2_000_000_000L;
    private static final long HOUR_MS = 3_600_000L;

    private final World world;
    private final LogService node;
    private final LogHistory history;
    private final FaultPlan faults;
    private final int partitions;
    private final Chance chance;
    private boolean stopped;

    public LogOperator(World world, LogService node, LogHistory history, FaultPlan faults, int partitions) {
        this.world = world;
        this.node = node;
        this.history = history;
        this.faults = faults;
        this.partitions = partitions;
        this.chance = world.chance().split();
    }

    public void begin() {
        world.at(TICK_NANOS, () -> {
            if (stopped) return;
            strike(node.node());
            if (node instanceof LogNode bare) tend(bare);
            begin();
        });
    }

    /// Nothing more goes wrong, what was full has space again, and everybody reaches everybody.
    public void stop() {
        stopped = true;
        world.network().joinAll();
        faults.heal();
        node.node().platter().grow();
    }

    private void strike(Node machine) {
        if (faults.strikes(Fault.PROCESS_CRASH)) die(machine, false);
        if (faults.strikes(Fault.POWER_LOSS)) die(machine, true);
        if (faults.strikes(Fault.PAUSE)) machine.pause(chance.between(100_000_000L, LONGEST_PAUSE_NANOS));
        if (faults.strikes(Fault.CLOCK_JUMP)) machine.clock().jumpMs(chance.oneOf(-HOUR_MS, HOUR_MS, 30 * 24 * HOUR_MS, -30 * 24 * HOUR_MS));
        if (faults.strikes(Fault.BIT_ROT)) machine.platter().rotOneBit();
        if (faults.strikes(Fault.NETWORK_PARTITION)) Cuts.strike(world, chance, WholeNode.CLIENTS, machine.name(), LONGEST_CUT_NANOS);
        if (faults.strikes(Fault.DISK_FULL)) {
            machine.platter().leaveFreeBytes(chance.between(0, 3_000));
            world.at(chance.between(0, LONGEST_FULL_NANOS), machine.platter()::grow);
        }
    }

    private void die(Node machine, boolean power) {
        if (chance.perMille(700)) machine.dieInsideDiskCall(chance.between(1, FARTHEST_DISK_CALL), power);
        else if (power) machine.powerLoss();
        else machine.crash();
    }

    /// What the broker's own housekeeping does for a whole node.
    private void tend(LogNode bare) {
        int partition = chance.below(partitions);
        switch (chance.below(80)) {
            case 0, 1 -> bare.onWorker(partition, PartitionLog::roll);
            case 2 -> bare.onWorker(partition, this::deleteSome);
            case 3, 4 -> bare.onWorker(partition, log -> log.flush(log.logEndOffset()));
            case 5, 6, 7 -> bare.onDirectory(directory -> directory.checkpointTick());
            case 8, 9 -> bare.onDirectory(directory -> {
                directory.retentionTick(node.node().clock().monotonicMs(), node.node().clock().timestampMs());
                directory.producerTick(node.node().clock().monotonicMs(), node.node().clock().timestampMs());
            });
            case 10 -> bare.onDirectory(directory -> directory.flushTick(node.node().clock().monotonicMs(), 100));
            case 14 -> bare.onWorker(partition, log -> log.writeBack(chance.between(1, 1_000)));
            case 12, 13 -> bare.onDirectory(directory -> directory.scrubTick(node.node().clock().monotonicMs(), 20_000, 500));
            case 11 -> {
                if (chance.perMille(300)) bare.restartCleanly();
            }
            default -> { }
        }
    }

    /// DeleteRecords: a new log start offset somewhere below what readers are shown.
    private void deleteSome(PartitionLog log) {
        long bound = log.flushedOffset();
        if (bound <= log.logStartOffset()) return;
        long offset = chance.between(log.logStartOffset(), bound);
        history.mayDeleteBelow(log.topicPartition().partition(), offset);
        log.advanceLogStartOffset(offset);
    }
}
