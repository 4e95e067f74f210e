package millrace.broker.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import millrace.bindings.disk.NioDisk;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.metadata.ConfigResource;
import millrace.metadata.MetadataImage;
import millrace.ports.Clock;
import millrace.ports.Disk;
import millrace.ports.DiskThrough;
import millrace.ports.Randomness;
import millrace.ports.Workers;
import millrace.protocol.metadata.ConfigRecord;
import millrace.record.Codec;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;
import millrace.settings.BrokerSettings;
import millrace.settings.Setting;
import millrace.settings.SettingTable;
import millrace.storage.cleaner.CleanerSettings;
import millrace.storage.cleaner.LogCleaner;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.LogConfig;
import millrace.storage.log.PartitionLog;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every topic setting that concerns a log has its effect: as the topic's own, as the broker's (its synonym), and when it is set while the log
/// is open. A row names what is seen with the value and not without it.
class LogSettingsTest {

    /// @param with what else is set, in both cases
    private record Row(String key, String value, Map<String, String> with, Effect effect) {}

    private interface Effect {
        boolean isSeen(Bench bench) throws IOException;
    }

    private static final Map<String, String> COMPACT = Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "0.0");

    private static final List<Row> ROWS = List.of(
            new Row("segment.bytes", "1048576", Map.of(), bench -> bench.append(600_000).append(600_000).log.segmentCount() == 2),
            new Row("segment.ms", "1000", Map.of(), bench -> bench.append(1).later(1_001).append(1).log.segmentCount() == 2),
            new Row("segment.jitter.ms", "10000", Map.of("segment.ms", "10000"), bench -> bench.append(1).later(9_999).append(1).log.segmentCount() == 2),
            new Row("segment.index.bytes", "24", Map.of("index.interval.bytes", "0"), bench -> bench.append(1).append(1).append(1).append(1).append(1).log.segmentCount() > 1),
            new Row("preallocate", "true", Map.of("segment.bytes", "1048576"), bench -> bench.append(1).rolled().reserved().equals(Map.of("00000000000000000001.log", 1L << 20))),
            new Row("index.interval.bytes", "1", Map.of(), bench -> bench.append(1).append(1).append(1).rolled().size(".index") > 0),
            new Row("retention.ms", "1000", Map.of(), bench -> bench.append(1).rolled().append(1).later(1_001).retained() > 0),
            new Row("retention.bytes", "10", Map.of(), bench -> bench.append(100).rolled().append(100).retained() > 0),
            new Row("cleanup.policy", "", Map.of("retention.ms", "1000"), bench -> bench.append(1).rolled().append(1).later(1_001).retained() == 0),
            new Row("file.delete.delay.ms", "0", Map.of("retention.ms", "1000"), bench -> bench.append(1).rolled().append(1).later(1_001).retained() > 0 && bench.names(".deleted").isEmpty()),
            new Row("flush.messages", "1", Map.of(), bench -> bench.append(1).synced().log.flushedOffset() == 1),
            new Row("flush.ms", "0", Map.of(), bench -> bench.append(1).flushTicked().synced().log.flushedOffset() == 1),
            new Row("message.timestamp.type", "LogAppendTime", Map.of(), bench -> ((AppendResult.Appended) bench.appendAt(0, 1)).logAppendTimeMs() >= 0),
            new Row("message.timestamp.before.max.ms", "1000", Map.of(), bench -> bench.appendAt(-2_000, 1) instanceof AppendResult.Refused),
            new Row("message.timestamp.after.max.ms", "1000", Map.of(), bench -> bench.appendAt(2_000, 1) instanceof AppendResult.Refused),
            new Row("max.message.bytes", "500", Map.of(), bench -> bench.appendAt(0, 1_000) instanceof AppendResult.Refused),
            new Row("max.decompressed.message.bytes", "500", Map.of(), bench -> bench.append(Codec.GZIP, 5_000) instanceof AppendResult.Refused),
            new Row("compression.type", "lz4", Map.of(), bench -> bench.append(100).stored().codec() == Codec.LZ4),
            new Row("compression.gzip.level", "1", Map.of("compression.type", "gzip"), bench -> bench.append(20_000).stored().sizeInBytes() != Bench.compressed(Codec.GZIP, 20_000)),
            new Row("compression.lz4.level", "1", Map.of("compression.type", "lz4"), bench -> bench.append(20_000).stored().sizeInBytes() != Bench.compressed(Codec.LZ4, 20_000)),
            new Row("compression.zstd.level", "-50", Map.of("compression.type", "zstd"), bench -> bench.append(20_000).stored().sizeInBytes() != Bench.compressed(Codec.ZSTD, 20_000)),
            new Row("delete.retention.ms", "1234", COMPACT, bench -> bench.put("k", "v").put("k", null).rolled().put("z", "v").cleaned() && bench.stored().deleteHorizonMs() == bench.timestampMs + 1_234),
            new Row("min.compaction.lag.ms", "3600000", COMPACT, bench -> !bench.put("k", "1").put("k", "2").rolled().put("z", "v").cleaned()),
            new Row("max.compaction.lag.ms", "1000", Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "1.0"), bench -> bench.put("k", "1").rolled().put("k", "2").later(1_001).cleaned()),
            new Row("min.cleanable.dirty.ratio", "0.0", Map.of("cleanup.policy", "compact"), bench -> {
                bench.put("k", "x".repeat(1_000)).rolled().put("z", "v").cleaned();
                return bench.put("k", "2").rolled().put("z", "v").cleaned();
            }));

    /// Those without an effect on a log's bytes, and those of other parts: each with its reason.
    private static final Map<String, String> ELSEWHERE = new TreeMap<>(Map.of(
            "internal.segment.bytes", "segment.bytes without its lower limit, for tests",
            "millrace.durability", "decides when acks=all is answered: PartitionTest",
            "min.insync.replicas", "of replication: PartitionTest",
            "unclean.leader.election.enable", "of the controller",
            "errors.deadletterqueue.group.enable", "of share groups",
            "leader.replication.throttled.replicas", "of replication quotas",
            "follower.replication.throttled.replicas", "of replication quotas"));

    @TempDir Path temporary;

    @TestFactory List<DynamicTest> everySettingOfALogHasItsEffect() {
        var number = new AtomicInteger();
        var tests = new ArrayList<DynamicTest>();
        for (Row row : ROWS) tests.add(DynamicTest.dynamicTest(row.key, () -> {
            var without = new TreeMap<>(row.with);
            var with = new TreeMap<>(without);
            with.put(row.key, row.value);
            String brokerKey = SettingTable.TOPIC.find(row.key).synonyms().getFirst();
            assertThat(seen(row, number, Map.of(), without, without)).as("without it").isFalse();
            assertThat(seen(row, number, Map.of(), with, with)).as("as the topic's own").isTrue();
            assertThat(seen(row, number, Map.of(brokerKey, row.value), without, without)).as("as the broker's %s", brokerKey).isTrue();
            assertThat(seen(row, number, Map.of(), without, with)).as("set while the log is open").isTrue();
        }));
        return tests;
    }

    private boolean seen(Row row, AtomicInteger number, Map<String, String> broker, Map<String, String> atOpen, Map<String, String> then) throws IOException {
        var settings = BrokerSettings.of(broker);
        try (var bench = new Bench(temporary.resolve("log" + number.incrementAndGet()), config(settings, atOpen))) {
            bench.log.updateConfig(config(settings, then));
            return row.effect.isSeen(bench);
        }
    }

    private static LogConfig config(BrokerSettings broker, Map<String, String> topic) {
        var image = MetadataImage.EMPTY;
        for (var each : topic.entrySet())
            image = image.apply(List.of(ConfigRecord.builder().resourceType(ConfigResource.TOPIC).resourceName("table").name(each.getKey()).value(each.getValue()).build()));
        return TopicRules.of(broker, image, "table").log();
    }

    @org.junit.jupiter.api.Test void noTopicSettingIsForgotten() {
        var known = new TreeSet<>(ELSEWHERE.keySet());
        ROWS.forEach(row -> known.add(row.key));
        for (Setting setting : SettingTable.TOPIC.all()) {
            boolean tiered = setting.name().startsWith("remote.") || setting.name().startsWith("local.");
            if (!tiered) assertThat(known).contains(setting.name());
        }
    }

    /// One log in a directory of its own, with a clock and workers that stand until they are told.
    private static final class Bench implements AutoCloseable, Clock, Workers, Randomness {
        private final Path path;
        private final LogDirectory directory;
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private final LogCleaner cleaner;
        private final Map<String, Long> reserved = new TreeMap<>();
        final PartitionLog log;
        long timestampMs = 1_700_000_000_000L;
        private long nowMs = 1_000;

        Bench(Path path, LogConfig config) {
            this.path = path;
            this.directory = LogDirectory.open(disk(), path, this, this, new LogDirSettings("cluster", 1, this, _ -> config, 1, 10, 0, new LogDirSettings.Listener() {}));
            this.log = directory.createLog(new TopicPartition("table", 0), new Uuid(7, 7), config);
            this.cleaner = new LogCleaner(() -> List.of(directory), this, this, _ -> {});
        }

        /// How [NioDisk] reserves is tested there.
        private Disk disk() {
            return new DiskThrough(new NioDisk()) {
                @Override public void allocate(Path file, long bytes) {
                    reserved.put(file.getFileName().toString(), bytes);
                }

                @Override public void trim(Path file) {
                    reserved.remove(file.getFileName().toString());
                }
            };
        }

        /// @return by the name of the file, how many bytes
        Map<String, Long> reserved() {
            return reserved;
        }

        static ByteBuffer value(int bytes) {
            ByteBuffer value = ByteBuffer.allocate(bytes);
            for (int i = 0; i < bytes; i++) value.put((byte) (i * i / 7 % 23 + i / 97));
            return value.flip();
        }

        static int compressed(Codec codec, int bytes) {
            try (var builder = new RecordBatchBuilder().codec(codec)) {
                return builder.append(1_700_000_000_000L, ByteBuffer.wrap(new byte[] {1}), value(bytes)).build().remaining();
            }
        }

        AppendResult appendAt(long afterMs, int bytes) {
            return append(Codec.NONE, afterMs, ByteBuffer.wrap(new byte[] {1}), value(bytes));
        }

        AppendResult append(Codec codec, int bytes) {
            return append(codec, 0, ByteBuffer.wrap(new byte[] {1}), value(bytes));
        }

        private AppendResult append(Codec codec, long afterMs, ByteBuffer key, ByteBuffer value) {
            try (var builder = new RecordBatchBuilder().codec(codec)) {
                return log.appendAsLeader(builder.append(timestampMs + afterMs, key, value).build(), 0, AppendOrigin.CLIENT);
            }
        }

        Bench append(int bytes) {
            assertThat(appendAt(0, bytes)).isInstanceOf(AppendResult.Appended.class);
            return this;
        }

        Bench put(String key, String value) {
            append(Codec.NONE, 0, ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8)), value == null ? null : ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
            return this;
        }

        Bench later(long ms) {
            nowMs += ms;
            timestampMs += ms;
            return this;
        }

        Bench rolled() {
            log.roll();
            return replicated();
        }

        private Bench replicated() {
            log.flush(log.logEndOffset());
            log.updateHighWatermark(log.logEndOffset());
            return this;
        }

        int retained() {
            replicated();
            int before = log.segmentCount();
            directory.retentionTick(nowMs, timestampMs);
            return before - log.segmentCount();
        }

        Bench flushTicked() {
            directory.flushTick(nowMs, Long.MAX_VALUE);
            return this;
        }

        Bench synced() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) task.run();
            return this;
        }

        boolean cleaned() {
            replicated();
            return cleaner.cleanFilthiest(new CleanerSettings(1 << 20, 0.9, 1 << 16, Double.MAX_VALUE));
        }

        RecordBatch stored() {
            return RecordBatch.at(log.readBytes(log.logStartOffset(), 1 << 20, log.logEndOffset()), 0);
        }

        List<Path> names(String ending) throws IOException {
            try (var files = Files.list(log.directory())) {
                return files.filter(file -> file.getFileName().toString().endsWith(ending)).sorted().toList();
            }
        }

        long size(String ending) throws IOException {
            return Files.size(names(ending).getFirst());
        }

        @Override public long monotonicNanos() {
            return nowMs * 1_000_000;
        }

        @Override public long timestampMs() {
            return timestampMs;
        }

        @Override public long nextLong() {
            return 42;
        }

        @Override public int nextInt(int bound) {
            return 42 % bound;
        }

        @Override public void run(String name, Runnable blocking) {
            tasks.add(blocking);
        }

        @Override public SerialExecutor serial(String name) {
            return new SerialExecutor() {
                @Override public void execute(Runnable task) {
                    tasks.add(task);
                }

                @Override public void close() {
                    synced();
                }
            };
        }

        @Override public void close() {
            directory.close();
        }

        @Override public String toString() {
            return "bench at " + path;
        }
    }
}
