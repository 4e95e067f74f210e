package millrace.sim.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.record.RecordBatchBuilder;
import millrace.sim.Fault;
import millrace.sim.FaultPlan;
import millrace.sim.Incarnation;
import millrace.sim.Node;
import millrace.sim.World;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.LogConfig;
import millrace.storage.log.PartitionLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What seeds of [LogSimulationTest] have found, told as short stories: each over many throws of the dice for what a power loss leaves.
class LogRestartTest {
    private static final int THROWS = 60;
    private static final Path DIRECTORY = Path.of("/data");
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final LogConfig CONFIG = LogConfig.builder().segmentBytes(4_000).build();

    private static Node machine(long seed) {
        Node node = World.of(seed).node("log");
        node.platter().mount(DIRECTORY);
        return node;
    }

    /// Runs one life's beginning: the directory is opened, and something done with the partition's log.
    private static <T> T live(Node node, Function<PartitionLog, T> doing) {
        return liveIn(node, directory -> doing.apply(directory.log(ORDERS).orElseGet(() -> directory.createLog(ORDERS, new Uuid(7, 7), CONFIG))));
    }

    private static <T> T liveIn(Node node, Function<LogDirectory, T> doing) {
        Incarnation process = node.start();
        List<T> done = new ArrayList<>();
        process.workers().run("story", () -> done.add(doing.apply(LogDirectory.open(process.disk(), DIRECTORY, process.clock(), process.workers(),
                new LogDirSettings("a-cluster-of-one-node-", 1, process.randomness(), topic -> CONFIG, 1, 3, 65_536, new LogDirSettings.Listener() {})))));
        assertThat(node.world().runUntil(() -> !done.isEmpty(), 60_000_000_000L)).as("the story comes to its end").isTrue();
        return done.getFirst();
    }

    private static AppendResult append(PartitionLog log, int sequence) {
        try (var builder = new RecordBatchBuilder()) {
            ByteBuffer batch = builder.producer(1_000, (short) 0, sequence).append(1_795_132_800_000L, null, Payload.value(sequence)).build();
            return log.appendAsLeader(batch, 0, AppendOrigin.CLIENT);
        }
    }

    @Test void whatARecoveryCallsFlushedSurvivesAPowerLossThoughTheLastProcessNeverSyncedItsNames() {
        for (long seed = 0; seed < THROWS; seed++) {
            Node node = machine(seed);
            live(node, log -> append(log, 0));
            node.crash();
            long flushed = live(node, PartitionLog::flushedOffset);
            node.powerLoss();
            assertThat(live(node, PartitionLog::logEndOffset)).as("seed " + seed).isGreaterThanOrEqualTo(flushed);
        }
    }

    /// Kills and rotten bits, without a lying or losing device, and the recovery point far behind: a batch at the log's end that a start had read and synced
    /// rotted before the next checkpoint, and was cut as a torn tail by the next start. Its offset was given out again (D3).
    @Test void whatAStartHasRecoveredKeepsItsOffsets() {
        World world = World.of(11);
        FaultPlan plan = FaultPlan.always(world.chance().split(), 50, Fault.PROCESS_CRASH, Fault.BIT_ROT);
        world.faults(plan);
        var workload = new LogWorkload(world, plan, LogNode::new).run();
        workload.check();
        assertThat(new OneValuePerOffset().violations(workload.history())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void allFiveBatchesOfAProducerAreKnownAgainAfterARestart(boolean clean) {
        Node node = machine(1);
        liveIn(node, directory -> {
            PartitionLog log = directory.createLog(ORDERS, new Uuid(7, 7), CONFIG);
            for (int sequence = 0; sequence < 5; sequence++) append(log, sequence);
            if (clean) directory.closeCleanly(1);
            return true;
        });
        if (clean) node.stop();
        else node.crash();
        List<AppendResult> again = live(node, log -> {
            List<AppendResult> results = new ArrayList<>();
            for (int sequence = 0; sequence < 5; sequence++) results.add(append(log, sequence));
            return results;
        });
        for (int sequence = 0; sequence < 5; sequence++) {
            assertThat(again.get(sequence)).isInstanceOfSatisfying(AppendResult.Duplicate.class, duplicate -> assertThat(duplicate.firstOffset()).isLessThan(5));
        }
    }

    @Test void noOffsetsAreMissingBeforeTheEndThoughANewerSegmentsNameSurvivedAndAnOlderSegmentsBytesDidNot() {
        for (long seed = 0; seed < THROWS; seed++) {
            Node node = machine(seed);
            live(node, log -> {
                append(log, 0);
                log.flush(1);
                for (int sequence = 1; sequence < 40; sequence++) append(log, sequence);
                return true;
            });
            node.powerLoss();
            live(node, log -> {
                long next = log.logStartOffset();
                while (next < log.logEndOffset()) {
                    Payload.Contents read = Payload.read(log.readBytes(next, 1_000, log.logEndOffset()), next);
                    assertThat(read.seen()).as("what is at offset " + next).isNotEmpty();
                    assertThat(read.seen().getFirst().offset()).isEqualTo(next);
                    next = read.next();
                }
                return true;
            });
        }
    }
}
