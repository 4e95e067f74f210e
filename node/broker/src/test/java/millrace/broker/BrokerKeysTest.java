package millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import millrace.bindings.disk.NioDisk;
import millrace.broker.settings.LiveSettings;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.metadata.ConfigResource;
import millrace.metadata.MetadataImage;
import millrace.ports.Cancellable;
import millrace.ports.Clock;
import millrace.ports.EventLoop;
import millrace.ports.Randomness;
import millrace.ports.Workers;
import millrace.protocol.metadata.ConfigRecord;
import millrace.record.RecordBatchBuilder;
import millrace.settings.BrokerSettings;
import millrace.settings.SettingTable;
import millrace.settings.UpdateMode;
import millrace.storage.cleaner.CleanerSettings;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogEvent;
import millrace.storage.log.PartitionLog;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Keys of a broker that say when and how its logs are tended have their effect: from the settings file, and where Kafka changes them while a
/// broker runs, also then. A row names what is seen with the value and not without it. (Keys that topics have too: `LogSettingsTest`.)
class BrokerKeysTest {
    private static final TopicPartition TABLE = new TopicPartition("table", 0);

    private record Row(String key, String value, Predicate<Bench> effect) {}

    private static final List<Row> ROWS = List.of(
            new Row("log.retention.check.interval.ms", "1000", bench -> bench.outlived().later(1_001).log.logStartOffset() > 0),
            new Row("log.initial.task.delay.ms", "1000", bench -> bench.outlived().later(1_001).log.logStartOffset() > 0),
            new Row("producer.id.expiration.check.interval.ms", "1000", bench -> bench.later(1_001).log.producers().isEmpty()),
            new Row("replica.high.watermark.checkpoint.interval.ms", "1000", bench -> bench.later(1_001).checkpoint("replication-offset").contains("table 0 2")),
            new Row("log.flush.offset.checkpoint.interval.ms", "1000", bench -> bench.later(1_001).checkpoint("recovery-point-offset").contains("table 0 2")),
            new Row("log.flush.start.offset.checkpoint.interval.ms", "1000", bench -> bench.deleteBefore(1).later(1_001).checkpoint("log-start-offset").contains("table 0 1")),
            new Row("log.flush.interval.ms", "2000", bench -> bench.append().later(4_000).log.flushedOffset() == 3),
            new Row("log.flush.scheduler.interval.ms", "2000", bench -> bench.append().later(4_000).log.flushedOffset() == 3),
            new Row("log.cleaner.backoff.ms", "1000", bench -> bench.later(1_001).begun("log-cleaner") == 1),
            new Row("log.cleaner.threads", "3", bench -> bench.later(15_001).begun("log-cleaner") == 3),
            new Row("log.cleaner.enable", "false", bench -> bench.later(60_000).begun("log-cleaner") == 0),
            new Row("log.cleaner.dedupe.buffer.size", "1048576", bench -> bench.cleaner().keyMapBytes() == 1_048_576),
            new Row("log.cleaner.io.buffer.load.factor", "0.5", bench -> bench.cleaner().loadFactor() == 0.5),
            new Row("log.cleaner.io.buffer.size", "65536", bench -> bench.cleaner().ioBufferBytes() == 65_536),
            new Row("log.cleaner.io.max.bytes.per.second", "1000.0", bench -> bench.cleaner().bytesPerSecond() == 1_000),
            new Row("num.recovery.threads.per.data.dir", "5", bench -> bench.openedAgain().begun("load logs") == 4),
            new Row("millrace.scrub.bytes.per.second", "0", bench -> bench.damaged().later(10_000).damage.isEmpty()),
            new Row("millrace.scrub.interval.ms", "1000", bench -> !bench.later(10_000).damaged().later(10_000).damage.isEmpty()));

    @TempDir Path temporary;

    @TestFactory List<DynamicTest> everyKeyHasItsEffect() {
        var number = new AtomicInteger();
        var tests = new ArrayList<DynamicTest>();
        for (Row row : ROWS) tests.add(DynamicTest.dynamicTest(row.key, () -> {
            assertThat(seen(row, number, Map.of(), Map.of())).as("without it").isFalse();
            assertThat(seen(row, number, Map.of(row.key, row.value), Map.of())).as("in the settings file").isTrue();
            boolean dynamic = SettingTable.BROKER.get(row.key).updateMode() != UpdateMode.READ_ONLY;
            boolean atOpening = row.key.equals("num.recovery.threads.per.data.dir");       // Kafka resizes a pool that is idle by then
            if (dynamic && !atOpening) assertThat(seen(row, number, Map.of(), Map.of(row.key, row.value))).as("set while the broker runs").isTrue();
        }));
        return tests;
    }

    private boolean seen(Row row, AtomicInteger number, Map<String, String> file, Map<String, String> dynamic) {
        try (var bench = new Bench(temporary.resolve("data" + number.incrementAndGet()), file)) {
            bench.change(dynamic);
            return row.effect.test(bench);
        }
    }

    @Test void deletedFilesGoWhenTheirDelayHasPassedAndNotWithTheNextRetention() {
        try (var bench = new Bench(temporary.resolve("data"), Map.of())) {
            bench.outlived().later(30_001);
            assertThat(bench.names()).anyMatch(name -> name.endsWith(".deleted"));
            assertThat(bench.later(60_000).names()).as("60 s later").noneMatch(name -> name.endsWith(".deleted"));
        }
    }

    /// One log with two segments of a record each, tended by a broker's housekeeping and compaction, whose time moves when the test says so.
    private static final class Bench implements AutoCloseable, Clock, EventLoop, Workers, Randomness {
        private record Timer(long dueMs, long number, Runnable task) {}

        private final LogConfig config = LogConfig.builder().retentionMs(-1).flushMs(Long.MAX_VALUE).producerIdExpirationMs(500).build();
        private final List<Timer> timers = new ArrayList<>();
        private final Deque<Runnable> queue = new ArrayDeque<>();
        private final List<String> begun = new ArrayList<>();
        private final List<String> damage = new ArrayList<>();
        private final Path path;
        private final LiveSettings settings;
        private final BrokerEnvironment environment = new BrokerEnvironment(this, new NioDisk(), List.of(this), this, this);
        private LogDirectory directory;
        private Housekeeping housekeeping;
        private Compaction compaction;
        private PartitionLog log;
        private long nowMs = 1_000;
        private long timerNumber;

        Bench(Path path, Map<String, String> file) {
            this.path = path;
            this.settings = new LiveSettings(BrokerSettings.of(file));
            this.directory = LogDirectory.open(environment.disk(), path, this, this, new LogDirSettings("cluster", 1, this, _ -> config, 1, 10, 0, new LogDirSettings.Listener() {
                @Override public void onEvent(LogEvent event) {
                    if (event instanceof LogEvent.DamageFound) damage.add(event.text());
                }
            }));
            this.log = directory.createLog(TABLE, new Uuid(7, 7), config);
            append();
            log.roll();
            append();
            log.flush(2);
            log.updateHighWatermark(2);
            drain();                            // a segment that was rolled is flushed soon
            housekeeping = new Housekeeping(List.of(directory), settings, environment);
            housekeeping.start();
            compaction = new Compaction(List.of(directory), settings, environment);
            compaction.start();
        }

        void change(Map<String, String> dynamic) {
            var image = MetadataImage.EMPTY;
            for (var each : dynamic.entrySet())
                image = image.apply(List.of(ConfigRecord.builder().resourceType(ConfigResource.BROKER).resourceName("").name(each.getKey()).value(each.getValue()).build()));
            settings.follow(image, 1);
        }

        Bench append() {
            try (var builder = new RecordBatchBuilder().producer(7, (short) 0, (int) log.logEndOffset())) {
                log.appendAsLeader(builder.append(timestampMs(), null, ByteBuffer.wrap(new byte[200])).build(), 0, AppendOrigin.CLIENT);
            }
            return this;
        }

        /// The first segment may go from now on.
        Bench outlived() {
            log.updateConfig(config.toBuilder().retentionMs(1).build());
            return this;
        }

        Bench deleteBefore(long offset) {
            log.advanceLogStartOffset(offset);
            return this;
        }

        Bench damaged() {
            Path segment = log.directory().resolve("00000000000000000000.log");
            try {
                byte[] bytes = Files.readAllBytes(segment);
                bytes[bytes.length - 5] ^= 1;
                Files.write(segment, bytes);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return this;
        }

        Bench openedAgain() {
            for (int i = 1; i < 9; i++) directory.createLog(new TopicPartition("table", i), new Uuid(7, 7), config);
            directory.closeCleanly(1);
            begun.clear();
            directory = Broker.openLogs("cluster", 1, settings.broker(), List.of(path), environment).directories().getFirst();
            return this;
        }

        CleanerSettings cleaner() {
            return compaction.cleanerSettings();
        }

        Bench later(long ms) {
            long untilMs = nowMs + ms;
            drain();
            for (Timer due = first(); due != null && due.dueMs <= untilMs; due = first()) {
                timers.remove(due);
                nowMs = due.dueMs;
                due.task.run();
                drain();
            }
            nowMs = untilMs;
            return this;
        }

        private Timer first() {
            return timers.stream().min(Comparator.comparingLong(Timer::dueMs).thenComparingLong(Timer::number)).orElse(null);
        }

        private void drain() {
            for (Runnable task = queue.poll(); task != null; task = queue.poll()) task.run();
        }

        String checkpoint(String name) {
            try {
                return Files.readString(path.resolve(name + "-checkpoint"));
            } catch (IOException none) {
                return "";
            }
        }

        List<String> names() {
            try (var files = Files.list(log.directory())) {
                return files.map(file -> file.getFileName().toString()).toList();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        int begun(String prefix) {
            return (int) begun.stream().filter(name -> name.startsWith(prefix)).count();
        }

        @Override public long monotonicNanos() {
            return nowMs * 1_000_000;
        }

        @Override public long timestampMs() {
            return 1_700_000_000_000L + nowMs;
        }

        @Override public void execute(Runnable task) {
            queue.add(task);
        }

        @Override public Cancellable schedule(long delayMs, Runnable task) {
            var timer = new Timer(nowMs + delayMs, timerNumber++, task);
            timers.add(timer);
            return () -> timers.remove(timer);
        }

        @Override public boolean inLoop() {
            return true;
        }

        @Override public void run(String name, Runnable blocking) {
            begun.add(name);
            queue.add(blocking);
        }

        @Override public SerialExecutor serial(String name) {
            return new SerialExecutor() {
                @Override public void execute(Runnable task) {
                    queue.add(task);
                }

                @Override public void close() {
                    drain();
                }
            };
        }

        @Override public long nextLong() {
            return 42;
        }

        @Override public int nextInt(int bound) {
            return 42 % bound;
        }

        @Override public void close() {
            housekeeping.close();
            compaction.close();
            directory.close();
        }
    }
}
