package millrace.broker;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import millrace.broker.settings.LiveSettings;
import millrace.ports.Cancellable;
import millrace.ports.EventLoop;
import millrace.ports.Workers;
import millrace.settings.SettingValues;
import millrace.storage.cleaner.CleanerSettings;
import millrace.storage.cleaner.LogCleaner;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.LogDirFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps `log.cleaner.threads` workers at compaction: each cleans one log after the other while there is one that needs it, and rests for
/// `log.cleaner.backoff.ms` then. All `log.cleaner` settings but `enable` may change meanwhile; a pass that runs ends with the old ones.
final class Compaction implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);

    private final LogCleaner cleaner;
    private final LiveSettings settings;
    private final EventLoop loop;
    private final Workers workers;
    private final AtomicInteger atWork = new AtomicInteger();
    private volatile boolean closed;
    // Touched on the loop only.
    private Cancellable resting = () -> { };
    private long restMs;

    Compaction(List<LogDirectory> directories, LiveSettings settings, BrokerEnvironment environment) {
        this.cleaner = new LogCleaner(() -> directories, environment.clock(), environment.randomness(), LockSupport::parkNanos);
        this.settings = settings;
        this.loop = environment.firstLoop();
        this.workers = environment.workers();
    }

    void start() {
        if (now().bool("log.cleaner.enable")) {
            loop.execute(this::rest);
            settings.whenMoved(_ -> loop.execute(this::settingsMoved));
        } else LOG.warn("log.cleaner.enable is false: compacted topics, the internal ones among them, grow without end");
    }

    private SettingValues now() {
        return settings.broker().values();
    }

    private void rest() {
        restMs = Math.max(1, now().longValue("log.cleaner.backoff.ms"));
        resting = loop.schedule(restMs, () -> {
            if (closed) return;
            int wanted = now().integer("log.cleaner.threads");
            for (int i = atWork.get(); i < wanted; i++) {
                atWork.incrementAndGet();
                workers.run("log-cleaner", this::cleanWhatNeedsIt);
            }
            rest();
        });
    }

    /// Another pause counts from now on, and not after the one that has begun.
    private void settingsMoved() {
        if (closed || restMs == Math.max(1, now().longValue("log.cleaner.backoff.ms"))) return;
        resting.cancel();
        rest();
    }

    private void cleanWhatNeedsIt() {
        try {
            boolean another = true;
            while (another && !closed && atWork.get() <= now().integer("log.cleaner.threads")) another = cleaner.cleanFilthiest(cleanerSettings());
        } catch (LogDirFailure failure) {
            LOG.error("Compaction stopped: {}", failure.getMessage());
        } finally {
            atWork.decrementAndGet();
        }
    }

    CleanerSettings cleanerSettings() {
        SettingValues values = now();
        return CleanerSettings.of(values.integer("log.cleaner.threads"), values.longValue("log.cleaner.dedupe.buffer.size"), values.number("log.cleaner.io.buffer.load.factor"),
                values.integer("log.cleaner.io.buffer.size"), values.number("log.cleaner.io.max.bytes.per.second"));
    }

    @Override public void close() {
        closed = true;
        cleaner.stop();
    }
}
