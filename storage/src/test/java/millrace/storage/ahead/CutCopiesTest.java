package millrace.storage.ahead;

import static millrace.storage.ahead.AheadBench.DATA;
import static millrace.storage.ahead.AheadBench.FILE_BYTES;
import static millrace.storage.ahead.AheadBench.FIRST;
import static millrace.storage.ahead.AheadBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import millrace.ports.DiskFile;
import millrace.ports.DiskThrough;
import millrace.ports.FileThrough;
import millrace.storage.log.CrashingDisk;
import millrace.storage.log.MemoryDisk;
import millrace.storage.log.OutOfSpace;
import millrace.storage.log.PartitionLog;
import org.junit.jupiter.api.Test;

/// What a truncation took back, and a copy in a write-ahead file still holds, does not come again with a power loss.
class CutCopiesTest {
    private final AheadBench bench = new AheadBench();

    @Test void whatWasCutDoesNotComeAgain() {
        PartitionLog log = bench.open().log(0);
        bench.appendDurably(log, 1, "a", "b", "c");
        log.truncateTo(1);
        assertThat(bench.losePowerAndStart().contents(0)).isEqualTo("0=a");
    }

    @Test void whatIsAppendedAfterwardsStays() {
        PartitionLog log = bench.open().log(0);
        bench.appendDurably(log, 1, "a", "b", "c");
        log.truncateTo(2);
        bench.appendDurably(log, 1, "C", "D");
        log.truncateTo(1);
        bench.appendDurably(log, 1, "B");
        assertThat(bench.losePowerAndStart().contents(0)).isEqualTo("0=a 1=B");
    }

    @Test void aLogThatBeginsAfreshIsEmpty() {
        PartitionLog log = bench.open().log(0);
        bench.appendDurably(log, 1, "a", "b", "c");
        log.truncateFullyAndStartAt(2);
        bench.losePowerAndStart();
        assertThat(bench.opened(0).logEndOffset()).isEqualTo(2);
        assertThat(bench.opened(0).sizeInBytes()).isZero();
    }

    /// Before it returns, all of it may come again or nothing; afterwards nothing.
    @Test void wheneverThePowerGoesDuringATruncation() {
        int struck = 0;
        for (int changes = 0; ; changes++) {
            var one = new AheadBench();
            var disk = new CrashingDisk(one.disk);
            PartitionLog log = one.open(disk).log(0);
            one.appendDurably(log, 1, "a", "b", "c");
            disk.changesLeft = changes;
            boolean returned = false;
            try {
                returned = log.truncateTo(1);
            } catch (CrashingDisk.Crash dead) {
                struck++;
            }
            one.losePowerAndStart();
            assertThat(one.contents(0)).as("power lost before change " + changes).isIn(returned ? List.of("0=a") : List.of("0=a", "0=a 1=b 2=c"));
            String before = one.contents(0);
            one.appendDurably(one.opened(0), 1, "new");
            one.losePowerAndStart();
            assertThat(one.contents(0)).isEqualTo(before + " " + (one.opened(0).logEndOffset() - 1) + "=new");
            if (returned) break;
        }
        assertThat(struck).as("times the power was lost in between").isGreaterThan(3);
    }

    /// A round has read the log's tail, which is cut before the copy of it is written.
    @Test void aCopyThatIsOnItsWayMeanwhileIsCutToo() throws InterruptedException {
        var truncating = new ArrayList<Thread>();
        var meanwhile = new DiskThrough(bench.disk) {
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
        bench.appendDurably(log, 1, "a");
        bench.appendAndAsk(log, 1, "b", "c");
        bench.workers.runAll();
        truncating.getFirst().join();
        assertThat(bench.losePowerAndStart().contents(0)).isEqualTo("0=a");
    }

    private void truncateMeanwhile(List<Thread> truncating) throws IOException {
        truncating.add(Thread.ofPlatform().start(() -> bench.opened(0).truncateTo(1)));
        try {
            bench.truncated.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test void whereBothFilesAreFullOneBecomesLonger() {
        PartitionLog log = bench.open().log(0);
        var ahead = new WriteAhead(bench.disk, DATA, FILE_BYTES, _ -> { });
        for (int i = 0; i < 32; i++) {
            bench.appendAndAsk(log, 1, "v");
            assertThat(ahead.write(List.of(log))).isEmpty();
        }
        log.truncateTo(5);
        ahead.truncated(log);
        assertThat(bench.disk.content(SECOND)).hasSize(FILE_BYTES + AheadGroup.ALIGNMENT);
        bench.losePowerAndStart();
        assertThat(bench.opened(0).logEndOffset()).isEqualTo(5);
    }

    @Test void withoutRoomItIsToBeTriedAgain() {
        PartitionLog log = bench.open().log(0);
        bench.appendDurably(log, 1, "a", "b", "c");
        bench.disk.usableBytes = 0;
        assertThatThrownBy(() -> log.truncateTo(1)).isInstanceOf(OutOfSpace.class).hasMessageContaining("t-0 was truncated");
        bench.disk.usableBytes = 1 << 20;
        log.truncateTo(1);
        assertThat(bench.losePowerAndStart().contents(0)).isEqualTo("0=a");
    }

    /// A file that is taken again is torn in its first group, so that what lies behind is read once more: copies, and what says that they are void.
    @Test void aFileThatIsTornWhenItIsTakenAgainBringsNothingBack() {
        var tearing = new TearingDisk(bench.disk);
        PartitionLog log = bench.open(tearing).log(0);
        PartitionLog other = bench.log(1);
        bench.appendDurably(log, 1, "a", "b", "c");
        log.truncateTo(1);
        log.flush(1);
        for (int i = 0; i < 14 + 15; i++) bench.appendDurably(other, 1, "v");
        tearing.armed = true;
        bench.appendAndAsk(other, 1, "x".repeat(5_000));
        assertThatThrownBy(() -> {
            for (int i = 0; i < 3; i++) {
                bench.workers.runAll();
                bench.appendAndAsk(other, 1, "x".repeat(5_000));
            }
        }).isInstanceOf(CrashingDisk.Crash.class);
        bench.disk.losePower(0);
        tearing.tear();
        assertThat(bench.open().contents(0)).isEqualTo("0=a");
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
