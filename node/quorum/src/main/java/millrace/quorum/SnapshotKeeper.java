package millrace.quorum;

import java.io.IOException;
import java.util.function.Consumer;

import millrace.metadata.MetadataImage;
import millrace.ports.EventLoop;
import millrace.ports.Workers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a snapshot of what is committed when enough has been appended since the last one, or enough time has passed, and lets go of
/// what older snapshots and the log before them hold beyond what may be kept.
///
/// On the node's loop, but for the writing; one snapshot at a time.
final class SnapshotKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotKeeper.class);

    private final QuorumSettings settings;
    private final Snapshots snapshots;
    private final MetadataLog log;
    private final Workers workers;
    private final EventLoop loop;
    private final Consumer<Throwable> onFailure;
    private long bytesSince;
    private long sinceMs;
    private long end;
    private boolean writing;

    /// @param onFailure told on the loop
    SnapshotKeeper(QuorumSettings settings, Snapshots snapshots, MetadataLog log, LoadedMetadata loaded, Workers workers, EventLoop loop,
                   long nowMs, Consumer<Throwable> onFailure) {
        this.settings = settings;
        this.snapshots = snapshots;
        this.log = log;
        this.workers = workers;
        this.loop = loop;
        this.onFailure = onFailure;
        this.bytesSince = loaded.logBytes();
        this.sinceMs = nowMs;
        this.end = loaded.snapshotEnd();
    }

    void appended(int bytes) {
        bytesSince += bytes;
    }

    /// @param lastTimestampMs of the newest record, wall clock
    /// @param timestampMs now, wall clock
    void takeWhenDue(MetadataImage committed, VotersState voters, long lastTimestampMs, long nowMs, long timestampMs) {
        if (writing || !hasNews(committed) || !isDue(nowMs)) return;
        writing = true;
        bytesSince = 0;
        sinceMs = nowMs;
        workers.run("metadata snapshot", () -> {
            try {
                snapshots.write(committed, voters, lastTimestampMs);
                log.clean(settings.retentionBytes(), settings.retentionMs(), timestampMs);
                LOG.info("Snapshot of the metadata up to offset {} in epoch {}", committed.upTo().offset(), committed.upTo().epoch());
                loop.execute(() -> {
                    writing = false;
                    end = committed.upTo().offset() + 1;
                });
            } catch (IOException | RuntimeException failure) {
                loop.execute(() -> onFailure.accept(new IllegalStateException("could not write a metadata snapshot: " + failure.getMessage(), failure)));
            }
        });
    }

    private boolean hasNews(MetadataImage committed) {
        return committed.upTo().offset() + 1 > end;
    }

    private boolean isDue(long nowMs) {
        boolean byTime = settings.snapshotAfterMs() > 0 && nowMs - sinceMs >= settings.snapshotAfterMs();
        return byTime || bytesSince >= settings.snapshotAfterBytes();
    }

    /// @return when time alone makes the next one due, monotonic milliseconds; [Long#MAX_VALUE] for never
    long nextDeadlineMs(MetadataImage committed) {
        return settings.snapshotAfterMs() > 0 && !writing && hasNews(committed) ? sinceMs + settings.snapshotAfterMs() : Long.MAX_VALUE;
    }
}
