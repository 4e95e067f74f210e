package millrace.sim.table;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;
import millrace.record.Codec;
import millrace.record.ControlRecords;
import millrace.record.RecordBatchBuilder;
import millrace.sim.Chance;
import millrace.sim.Fault;
import millrace.sim.FaultPlan;
import millrace.sim.Node;
import millrace.sim.SimulationFailed;
import millrace.sim.World;
import millrace.storage.cleaner.CleanerSettings;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.LogConfig;
import millrace.storage.log.PartitionLog;
import millrace.storage.log.ProducerView;

/// Writers, an operator and a slow reader at one compacted table: a while of trouble, then peace; the laws are asked for all the time.
public final class TableWorkload {
    private static final long TROUBLE_NANOS = 8_000_000_000L;
    private static final long PEACE_NANOS = 60_000_000_000L;
    private static final long FOREVER_MS = 100L * 365 * 24 * 3_600_000;
    private static final long STEP_NANOS = 10_000_000;
    private static final long READER_STEP_NANOS = 25_000_000;
    private static final long DELETE_RETENTION_MS = 1_500;
    private static final int PRODUCERS = 4;
    private static final int FARTHEST_DISK_CALL = 60;

    /// Makes the node under test; a test of the checkers makes one with a planted bug.
    @FunctionalInterface
    public interface Nodes {
        TableNode of(World world, LogConfig config, CleanerSettings settings);
    }

    private final World world;
    private final FaultPlan faults;
    private final Chance chance;
    private final TableNode node;
    private CommittedReader slowReader = new CommittedReader();
    private long slowReaderBeganNanos;
    private long value;
    private boolean stopped;
    private boolean checkedLast;
    private int checks;

    public TableWorkload(World world, FaultPlan faults, Nodes nodes) {
        this.world = world;
        this.faults = faults;
        this.chance = world.chance();
        LogConfig config = LogConfig.builder().deletes(false).compacts(true).minCleanableDirtyRatio(chance.oneOf(0.0, 0.0, 0.3)).deleteRetentionMs(DELETE_RETENTION_MS)
                .segmentBytes(chance.oneOf(600, 1_500, 5_000)).segmentIndexBytes(chance.oneOf(64, 4_096)).indexIntervalBytes(chance.oneOf(0, 200)).segmentMs(FOREVER_MS).fileDeleteDelayMs(chance.oneOf(0, 300))
                .timestampBeforeMaxMs(FOREVER_MS).timestampAfterMaxMs(FOREVER_MS).producerIdExpirationMs(FOREVER_MS).build();
        this.node = nodes.of(world, config, new CleanerSettings(24L * chance.oneOf(4, 20, 1_000), 0.9, chance.oneOf(2_048, 20_000), Double.MAX_VALUE));
    }

    /// A wall clock that jumps is not among them: a node that starts believes its clock, and then so does the delete horizon.
    public static FaultPlan draw(World world) {
        return world.faults(Fault.PROCESS_CRASH, Fault.POWER_LOSS, Fault.PAUSE, Fault.LATE_TIMERS, Fault.INTERLEAVING, Fault.SLOW_DISK, Fault.WRITE_ERROR, Fault.SYNC_ERROR, Fault.DISK_FULL);
    }

    public int cleanings() {
        return node.cleanings();
    }

    public int checks() {
        return checks;
    }

    /// @throws SimulationFailed when a law is broken
    public TableWorkload run() {
        node.start();
        write();
        readSlowly();
        operate();
        world.run(TROUBLE_NANOS);
        stopped = true;
        faults.heal();
        node.node().platter().grow();
        world.note("peace");
        checkOnceMore();
        if (!world.runUntil(() -> checkedLast, PEACE_NANOS)) throw new SimulationFailed("D8: the table cannot be read after healing");
        return this;
    }

    /// A crash that was drawn before may still come.
    private void checkOnceMore() {
        node.onLoop(log -> {
            check(log);
            checkedLast = true;
        });
        world.at(READER_STEP_NANOS * 10, () -> {
            if (!checkedLast) checkOnceMore();
        });
    }

    // ---- writing

    private void write() {
        world.at(chance.heavyTailed(STEP_NANOS), () -> {
            if (stopped) return;
            node.onLoop(this::writeOnce);
            write();
        });
    }

    private void writeOnce(PartitionLog log) {
        int producerId = chance.below(PRODUCERS);
        ProducerView known = log.producers().stream().filter(each -> each.producerId() == producerId).findFirst().orElse(null);
        boolean inTransaction = known != null && known.currentTransactionFirstOffset() >= 0;
        long timestampMs = node.node().clock().timestampMs();
        if (inTransaction && chance.perMille(500)) {
            node.append(log, ControlRecords.endTransactionMarker(0, timestampMs, 0, producerId, (short) 0, chance.coin(), 1), AppendOrigin.COORDINATOR);
            return;
        }
        try (var builder = new RecordBatchBuilder().codec(chance.oneOf(Codec.NONE, Codec.NONE, Codec.LZ4, Codec.GZIP))) {
            if (inTransaction || chance.perMille(600)) builder.producer(producerId, (short) 0, known == null ? 0 : known.lastSequence() + 1).transactional(inTransaction || chance.perMille(700));
            for (int i = chance.between(1, 4); i > 0; i--) builder.append(timestampMs, key(), chance.perMille(250) ? null : ByteBuffer.allocate(8).putLong(0, ++value));
            node.append(log, builder.build(), AppendOrigin.CLIENT);
        }
    }

    /// Two of the keys have the bytes of a marker's.
    private ByteBuffer key() {
        return ByteBuffer.allocate(4).putInt(0, chance.oneOf(0, 1, 100, 101, 102, 103, 104, 105));
    }

    // ---- operating

    private void operate() {
        world.at(STEP_NANOS, () -> {
            if (stopped) return;
            strike(node.node());
            switch (chance.below(30)) {
                case 0, 1, 2 -> node.onWorker(PartitionLog::roll);
                case 3, 4, 5, 6 -> node.clean();
                case 7 -> node.checkpoint();
                case 8 -> node.onLoop(this::check);
                default -> { }
            }
            operate();
        });
    }

    private void strike(Node machine) {
        if (faults.strikes(Fault.PROCESS_CRASH, 4)) die(machine, false);
        if (faults.strikes(Fault.POWER_LOSS, 4)) die(machine, true);
        if (faults.strikes(Fault.PAUSE, 4)) machine.pause(chance.between(10_000_000L, 500_000_000L));
        if (faults.strikes(Fault.DISK_FULL, 4)) {
            machine.platter().leaveFreeBytes(chance.between(0, 3_000));
            world.at(chance.between(0, 500_000_000L), machine.platter()::grow);
        }
    }

    private void die(Node machine, boolean power) {
        if (chance.perMille(700)) machine.dieInsideDiskCall(chance.between(1, FARTHEST_DISK_CALL), power);
        else if (power) machine.powerLoss();
        else machine.crash();
    }

    // ---- reading

    /// A reader that is overtaken by compaction many times, but is through within `delete.retention.ms`, or begins again.
    private void readSlowly() {
        world.at(chance.heavyTailed(READER_STEP_NANOS), () -> {
            if (stopped) return;
            node.onLoop(log -> {
                long bound = log.lastStableOffset(log.highWatermark());
                boolean late = (world.nowNanos() - slowReaderBeganNanos) / 1_000_000 >= DELETE_RETENTION_MS;
                if (!late && slowReader.readOnce(log, 300, bound)) return;
                if (!late) compare("a slow reader at offset " + slowReader.next(), slowReader.table(), node.shadow().table(slowReader.next()));
                slowReader = new CommittedReader();
                slowReaderBeganNanos = world.nowNanos();
            });
            readSlowly();
        });
    }

    private void check(PartitionLog log) {
        long bound = log.lastStableOffset(log.highWatermark());
        var reader = new CommittedReader();
        while (reader.next() < bound && reader.readOnce(log, 10_000, bound)) checks++;
        compare("everything below offset " + bound, reader.table(), node.shadow().table(bound));
        for (Shadow.Entry each : reader.seen()) checkEntry(each, reader.seen(), bound);
    }

    private void checkEntry(Shadow.Entry entry, List<Shadow.Entry> all, long bound) {
        if (!entry.equals(node.shadow().at(entry.offset()))) throw new SimulationFailed("D10: at offset " + entry.offset() + " is " + entry + ", appended was " + node.shadow().at(entry.offset()));
        Shadow.Entry marker = entry.marker() ? null : node.shadow().markerOf(entry);
        if (marker != null && marker.offset() < bound && !all.contains(marker)) throw new SimulationFailed("D10: " + entry + " is there, its marker at offset " + marker.offset() + " is not");
    }

    private static void compare(String what, TreeMap<String, String> found, TreeMap<String, String> expected) {
        if (!found.equals(expected)) throw new SimulationFailed("D10: " + what + " means " + found + ", appended was " + expected);
    }
}
