package millrace.storage.ahead;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.ports.DiskThrough;
import millrace.ports.FileThrough;
import millrace.ports.Randomness;
import millrace.record.DecodeLimits;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;
import millrace.record.RecordBatches;
import millrace.record.RecordCursor;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.CrashingDisk;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogEvent;
import millrace.storage.log.ManualClock;
import millrace.storage.log.MemoryDisk;
import millrace.storage.log.OutOfSpace;
import millrace.storage.log.PartitionLog;
import millrace.storage.sync.DirectWorkers;
import org.junit.jupiter.api.Test;

/// What a truncation took back, and a copy in a write-ahead file still holds, does not come again with a power loss.
class CutCopiesTest {
    private static final Path DATA = Path.of("/data");
    private static final Path FIRST = DATA.resolve("millrace-ahead-0");
    private static final Path SECOND = DATA.resolve("millrace-ahead-1");
    private static final Uuid ID = new Uuid(1, 2);
    private static final int FILE_BYTES = 65_536;

    /// A log directory on a disk, over which others may be laid.
    private static final class Bench {
        final MemoryDisk memory = new MemoryDisk();
        final DirectWorkers workers = new DirectWorkers();
        CountDownLatch truncated = new CountDownLatch(1);
        LogDirectory directory;

        Bench open(Disk disk) {
            var listener = new LogDirSettings.Listener() {
                @Override public void onEvent(LogEvent event) {
                    if (event instanceof LogEvent.Truncated) truncated.countDown();
                }
            };
            var one = new Randomness() {
                @Override public long nextLong() {
                    return 0x0123_4567_89AB_CDEFL;
                }

                @Override public int nextInt(int bound) {
                    return 0;
                }
            };
            directory = LogDirectory.open(disk, DATA, new ManualClock(), workers, new LogDirSettings("MkU3OEVBNTcwNTJENDM2Qg", 1, one, _ -> LogConfig.DEFAULTS, 1, 100, FILE_BYTES, listener));
            return this;
        }

        Bench open() {
            return open(memory);
        }

        Bench losePower() {
            memory.losePower(0);
            return open();
        }

        /// A log whose folder is on the device, so that its tail may be copied.
        PartitionLog log(int partition) {
            PartitionLog log = directory.createLog(new TopicPartition("t", partition), ID, LogConfig.DEFAULTS);
            log.flush(0);
            return log;
        }

        PartitionLog opened() {
            return directory.log(new TopicPartition("t", 0)).orElseThrow();
        }

        void append(PartitionLog log, String... values) {
            for (String value : values) {
                try (var builder = new RecordBatchBuilder()) {
                    builder.append(1_700_000_000_000L, null, ByteBuffer.wrap(value.getBytes(UTF_8)), List.of());
                    log.appendAsLeader(builder.build(), 1, AppendOrigin.CLIENT);
                }
            }
            directory.syncOwner().requestSync(log, log.logEndOffset());
        }

        void appendDurably(PartitionLog log, String... values) {
            append(log, values);
            workers.runAll();
            assertThat(log.flushedOffset()).isEqualTo(log.logEndOffset());
        }

        String contents() {
            var text = new StringBuilder();
            for (RecordBatch batch : RecordBatches.of(opened().readBytes(0, 1 << 20, Long.MAX_VALUE))) {
                try (RecordCursor records = batch.records(new DecodeLimits(1 << 20))) {
                    records.forEachRemaining(each -> text.append(each.offset()).append('=').append(UTF_8.decode(each.value())).append(' '));
                }
            }
            return text.toString().trim();
        }
    }

    private final Bench bench = new Bench();

    @Test void whatWasCutDoesNotComeAgain() {
        PartitionLog log = bench.open().log(0);
        bench.appendDurably(log, "a", "b", "c");
        log.truncateTo(1);
        assertThat(bench.losePower().contents()).isEqualTo("0=a");
    }

    @Test void whatIsAppendedAfterwardsStays() {
        PartitionLog log = bench.open().log(0);
        bench.appendDurably(log, "a", "b", "c");
        log.truncateTo(2);
        bench.appendDurably(log, "C", "D");
        log.truncateTo(1);
        bench.appendDurably(log, "B");
        assertThat(bench.losePower().contents()).isEqualTo("0=a 1=B");
    }

    @Test void aLogThatBeginsAfreshIsEmpty() {
        PartitionLog log = bench.open().log(0);
        bench.appendDurably(log, "a", "b", "c");
        log.truncateFullyAndStartAt(2);
        bench.losePower();
        assertThat(bench.opened().logEndOffset()).isEqualTo(2);
        assertThat(bench.opened().sizeInBytes()).isZero();
    }

    /// Before it returns, all of it may come again or nothing; afterwards nothing.
    @Test void wheneverThePowerGoesDuringATruncation() {
        int struck = 0;
        for (int changes = 0; ; changes++) {
            var one = new Bench();
            var disk = new CrashingDisk(one.memory);
            PartitionLog log = one.open(disk).log(0);
            one.appendDurably(log, "a", "b", "c");
            disk.changesLeft = changes;
            boolean returned = false;
            try {
                returned = log.truncateTo(1);
            } catch (CrashingDisk.Crash dead) {
                struck++;
            }
            one.losePower();
            assertThat(one.contents()).as("power lost before change " + changes).isIn(returned ? List.of("0=a") : List.of("0=a", "0=a 1=b 2=c"));
            String before = one.contents();
            one.appendDurably(one.opened(), "new");
            one.losePower();
            assertThat(one.contents()).isEqualTo(before + " " + (one.opened().logEndOffset() - 1) + "=new");
            if (returned) break;
        }
        assertThat(struck).as("times the power was lost in between").isGreaterThan(3);
    }

    /// A round has read the log's tail, which is cut before the copy of it is written.
    @Test void aCopyThatIsOnItsWayMeanwhileIsCutToo() throws InterruptedException {
        var truncating = new ArrayList<Thread>();
        var meanwhile = new DiskThrough(bench.memory) {
            @Override public DiskFile open(Path path, OpenMode mode) throws IOException {
                DiskFile file = super.open(path, mode);
                return !path.equals(FIRST) ? file : new FileThrough(file) {
                    @Override public void write(ByteBuffer source, long position) throws IOException {
                        if (truncating.isEmpty() && position > 0) truncateMeanwhile(truncating);
                        super.write(source, position);
                    }
                };
            }
        };
        PartitionLog log = bench.open(meanwhile).log(0);
        bench.appendDurably(log, "a");
        bench.append(log, "b", "c");
        bench.workers.runAll();
        truncating.getFirst().join();
        assertThat(bench.losePower().contents()).isEqualTo("0=a");
    }

    private void truncateMeanwhile(List<Thread> truncating) throws IOException {
        truncating.add(Thread.ofPlatform().start(() -> bench.opened().truncateTo(1)));
        try {
            bench.truncated.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test void whereBothFilesAreFullOneBecomesLonger() {
        PartitionLog log = bench.open().log(0);
        var ahead = new WriteAhead(bench.memory, DATA, FILE_BYTES, _ -> { });
        for (int i = 0; i < 32; i++) {
            bench.append(log, "v");
            assertThat(ahead.write(List.of(log))).isEmpty();
        }
        log.truncateTo(5);
        ahead.truncated(log);
        assertThat(bench.memory.content(SECOND)).hasSize(FILE_BYTES + AheadGroup.ALIGNMENT);
        bench.losePower();
        assertThat(bench.opened().logEndOffset()).isEqualTo(5);
    }

    @Test void withoutRoomItIsToBeTriedAgain() {
        PartitionLog log = bench.open().log(0);
        bench.appendDurably(log, "a", "b", "c");
        bench.memory.usableBytes = 0;
        assertThatThrownBy(() -> log.truncateTo(1)).isInstanceOf(OutOfSpace.class).hasMessageContaining("t-0 was truncated");
        bench.memory.usableBytes = 1 << 20;
        log.truncateTo(1);
        assertThat(bench.losePower().contents()).isEqualTo("0=a");
    }

    /// A file that is taken again is torn in its first group, so that what lies behind is read once more: copies, and what says that they are void.
    @Test void aFileThatIsTornWhenItIsTakenAgainBringsNothingBack() {
        var tearing = new TearingDisk(bench.memory);
        PartitionLog log = bench.open(tearing).log(0);
        PartitionLog other = bench.log(1);
        bench.appendDurably(log, "a", "b", "c");
        log.truncateTo(1);
        log.flush(1);
        for (int i = 0; i < 14 + 15; i++) bench.appendDurably(other, "v");
        tearing.armed = true;
        bench.append(other, "x".repeat(5_000));
        assertThatThrownBy(() -> {
            for (int i = 0; i < 3; i++) {
                bench.workers.runAll();
                bench.append(other, "x".repeat(5_000));
            }
        }).isInstanceOf(CrashingDisk.Crash.class);
        bench.memory.losePower(0);
        tearing.tear();
        assertThat(bench.open().contents()).isEqualTo("0=a");
    }

    /// Of what is written to the first file at once, all comes to the device but the first block.
    private static final class TearingDisk extends DiskThrough {
        private final MemoryDisk memory;
        private final List<ByteBuffer> written = new ArrayList<>();
        private final List<Long> positions = new ArrayList<>();
        boolean armed;

        TearingDisk(MemoryDisk memory) {
            super(memory);
            this.memory = memory;
        }

        @Override public DiskFile open(Path path, OpenMode mode) throws IOException {
            DiskFile file = super.open(path, mode);
            return path.equals(FIRST) ? new Torn(file) : file;
        }

        private final class Torn extends FileThrough {
            Torn(DiskFile file) {
                super(file);
            }

            @Override public void write(ByteBuffer source, long position) throws IOException {
                written.add(ByteBuffer.allocate(source.remaining()).put(source.duplicate()).flip());
                positions.add(position);
                super.write(source, position);
            }

            @Override public void sync() throws IOException {
                if (armed && positions.contains(0L)) throw new CrashingDisk.Crash();
                written.clear();
                positions.clear();
                super.sync();
            }
        }

        void tear() {
            byte[] bytes = memory.content(FIRST);
            for (int i = 0; i < written.size(); i++) {
                int skipped = positions.get(i) == 0 ? AheadGroup.ALIGNMENT : 0;
                int length = written.get(i).remaining() - skipped;
                if (length > 0) written.get(i).get(skipped, bytes, (int) (positions.get(i) + skipped), length);
            }
            memory.put(FIRST, bytes);
        }
    }
}
