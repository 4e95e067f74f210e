package millrace.broker;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import millrace.broker.settings.LiveSettings;
import millrace.ports.Clock;
import millrace.ports.EventLoop;
import millrace.ports.Workers;
import millrace.settings.SettingValues;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.LogDirFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has to be done to logs from time to time: retention, checkpoints, background flushes. Each kind on its own interval, never
/// twice at once, and always off the event loops. The intervals are read once, as Kafka reads them; what the chores go by is read each time.
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final long FLUSH_CHECK_MS = 1_000;
    private static final long SCRUB_MS = 1_000;
    private static final long DELETION_MS = 1_000;

    private final List<LogDirectory> directories;
    private final LiveSettings settings;
    private final Clock clock;
    private final EventLoop loop;
    private final Workers workers;
    private volatile boolean closed;

    /// One kind of work, and when it is due again.
    private interface Chore {
        void on(LogDirectory directory);
    }

    Housekeeping(List<LogDirectory> directories, LiveSettings settings, BrokerEnvironment environment) {
        this.directories = directories;
        this.settings = settings;
        this.clock = environment.clock();
        this.loop = environment.firstLoop();
        this.workers = environment.workers();
    }

    void start() {
        long atFirstMs = settings.broker().values().longValue("log.initial.task.delay.ms");
        repeat("retention", atFirstMs, "log.retention.check.interval.ms", directory -> directory.retentionTick(clock.monotonicMs(), clock.timestampMs()));
        repeat("producer-expiry", atFirstMs, "producer.id.expiration.check.interval.ms", directory -> directory.producerTick(clock.monotonicMs(), clock.timestampMs()));
        every("deletion", DELETION_MS, DELETION_MS, directory -> directory.deletionTick(clock.monotonicMs()));
        // One tick writes whatever has moved, so the shortest of the three counts: to write a recovery point later only makes recovery longer.
        repeat("checkpoints", Long.MAX_VALUE, "replica.high.watermark.checkpoint.interval.ms", LogDirectory::checkpointTick);
        repeat("recovery-points", atFirstMs, "log.flush.offset.checkpoint.interval.ms", LogDirectory::checkpointTick);
        repeat("log-starts", atFirstMs, "log.flush.start.offset.checkpoint.interval.ms", LogDirectory::checkpointTick);
        long flushMs = Math.clamp(settings.broker().values().longValue("log.flush.scheduler.interval.ms"), 1, FLUSH_CHECK_MS);
        every("flush", flushMs, flushMs, directory -> directory.flushTick(clock.monotonicMs(), maxDirtyMs()));
        every("scrub", SCRUB_MS, SCRUB_MS, this::scrub);
    }

    private void scrub(LogDirectory directory) {
        SettingValues values = settings.broker().values();
        directory.scrubTick(clock.monotonicMs(), values.longValue("millrace.scrub.bytes.per.second"), values.longValue("millrace.scrub.interval.ms"));
    }

    private long maxDirtyMs() {
        SettingValues values = settings.broker().values();
        return values.has("log.flush.interval.ms") ? values.longValue("log.flush.interval.ms") : values.longValue("log.flush.scheduler.interval.ms");
    }

    private void repeat(String name, long atFirstMs, String intervalKey, Chore chore) {
        long intervalMs = Math.max(1, settings.broker().values().longValue(intervalKey));
        every(name, Math.min(atFirstMs, intervalMs), intervalMs, chore);
    }

    private void every(String name, long atFirstMs, long intervalMs, Chore chore) {
        var running = new AtomicBoolean();
        loop.schedule(atFirstMs, new Runnable() {
            @Override public void run() {
                if (closed) return;
                if (running.compareAndSet(false, true)) workers.run("log-" + name, () -> doOnce(name, chore, running));
                loop.schedule(intervalMs, this);
            }
        });
    }

    private void doOnce(String name, Chore chore, AtomicBoolean running) {
        try {
            for (LogDirectory directory : directories) {
                if (!closed && directory.failure().isEmpty()) doOnce(name, chore, directory);
            }
        } finally {
            running.set(false);
        }
    }

    /// One directory that fails keeps the chore from none of the others.
    private static void doOnce(String name, Chore chore, LogDirectory directory) {
        try {
            chore.on(directory);
        } catch (LogDirFailure failure) {
            LOG.error("{} stopped: {}", name, failure.getMessage());
        }
    }

    @Override public void close() {
        closed = true;
    }
}
