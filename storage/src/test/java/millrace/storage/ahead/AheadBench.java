package millrace.storage.ahead;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.ports.Randomness;
import millrace.record.DecodeLimits;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;
import millrace.record.RecordBatches;
import millrace.record.RecordCursor;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;
import millrace.storage.log.ManualClock;
import millrace.storage.log.MemoryDisk;
import millrace.storage.log.PartitionLog;
import millrace.storage.sync.DirectWorkers;

/// A log directory that writes ahead, on a disk over which another may be laid; and what it has told.
final class AheadBench {
    static final Path DATA = Path.of("/data");
    static final Path FIRST = DATA.resolve("millrace-ahead-0");
    static final Path SECOND = DATA.resolve("millrace-ahead-1");
    static final Uuid ID = new Uuid(1, 2);
    static final int FILE_BYTES = 65_536;

    final MemoryDisk disk = new MemoryDisk();
    final DirectWorkers workers = new DirectWorkers();
    final List<String> damaged = new ArrayList<>();
    final List<String> lost = new ArrayList<>();
    final List<LogDirFailure> failures = new ArrayList<>();
    final CountDownLatch truncated = new CountDownLatch(1);
    LogDirectory directory;

    AheadBench open() {
        return open(disk);
    }

    AheadBench open(Disk through) {
        directory = LogDirectory.open(through, DATA, new ManualClock(), workers,
                new LogDirSettings("MkU3OEVBNTcwNTJENDM2Qg", 1, new Always(), _ -> LogConfig.DEFAULTS, 1, 100, FILE_BYTES, new Told()));
        return this;
    }

    AheadBench losePowerAndStart() {
        disk.losePower(0);
        return open();
    }

    /// As [#losePowerAndStart], with another content of one file: damaged, or of an earlier time.
    AheadBench losePowerAndStartWith(Path file, byte[] content) {
        disk.losePower(0);
        disk.put(file, content);
        return open();
    }

    /// A log whose folder is on the device, so that its tail may be copied.
    PartitionLog log(int partition) {
        PartitionLog log = directory.createLog(new TopicPartition("t", partition), ID, LogConfig.DEFAULTS);
        log.flush(0);
        return log;
    }

    PartitionLog opened(int partition) {
        return directory.log(new TopicPartition("t", partition)).orElseThrow();
    }

    /// One batch for each value, which nobody asks to bring to the device.
    void append(PartitionLog log, int leaderEpoch, String... values) {
        for (String value : values) {
            try (var builder = new RecordBatchBuilder()) {
                builder.append(1_700_000_000_000L, null, ByteBuffer.wrap(value.getBytes(UTF_8)), List.of());
                log.appendAsLeader(builder.build(), leaderEpoch, AppendOrigin.CLIENT);
            }
        }
    }

    /// As [#append], and the next round is to bring it to the device.
    void appendAndAsk(PartitionLog log, int leaderEpoch, String... values) {
        append(log, leaderEpoch, values);
        directory.syncOwner().requestSync(log, log.logEndOffset());
    }

    /// As [#append], in one round.
    void appendDurably(PartitionLog log, int leaderEpoch, String... values) {
        appendAndAsk(log, leaderEpoch, values);
        workers.runAll();
        assertThat(log.flushedOffset()).isEqualTo(log.logEndOffset());
    }

    /// @return the records of its first segment: `0=a 1=b`
    String contents(int partition) {
        var text = new StringBuilder();
        ByteBuffer bytes = ByteBuffer.wrap(disk.content(opened(partition).directory().resolve("00000000000000000000.log")));
        for (RecordBatch batch : RecordBatches.of(bytes)) {
            try (RecordCursor records = batch.records(new DecodeLimits(1 << 20))) {
                records.forEachRemaining(each -> text.append(each.offset()).append('=').append(UTF_8.decode(each.value())).append(' '));
            }
        }
        return text.toString().trim();
    }

    private final class Told implements LogDirSettings.Listener {
        @Override public void onDamaged(TopicPartition topicPartition, String text) {
            damaged.add(topicPartition + ": " + text);
        }

        @Override public void onLost(String text) {
            lost.add(text);
        }

        @Override public void onFailure(LogDirFailure failure) {
            failures.add(failure);
        }

        @Override public void onEvent(LogEvent event) {
            if (event instanceof LogEvent.Truncated) truncated.countDown();
        }
    }

    private static final class Always implements Randomness {
        @Override public long nextLong() {
            return 0x0123_4567_89AB_CDEFL;
        }

        @Override public int nextInt(int bound) {
            return 0;
        }
    }
}
