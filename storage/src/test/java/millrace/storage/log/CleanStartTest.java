package millrace.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.ports.DiskThrough;
import org.junit.jupiter.api.Test;

/// A start finds thousands of logs that nobody has written to, and has to be done with each in a few system calls.
class CleanStartTest {
    private final LogBench bench = new LogBench();
    private final List<Path> opened = new ArrayList<>();
    private final List<Path> changed = new ArrayList<>();

    private PartitionLog openWatched() throws DamagedLog {
        var cache = new SegmentCache(100);
        cache.keepIdentity(bench.generation);
        return PartitionLog.open(new LogPlace(new WatchedDisk(bench.disk), bench.clock, bench.folder, LogBench.ORDERS_0, cache, bench), bench.config, LogStart.CLEAN);
    }

    @Test void aLogWithoutRecordsIsTakenAsItLiesThere() throws Exception {
        bench.open().log.close();
        PartitionLog log = openWatched();
        assertThat(changed).isEmpty();
        assertThat(opened).doesNotContain(bench.file(0, ".log"), bench.file(0, ".index"), bench.file(0, ".timeindex"));
        assertThat(log.logEndOffset()).isZero();
        log.abandon();
    }

    @Test void anIdentityWithoutRecordsIsGoneBeforeAByteIsWritten() throws Exception {
        bench.open();
        bench.append("a");
        bench.log.close();
        byte[] older = bench.disk.content(bench.file(0, ".identity"));
        bench.disk.put(bench.file(0, ".log"), new byte[0]);
        bench.disk.put(bench.file(0, ".identity"), older);
        openWatched().abandon();
        assertThat(changed).contains(bench.file(0, ".identity"), bench.folder);
        assertThat(bench.names()).doesNotContain("00000000000000000000.identity");
    }

    private final class WatchedDisk extends DiskThrough {
        WatchedDisk(Disk disk) {
            super(disk);
        }

        @Override public DiskFile open(Path file, OpenMode mode) throws IOException {
            (mode == OpenMode.READ ? opened : changed).add(file);
            return super.open(file, mode);
        }

        @Override public boolean delete(Path path) throws IOException {
            changed.add(path);
            return super.delete(path);
        }

        @Override public void rename(Path from, Path to) throws IOException {
            changed.add(to);
            super.rename(from, to);
        }

        @Override public void syncDirectory(Path directory) throws IOException {
            changed.add(directory);
            super.syncDirectory(directory);
        }
    }
}
