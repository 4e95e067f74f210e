package millrace.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import millrace.bindings.disk.NioDisk;
import millrace.bindings.time.SystemClock;
import millrace.common.TopicPartition;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.DamagedLog;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogEvent;
import millrace.storage.log.LogHost;
import millrace.storage.log.LogPlace;
import millrace.storage.log.LogStart;
import millrace.storage.log.PartitionLog;
import millrace.storage.log.SegmentCache;

/// A log on the real disk that is gone when it is closed.
final class ScratchLog implements AutoCloseable, LogHost {
    final PartitionLog log;
    private final Path folder;

    ScratchLog() {
        try {
            folder = Files.createTempDirectory("millrace-bench-");
            log = PartitionLog.open(new LogPlace(new NioDisk(), new SystemClock(), folder.resolve("bench-0"), new TopicPartition("bench", 0),
                    new SegmentCache(100), this), LogConfig.DEFAULTS, LogStart.CLEAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (DamagedLog impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// @throws IllegalStateException when the log refuses: a benchmark of refusals would look fast
    void append(ByteBuffer batch) {
        batch.putLong(0, 0);                    // the log has written the last append's base offset here
        AppendResult result = log.appendAsLeader(batch, 0, AppendOrigin.CLIENT);
        if (!(result instanceof AppendResult.Appended)) throw new IllegalStateException("not appended: " + result);
    }

    @Override public void close() {
        log.abandon();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override public void recoveryPointLowered(PartitionLog lowered) {}

    @Override public void truncated(PartitionLog cut) {}

    @Override public void deleteLater(List<Path> files, long delayMs) {}

    @Override public void flushWanted(PartitionLog wanting) {}

    @Override public void onEvent(LogEvent event) {}
}
