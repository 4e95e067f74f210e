package millrace.sim.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.ports.DiskThrough;
import millrace.ports.FileThrough;
import millrace.protocol.ErrorCode;
import millrace.record.DecodeLimits;
import millrace.record.Record;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;
import millrace.record.RecordBatches;
import millrace.sim.FaultPlan;
import millrace.sim.SimulationFailed;
import millrace.sim.Violation;
import millrace.sim.World;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.LogConfig;
import millrace.storage.log.PartitionLog;
import org.junit.jupiter.api.Test;

/// Planted bugs: for each law a node that breaks it now and then. A checker that lets them pass is asleep.
class LogMutantsTest {
    private static final int MOST_SEEDS = 150;

    /// @return the laws that were found broken, until `law` was among them
    private static TreeSet<String> lawsBrokenBy(String law, LogWorkload.Nodes mutant) {
        return lawsBrokenBy(law, LogWorkload::draw, mutant);
    }

    private static TreeSet<String> lawsBrokenBy(String law, Function<World, FaultPlan> faults, LogWorkload.Nodes mutant) {
        var broken = new TreeSet<String>();
        for (long seed = 1; seed <= MOST_SEEDS && !broken.contains(law); seed++) {
            World world = World.of(seed);
            try {
                var workload = new LogWorkload(world, faults.apply(world), mutant).run();
                workload.violations().stream().map(Violation::law).forEach(broken::add);
            } catch (SimulationFailed failed) {
                if (failed.getMessage().matches("(?s)[DG]\\d.*")) broken.add(failed.getMessage().substring(0, 2));
                else throw failed;
            }
        }
        return broken;
    }

    @Test void acknowledgingBeforeTheSyncBreaksD1() {
        assertThat(lawsBrokenBy("D1", AcknowledgesTooEarly::new)).contains("D1");
    }

    /// No bug, but a promise that a single replica cannot keep when the power goes: the whole node's simulation must notice.
    @Test void aWholeNodeThatDoesNotWaitForTheDeviceBreaksD1() {
        assertThat(lawsBrokenBy("D1", LogWorkload::drawWithNetwork, (world, partitions, config) -> new WholeNode(world, partitions, config, "replicated"))).contains("D1");
    }

    @Test void notSyncingWhatIsWrittenAheadBreaksD1() {
        assertThat(lawsBrokenBy("D1", LiesAboutWriteAheadSyncs::new)).contains("D1");
    }

    @Test void startingWithoutWhatWasWrittenAheadBreaksD1() {
        assertThat(lawsBrokenBy("D1", ForgetsWhatWasWrittenAhead::new)).contains("D1");
    }

    @Test void showingWhatIsNotSyncedBreaksD3() {
        assertThat(lawsBrokenBy("D3", ShowsTheUnsynced::new)).contains("D3");
    }

    @Test void appendingWhatWasRefusedBreaksD2() {
        assertThat(lawsBrokenBy("D2", RefusesAfterAppending::new)).contains("D2");
    }

    @Test void forgettingABatchInAReadBreaksD4() {
        assertThat(lawsBrokenBy("D4", SkipsABatchInReads::new)).contains("D4");
    }

    @Test void appendingOutOfOrderBreaksD5() {
        assertThat(lawsBrokenBy("D5", SwapsTwoBatches::new)).contains("D5");
    }

    @Test void forgettingProducersBreaksD6() {
        assertThat(lawsBrokenBy("D6", ForgetsProducers::new)).contains("D6");
    }

    @Test void tellingAnOldEndBreaksD7() {
        assertThat(lawsBrokenBy("D7", TellsAnOldEnd::new)).contains("D7");
    }

    /// Scenario 27: after a failed sync the pages count as clean, and the next sync has nothing to do. The node itself may be the first to miss what it
    /// has acknowledged.
    @Test void tryingASyncAgainIsFound() {
        assertThat(found(LogWorkload::draw, TriesSyncsAgain::new)).containsAnyOf("D1", "CorruptSegment");
    }

    /// Scenario 25: what a power loss has left behind the durable mark is garbage, whatever the last life has said of itself.
    @Test void believingThatEveryStopWasCleanIsFound() {
        assertThat(found(LogWorkload::draw, BelievesInCleanStops::new)).isNotEmpty();
    }

    /// Scenario 24: the base offset is covered by no CRC.
    @Test void showingARottenHeaderBreaksD11() {
        assertThat(lawsBrokenBy("D11", LogWorkload::drawWithDamage, ShowsRottenHeaders::new)).contains("D11");
    }

    /// @return what the simulation says that is wrong, a law or not
    private static String found(Function<World, FaultPlan> faults, LogWorkload.Nodes mutant) {
        for (long seed = 1; seed <= MOST_SEEDS; seed++) {
            World world = World.of(seed);
            try {
                new LogWorkload(world, faults.apply(world), mutant).run().check();
            } catch (SimulationFailed failed) {
                return failed.getMessage();
            }
        }
        return "";
    }

    private static final class TriesSyncsAgain extends LogNode {
        TriesSyncsAgain(World world, int partitions, LogConfig config) {
            super(world, partitions, config);
        }

        @Override protected Disk through(Disk disk) {
            return new DiskThrough(disk) {
                @Override public DiskFile open(Path file, OpenMode mode) throws IOException {
                    return new FileThrough(super.open(file, mode)) {
                        @Override public void sync() throws IOException {
                            try {
                                super.sync();
                            } catch (IOException failed) {
                                super.sync();
                            }
                        }
                    };
                }
            };
        }
    }

    private static final class ShowsRottenHeaders extends LogNode {
        private int reads;

        ShowsRottenHeaders(World world, int partitions, LogConfig config) {
            super(world, partitions, config);
        }

        @Override protected ByteBuffer served(ByteBuffer bytes) {
            if (bytes.limit() < Long.BYTES || ++reads % 10 != 0) return bytes;
            return ByteBuffer.allocate(bytes.limit()).put(0, bytes, 0, bytes.limit()).putLong(0, bytes.getLong(0) + 1);
        }
    }

    private static final class BelievesInCleanStops extends LogNode {
        BelievesInCleanStops(World world, int partitions, LogConfig config) {
            super(world, partitions, config);
        }

        @Override protected Disk through(Disk disk) {
            try (DiskFile marker = disk.open(DIRECTORY.resolve(".kafka_cleanshutdown"), Disk.OpenMode.CREATE_READ_WRITE)) {
                marker.write(ByteBuffer.wrap("{\"version\":0,\"brokerEpoch\":-1}".getBytes(StandardCharsets.UTF_8)), 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return disk;
        }
    }

    private static final class AcknowledgesTooEarly extends LogNode {
        AcknowledgesTooEarly(World world, int partitions, LogConfig config) {
            super(world, partitions, config);
        }

        @Override protected boolean mayBeAcknowledged(PartitionLog log, long lastOffset) {
            return true;
        }
    }

    private static final class LiesAboutWriteAheadSyncs extends LogNode {
        LiesAboutWriteAheadSyncs(World world, int partitions, LogConfig config) {
            super(world, partitions, config);
        }

        @Override protected Disk through(Disk disk) {
            return new DiskThrough(disk) {
                @Override public DiskFile open(Path file, OpenMode mode) throws IOException {
                    DiskFile opened = super.open(file, mode);
                    return !isWrittenAhead(file) ? opened : new FileThrough(opened) {
                        @Override public void sync() {}
                    };
                }
            };
        }
    }

    private static final class ForgetsWhatWasWrittenAhead extends LogNode {
        ForgetsWhatWasWrittenAhead(World world, int partitions, LogConfig config) {
            super(world, partitions, config);
        }

        @Override protected Disk through(Disk disk) {
            return new DiskThrough(disk) {
                @Override public boolean exists(Path path) {
                    if (!isWrittenAhead(path)) return super.exists(path);
                    try {
                        delete(path);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return false;
                }
            };
        }
    }

    private static boolean isWrittenAhead(Path file) {
        return file.getFileName().toString().startsWith("millrace-ahead-");
    }

    private static final class ShowsTheUnsynced extends LogNode {
        ShowsTheUnsynced(World world, int partitions, LogConfig config) {
            super(world, partitions, config);
        }

        @Override protected long visibleEnd(PartitionLog log) {
            return log.logEndOffset();
        }
    }

    private static final class RefusesAfterAppending extends LogNode {
        private int appends;

        RefusesAfterAppending(World world, int partitions, LogConfig config) {
            super(world, partitions, config);
        }

        @Override protected AppendResult append(PartitionLog log, ByteBuffer batch, int leaderEpoch) {
            AppendResult result = super.append(log, batch, leaderEpoch);
            return ++appends % 20 == 0 ? new AppendResult.Refused(ErrorCode.KAFKA_STORAGE_ERROR, "planted", List.of()) : result;
        }
    }

    private static final class SkipsABatchInReads extends LogNode {
        private int reads;

        SkipsABatchInReads(World world, int partitions, LogConfig config) {
            super(world, partitions, config);
        }

        @Override protected ByteBuffer served(ByteBuffer bytes) {
            int first = RecordBatch.sizeOrShort(bytes, 0);
            int second = first < 0 ? -1 : RecordBatch.sizeOrShort(bytes, first);
            return second < 0 || ++reads % 10 != 0 ? bytes : bytes.slice(first, bytes.limit() - first);
        }
    }

    /// Keeps a batch back and appends it after the next one, as a plain batch so that no sequence check notices.
    private static final class SwapsTwoBatches extends LogNode {
        private int appends;

        SwapsTwoBatches(World world, int partitions, LogConfig config) {
            super(world, partitions, config);
        }

        @Override protected AppendResult append(PartitionLog log, ByteBuffer batch, int leaderEpoch) {
            ByteBuffer plain = withoutProducer(batch);
            if (++appends % 2 == 0) return log.appendAsLeader(plain, leaderEpoch, AppendOrigin.CLIENT);
            return log.appendAsLeader(reversed(plain), leaderEpoch, AppendOrigin.CLIENT);
        }
    }

    private static final class ForgetsProducers extends LogNode {
        ForgetsProducers(World world, int partitions, LogConfig config) {
            super(world, partitions, config);
        }

        @Override protected AppendResult append(PartitionLog log, ByteBuffer batch, int leaderEpoch) {
            return log.appendAsLeader(withoutProducer(batch), leaderEpoch, AppendOrigin.CLIENT);
        }
    }

    private static final class TellsAnOldEnd extends LogNode {
        private int asked;

        TellsAnOldEnd(World world, int partitions, LogConfig config) {
            super(world, partitions, config);
        }

        @Override protected long toldEnd(PartitionLog log) {
            return ++asked % 10 == 0 ? Math.max(log.logStartOffset(), visibleEnd(log) - 3) : visibleEnd(log);
        }
    }

    private static ByteBuffer withoutProducer(ByteBuffer batch) {
        return rebuilt(records(batch));
    }

    private static ByteBuffer reversed(ByteBuffer batch) {
        return rebuilt(records(batch).reversed());
    }

    private static ByteBuffer rebuilt(List<Record> records) {
        try (var builder = new RecordBatchBuilder()) {
            for (Record record : records) builder.append(record.timestamp(), record.key(), record.value());
            return builder.build();
        }
    }

    private static List<Record> records(ByteBuffer batch) {
        List<Record> records = new ArrayList<>();
        for (RecordBatch one : RecordBatches.of(batch)) {
            try (var cursor = one.records(DecodeLimits.DEFAULT)) {
                while (cursor.hasNext()) records.add(cursor.next());
            }
        }
        return records;
    }
}
