package millrace.storage.cleaner;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.ports.Randomness;
import millrace.record.Codec;
import millrace.record.ControlRecords;
import millrace.record.DecodeLimits;
import millrace.record.Record;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;
import millrace.record.RecordBatches;
import millrace.record.RecordCursor;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AbortedTransaction;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;
import millrace.storage.log.ManualClock;
import millrace.storage.log.MemoryDisk;
import millrace.storage.log.PartitionLog;
import millrace.storage.log.ReadResult;
import millrace.storage.sync.DirectWorkers;

/// A compacted log in a log directory on a disk in memory, its cleaner, and short words for what is done with them.
final class CleanerBench {
    static final TopicPartition TABLE = new TopicPartition("table", 0);
    static final Path DATA = Path.of("/data");
    static final Path FOLDER = DATA.resolve("table-0");
    static final LogConfig COMPACT = LogConfig.builder().deletes(false).compacts(true).minCleanableDirtyRatio(0).segmentBytes(1_000).indexIntervalBytes(100)
            .deleteRetentionMs(10_000).fileDeleteDelayMs(0).build();
    static final CleanerSettings SETTINGS = new CleanerSettings(1 << 20, 0.9, 4_096, Double.MAX_VALUE);

    final MemoryDisk disk;
    final ManualClock clock = new ManualClock();
    final List<LogEvent> events = new ArrayList<>();
    final List<LogDirFailure> failures = new ArrayList<>();
    final List<Long> pauses = new ArrayList<>();
    LogConfig config = COMPACT;
    CleanerSettings settings = SETTINGS;
    LogDirectory directory;
    PartitionLog log;
    LogCleaner cleaner;

    CleanerBench() {
        this(new MemoryDisk());
    }

    CleanerBench(MemoryDisk disk) {
        this.disk = disk;
    }

    CleanerBench with(LogConfig newConfig) {
        config = newConfig;
        return this;
    }

    CleanerBench open() {
        return open(disk);
    }

    CleanerBench open(Disk through) {
        var random = new Random(5);
        var randomness = new Randomness() {
            @Override public long nextLong() {
                return random.nextLong();
            }

            @Override public int nextInt(int bound) {
                return random.nextInt(bound);
            }
        };
        var listener = new LogDirSettings.Listener() {
            @Override public void onEvent(LogEvent event) {
                events.add(event);
            }

            @Override public void onFailure(LogDirFailure failure) {
                failures.add(failure);
            }
        };
        directory = LogDirectory.open(through, DATA, clock, new DirectWorkers(), new LogDirSettings("cluster", 1, randomness, _ -> beforeItsRulesAreKnown(), 1, 10, 0, listener));
        log = directory.log(TABLE).orElseGet(() -> directory.createLog(TABLE, new Uuid(7, 9), config));
        log.updateConfig(config);
        cleaner = new LogCleaner(() -> List.of(directory), clock, randomness, pauses::add);
        return this;
    }

    /// As a broker opens logs: which topics are compacted, the metadata tells later.
    private LogConfig beforeItsRulesAreKnown() {
        return config.toBuilder().compacts(false).deletes(false).build();
    }

    /// The process dies, the page cache stays.
    CleanerBench kill() {
        directory.checkpointTick();
        directory.close();
        disk.killProcess();
        return open();
    }

    // ---- appending ----

    /// @param values `key=value`, `key=` for a tombstone
    AppendResult put(String... values) {
        return append(new RecordBatchBuilder(), values);
    }

    AppendResult put(Codec codec, String... values) {
        return append(new RecordBatchBuilder().codec(codec), values);
    }

    AppendResult transactional(long producerId, int sequence, String... values) {
        return append(new RecordBatchBuilder().producer(producerId, (short) 0, sequence).transactional(true), values);
    }

    AppendResult idempotent(long producerId, int sequence, String... values) {
        return append(new RecordBatchBuilder().producer(producerId, (short) 0, sequence), values);
    }

    private AppendResult append(RecordBatchBuilder builder, String... values) {
        try (builder) {
            for (String each : values) {
                int at = each.indexOf('=');
                String value = each.substring(at + 1);
                builder.append(clock.timestampMs(), bytes(each.substring(0, at)), value.isEmpty() ? null : bytes(value));
            }
            return log.appendAsLeader(builder.build(), 3, AppendOrigin.CLIENT);
        }
    }

    static ByteBuffer bytes(String of) {
        return ByteBuffer.wrap(of.getBytes(UTF_8));
    }

    AppendResult end(long producerId, boolean commit) {
        return log.appendAsLeader(ControlRecords.endTransactionMarker(0, clock.timestampMs(), 0, producerId, (short) 0, commit, 1), 3, AppendOrigin.COORDINATOR);
    }

    CleanerBench roll() {
        log.roll();
        return this;
    }

    // ---- cleaning ----

    /// Everything is replicated; then every log that needs it is cleaned.
    CleanerBench clean() {
        replicated();
        for (int passes = 0; cleaner.cleanFilthiest(settings); passes++) if (passes == 1_000) throw new AssertionError("the cleaner does not come to an end");
        return this;
    }

    CleanerBench replicated() {
        log.flush(log.logEndOffset());
        log.updateHighWatermark(log.logEndOffset());
        return this;
    }

    // ---- what is there ----

    record Found(RecordBatch batch, List<Record> records) {}

    List<Found> batches() {
        var found = new ArrayList<Found>();
        long next = log.logStartOffset();
        while (next < log.logEndOffset()) {
            ByteBuffer bytes = log.readBytes(next, 1 << 20, log.logEndOffset());
            if (!bytes.hasRemaining()) break;
            for (RecordBatch batch : RecordBatches.of(bytes)) {
                if (!batch.crcMatches()) throw new AssertionError("wrong CRC in " + batch);
                var records = new ArrayList<Record>();
                try (RecordCursor cursor = batch.records(DecodeLimits.DEFAULT)) {
                    while (cursor.hasNext()) records.add(cursor.next());
                }
                found.add(new Found(batch, records));
                next = batch.nextOffset();
            }
        }
        return found;
    }

    /// Every record as `offset:key=value`, a marker as `offset:!`, an empty batch as `offset:-`.
    List<String> content() {
        var content = new ArrayList<String>();
        for (Found each : batches()) {
            if (each.records.isEmpty()) content.add(each.batch.lastOffset() + ":-");
            for (Record record : each.records) content.add(record.offset() + ":" + (each.batch.isControl() ? "!" : text(record.key()) + "=" + (record.hasValue() ? text(record.value()) : "")));
        }
        return content;
    }

    static String text(ByteBuffer bytes) {
        return UTF_8.decode(bytes.duplicate()).toString();
    }

    /// What a reader of committed data makes of the log: the last value of each key, those with tombstones left out.
    TreeMap<String, String> table() {
        List<AbortedTransaction> aborted = aborted();
        var table = new TreeMap<String, String>();
        for (Found each : batches()) {
            if (each.batch.isControl() || each.batch.isTransactional() && aborted.stream().anyMatch(of -> of.producerId() == each.batch.producerId() && of.firstOffset() <= each.batch.lastOffset() && each.batch.lastOffset() < of.lastOffset())) continue;
            for (Record record : each.records) {
                if (record.hasValue()) table.put(text(record.key()), text(record.value()));
                else table.remove(text(record.key()));
            }
        }
        return table;
    }

    /// As a consumer with read_committed is told.
    List<AbortedTransaction> aborted() {
        var aborted = new ArrayList<AbortedTransaction>();
        for (long offset = log.logStartOffset(); offset < log.logEndOffset(); offset++) {
            if (!(log.read(offset, 1, log.logEndOffset(), true) instanceof ReadResult.Read read)) continue;
            for (AbortedTransaction each : read.abortedTransactions()) if (!aborted.contains(each)) aborted.add(each);
            read.release();
        }
        return aborted;
    }

    List<String> names() {
        try {
            return disk.list(FOLDER).stream().map(path -> path.getFileName().toString()).toList();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    <E extends LogEvent> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
