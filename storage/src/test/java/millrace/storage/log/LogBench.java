package millrace.storage.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import millrace.common.TopicPartition;
import millrace.record.Codec;
import millrace.record.ControlRecords;
import millrace.record.DecodeLimits;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;
import millrace.record.RecordBatches;
import millrace.record.RecordCursor;

/// A log on a disk in memory, and short words for what is done with it.
public final class LogBench implements LogHost {
    public static final TopicPartition ORDERS_0 = new TopicPartition("orders", 0);
    static final int EPOCH = 3;

    final MemoryDisk disk;
    final ManualClock clock = new ManualClock();
    final Path folder = Path.of("/data/orders-0");
    final List<LogEvent> events = new ArrayList<>();
    final List<Path> deleted = new ArrayList<>();
    final List<Long> loweredTo = new ArrayList<>();
    int flushesWanted;
    long generation = 7;
    SegmentCache cache = identifying(new SegmentCache(100));
    LogConfig config = LogConfig.DEFAULTS;
    PartitionLog log;

    LogBench() {
        this(new MemoryDisk());
    }

    LogBench(MemoryDisk disk) {
        this.disk = disk;
        disk.createDirectories(folder.getParent());
        try {
            disk.syncDirectory(folder.getParent());
        } catch (java.io.IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private SegmentCache identifying(SegmentCache cache) {
        cache.keepIdentity(generation);
        return cache;
    }

    LogBench with(LogConfig newConfig) {
        config = newConfig;
        return this;
    }

    LogBench open() {
        return open(LogStart.CLEAN);
    }

    LogBench open(LogStart start) {
        try {
            log = tryOpen(start);
            return this;
        } catch (DamagedLog damaged) {
            throw new AssertionError(damaged);
        }
    }

    PartitionLog tryOpen(LogStart start) throws DamagedLog {
        cache = identifying(new SegmentCache(100));
        return PartitionLog.open(new LogPlace(disk, clock, folder, ORDERS_0, cache, this), config, start);
    }

    /// The process dies, the page cache stays; what was checkpointed is what had been flushed.
    LogBench kill() {
        long recoveryPoint = log.recoveryPoint();
        log.abandon();
        return open(new LogStart(recoveryPoint, log.logStartOffset(), 0, false));
    }

    /// The power goes: only what was synced is left.
    LogBench losePower(int tornBytes) {
        long recoveryPoint = log.recoveryPoint();
        log.abandon();
        disk.losePower(tornBytes);
        return open(new LogStart(recoveryPoint, 0, 0, false));
    }

    /// As [#losePower], with a log start offset that was written down before.
    LogBench losePowerKnowing(long logStartOffset) {
        long recoveryPoint = log.recoveryPoint();
        log.abandon();
        disk.losePower(0);
        return open(new LogStart(recoveryPoint, logStartOffset, 0, false));
    }

    LogBench restartCleanly() {
        log.close();
        return open(new LogStart(log.recoveryPoint(), log.logStartOffset(), log.highWatermark(), true));
    }

    Path file(long offset, String suffix) {
        return SegmentFiles.file(folder, offset, suffix);
    }

    // ---- batches ----

    static ByteBuffer batch(long timestampMs, String... values) {
        return batch(Codec.NONE, timestampMs, values);
    }

    static ByteBuffer batch(Codec codec, long timestampMs, String... values) {
        return idempotent(-1, (short) -1, -1, codec, false, timestampMs, values);
    }

    static ByteBuffer idempotent(long producerId, int epoch, int sequence, String... values) {
        return idempotent(producerId, (short) epoch, sequence, Codec.NONE, false, 1_700_000_000_000L, values);
    }

    static ByteBuffer transactional(long producerId, int epoch, int sequence, String... values) {
        return idempotent(producerId, (short) epoch, sequence, Codec.NONE, true, 1_700_000_000_000L, values);
    }

    private static ByteBuffer idempotent(long producerId, short epoch, int sequence, Codec codec, boolean transactional, long timestampMs, String... values) {
        try (var builder = new RecordBatchBuilder().codec(codec).producer(producerId, epoch, sequence).transactional(transactional)) {
            for (String value : values) builder.append(timestampMs, null, ByteBuffer.wrap(value.getBytes(UTF_8)), List.of());
            return builder.build();
        }
    }

    static ByteBuffer marker(long producerId, int epoch, boolean commit, int coordinatorEpoch) {
        return ControlRecords.endTransactionMarker(0, 1_700_000_000_000L, 0, producerId, (short) epoch, commit, coordinatorEpoch);
    }

    // ---- doing ----

    AppendResult append(ByteBuffer batch) {
        return log.appendAsLeader(batch, EPOCH, AppendOrigin.CLIENT);
    }

    AppendResult append(String... values) {
        return append(batch(clock.timestampMs(), values));
    }

    AppendResult mark(ByteBuffer marker) {
        return log.appendAsLeader(marker, EPOCH, AppendOrigin.COORDINATOR);
    }

    LogBench fill(int batches, int bytes) {
        for (int i = 0; i < batches; i++) append("x".repeat(bytes));
        return this;
    }

    LogBench flush() {
        log.flush(log.logEndOffset());
        return this;
    }

    /// Everything readable, as `offset:value`; control records as `offset:!`.
    List<String> content() {
        return content(log.logStartOffset());
    }

    List<String> content(long from) {
        var found = new ArrayList<String>();
        long next = from;
        while (next < log.logEndOffset()) {
            ByteBuffer bytes = log.readBytes(next, 1 << 20, log.logEndOffset());
            if (!bytes.hasRemaining()) break;
            for (RecordBatch batch : RecordBatches.of(bytes)) {
                if (!batch.crcMatches()) throw new AssertionError("wrong CRC in " + batch);
                try (RecordCursor records = batch.records(DecodeLimits.DEFAULT)) {
                    while (records.hasNext()) {
                        var record = records.next();
                        if (record.offset() >= from) found.add(record.offset() + ":" + (batch.isControl() ? "!" : UTF_8.decode(record.value())));
                    }
                }
                next = batch.nextOffset();
            }
        }
        return found;
    }

    List<Long> segmentOffsets() {
        return names().stream().filter(name -> name.endsWith(".log")).map(SegmentFiles::offsetOf).toList();
    }

    List<String> names() {
        try {
            return disk.list(folder).stream().map(path -> path.getFileName().toString()).toList();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    <E extends LogEvent> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    // ---- the host ----

    @Override public void recoveryPointLowered(PartitionLog lowered) {
        loweredTo.add(lowered.recoveryPoint());
    }

    @Override public void truncated(PartitionLog log) {}

    @Override public void deleteLater(List<Path> files, long delayMs) {
        deleted.addAll(files);
    }

    @Override public void flushWanted(PartitionLog dirty) {
        flushesWanted++;
    }

    @Override public void onEvent(LogEvent event) {
        events.add(event);
    }
}
