package millrace.broker;

import java.util.List;
import millrace.common.TopicPartition;
import millrace.metrics.Family;
import millrace.metrics.FamilyName;
import millrace.metrics.Gauge;
import millrace.metrics.Measured;
import millrace.metrics.RateMeter;
import millrace.metrics.Timer;
import millrace.ports.Clock;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;

/// Counts what log directories have to tell, and passes it on.
final class StorageMeters implements LogDirSettings.Listener, Measured {
    private static final String OWN = "millrace";
    private static final String TYPE = "Storage";

    private final LogDirSettings.Listener next;
    private final Quarantine quarantine = new Quarantine();
    private final Timer syncs;
    private final RateMeter syncedLogs;
    private final RateMeter scrubbed;

    StorageMeters(Clock clock, LogDirSettings.Listener next) {
        this.next = next;
        this.syncs = new Timer(clock);
        this.syncedLogs = new RateMeter(clock, "logs");
        this.scrubbed = new RateMeter(clock, "bytes");
    }

    // ── counting ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @Override public void onEvent(LogEvent event) {
        switch (event) {
            case LogEvent.DamageFound damage      -> quarantine.add(damage);
            case LogEvent.SegmentsDeleted deleted -> quarantine.deleted(deleted);
            case LogEvent.Truncated truncated     -> quarantine.truncated(truncated);
            default                               -> { }
        }
        next.onEvent(event);
    }

    @Override public void onSynced(int logs, long tookNanos) {
        syncs.took(tookNanos);
        syncedLogs.mark(logs);
    }

    @Override public void onScrubbed(long bytes) {
        scrubbed.mark(bytes);
    }

    @Override public void onDeleted(TopicPartition topicPartition) {
        quarantine.gone(topicPartition);
    }

    @Override public void onLoading(int done, int total) {
        next.onLoading(done, total);
    }

    @Override public void onDamaged(TopicPartition topicPartition, String text) {
        next.onDamaged(topicPartition, text);
    }

    @Override public void onLost(String text) {
        next.onLost(text);
    }

    @Override public void onFailure(LogDirFailure failure) {
        next.onFailure(failure);
    }

    // ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @Override public List<Family> families() {
        return List.of(Family.of("kafka.log", "LogFlushStats", "LogFlushRateAndTimeMs", syncs),
                Family.of(OWN, TYPE, "SyncedLogsPerSec", syncedLogs), Family.of(OWN, TYPE, "ScrubbedBytesPerSec", scrubbed),
                Family.of(OWN, TYPE, "QuarantinedRanges", new Gauge(() -> quarantine.all().stream().mapToInt(Quarantine.Ranges::count).sum())),
                Family.of(OWN, TYPE, "QuarantinedBytes", new Gauge(() -> quarantine.all().stream().mapToLong(Quarantine.Ranges::bytes).sum())),
                Family.over(quarantined("QuarantinedRanges"), StorageMeters::labels, quarantine::each, this::quarantined, ranges -> new Gauge(ranges::count)),
                Family.over(quarantined("QuarantinedBytes"), StorageMeters::labels, quarantine::each, this::quarantined, ranges -> new Gauge(ranges::bytes)));
    }

    private static FamilyName quarantined(String name) {
        return FamilyName.of(OWN, TYPE, name, "topic", "partition");
    }

    private static List<String> labels(Quarantine.Ranges ranges) {
        return List.of(ranges.topicPartition().topic(), Integer.toString(ranges.topicPartition().partition()));
    }

    private Quarantine.Ranges quarantined(List<String> labels) {
        for (Quarantine.Ranges each : quarantine.all()) if (labels(each).equals(labels)) return each;
        return null;
    }

    @Override public void tick(long nowNanos) {
        syncs.tick();
        syncedLogs.tick();
        scrubbed.tick();
    }
}
