package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/// Apache Kafka's own log over a real folder: the oracle.
public final class ApacheLog implements AutoCloseable {
    public final UnifiedLog log;
    private final Clock clock;

    private ApacheLog(UnifiedLog log, Clock clock) {
        this.log = log;
        this.clock = clock;
    }

    public static ApacheLog open(Path folder, LogConfig config, long timestampMs, long recoveryPoint, boolean clean) throws IOException {
        Map<String, Object> settings = new HashMap<>();
        settings.put("internal.segment.bytes", config.segmentBytes());
        settings.put("index.interval.bytes", config.indexIntervalBytes());
        settings.put("segment.index.bytes", config.segmentIndexBytes());
        settings.put("segment.ms", config.segmentMs());
        settings.put("message.timestamp.after.max.ms", config.timestampAfterMaxMs());
        settings.put("cleanup.policy", config.compacts() ? "compact" : "delete");
        settings.put("delete.retention.ms", config.deleteRetentionMs());
        settings.put("max.message.bytes", config.maxMessageBytes());
        var clock = new Clock(timestampMs);
        UnifiedLog log = UnifiedLog.create(folder.toFile(), new org.apache.kafka.storage.internals.log.LogConfig(settings), 0, recoveryPoint, new Inline(), new BrokerTopicStats(), clock,
                900_000, new ProducerStateManagerConfig(86_400_000, false), 600_000, new LogDirFailureChannel(10), clean, Optional.<Uuid>empty(), new ConcurrentHashMap<>(), false,
                org.apache.kafka.storage.internals.log.LogOffsetsListener.NO_OP_OFFSETS_LISTENER);
        return new ApacheLog(log, clock);
    }

    /// The first offset, or the error's name, or `DUPLICATE offset`.
    public String append(ByteBuffer batch, int leaderEpoch, boolean marker, int transactionVersion) {
        try {
            long before = log.logEndOffset();
            var origin = marker ? org.apache.kafka.storage.internals.log.AppendOrigin.COORDINATOR : org.apache.kafka.storage.internals.log.AppendOrigin.CLIENT;
            var info = log.appendAsLeader(MemoryRecords.readableRecords(batch), leaderEpoch, origin, RequestLocal.noCaching(), VerificationGuard.SENTINEL, (short) transactionVersion);
            return (log.logEndOffset() == before ? "DUPLICATE " : "") + info.firstOffset();
        } catch (ApiException e) {
            return Errors.forException(e).name();
        }
    }

    List<String> content() throws IOException {
        var found = new ArrayList<String>();
        for (var segment : log.logSegments()) {
            segment.sanityCheck(false);
            FileRecords records = segment.log();
            for (var batch : records.batches()) {
                batch.ensureValid();
                for (var record : batch) found.add(record.offset() + ":" + (batch.isControlBatch() ? "!" : new String(bytes(record.value()), java.nio.charset.StandardCharsets.UTF_8)));
            }
        }
        return found;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /// As [ProducerView], in order of id.
    public List<ProducerView> producers() {
        return log.activeProducers().stream().map(each -> new ProducerView(each.producerId(), (short) each.producerEpoch(), each.lastSequence(), each.lastTimestamp(), each.coordinatorEpoch(), each.currentTxnStartOffset()))
                .sorted(java.util.Comparator.comparingLong(ProducerView::producerId)).toList();
    }

    OptionalLong offsetForTimestamp(long timestampMs) {
        var found = log.fetchOffsetByTimestamp(timestampMs, Optional.empty()).timestampAndOffsetOpt();
        return found.isPresent() ? OptionalLong.of(found.get().offset) : OptionalLong.empty();
    }

    public List<AbortedTransaction> aborted() throws IOException {
        var all = new ArrayList<AbortedTransaction>();
        for (var segment : log.logSegments())
            for (var each : segment.txnIndex().allAbortedTxns()) all.add(new AbortedTransaction(each.producerId(), each.firstOffset(), each.lastOffset(), each.lastStableOffset()));
        return all;
    }

    @Override public void close() {
        log.close();
    }

    public void setTime(long timestampMs) {
        clock.timestampMs = timestampMs;
    }

    private static final class Clock implements Time {
        volatile long timestampMs;

        Clock(long timestampMs) {
            this.timestampMs = timestampMs;
        }

        @Override public long milliseconds() {
            return timestampMs;
        }

        @Override public long nanoseconds() {
            return timestampMs * 1_000_000;
        }

        @Override public void sleep(long ms) {
            timestampMs += ms;
        }
    }

    private static final class Never extends CompletableFuture<Object> implements ScheduledFuture<Object> {
        @Override public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override public int compareTo(Delayed other) {
            return 0;
        }
    }

    /// What is due runs at once, what has time never.
    private static final class Inline implements Scheduler {
        @Override public void startup() {}

        @Override public void shutdown() {}

        @Override public ScheduledFuture<?> schedule(String name, Runnable task, long delayMs, long periodMs) {
            if (delayMs == 0 && periodMs < 0) task.run();
            return new Never();
        }

        @Override public void resizeThreadPool(int newSize) {}
    }
}
