package millrace.coordination;

import java.util.ArrayList;
import java.util.List;
import millrace.metrics.Attribute;
import millrace.metrics.Histogram;
import millrace.metrics.RecentRate;
import millrace.ports.Clock;

/// What all coordinators of one kind do and how long it takes, as Kafka's coordinator runtime tells it. Times are recorded in microseconds and read
/// in milliseconds.
///
/// Kafka's names for what has no counterpart here are left out: a turn is taken by whoever asks, so events wait in no queue and no thread idles
/// for them.
class ShellMeter<Change> {
    private static final double MICROS_PER_MS = 1_000;
    private static final int NANOS_PER_MICRO = 1_000;

    private final Histogram turns = new Histogram(MICROS_PER_MS);
    private final Histogram waitsForCommit = new Histogram(MICROS_PER_MS);
    private final Histogram appends = new Histogram(MICROS_PER_MS);
    private final Histogram lingers = new Histogram(1);
    private final Histogram loads = new Histogram(1);
    private final RecentRate batches;

    ShellMeter(Clock clock) {
        this.batches = new RecentRate(clock);
    }

    void turnTook(long nanos) {
        turns.record(nanos / NANOS_PER_MICRO);
    }

    /// Of answers that had to wait until what was appended before them is committed.
    void waitedForCommit(long ms) {
        waitsForCommit.record(ms * (long) MICROS_PER_MS);
    }

    void appended(long tookNanos) {
        appends.record(tookNanos / NANOS_PER_MICRO);
        batches.mark(1);
    }

    /// Of batches that have waited for company.
    void lingered(long ms) {
        lingers.record(ms);
    }

    void loaded(long tookMs) {
        loads.record(tookMs);
    }

    /// Something was written down.
    /// @param asked whether somebody has asked for it; otherwise it was time
    void changed(Change change, boolean asked) {}

    void tick(long nowNanos) {
        turns.tick();
        waitsForCommit.tick();
        appends.tick();
        lingers.tick();
        batches.tick(nowNanos);
    }

    /// Of a log that was never read nobody can say how long it takes: NaN, as with Kafka.
    List<Attribute> loadTimes() {
        return List.of(Attribute.number("partition-load-time-max", () -> loads.count() == 0 ? Double.NaN : loads.max()),
                Attribute.number("partition-load-time-avg", () -> loads.count() == 0 ? Double.NaN : loads.mean()));
    }

    List<Attribute> times() {
        List<Attribute> all = new ArrayList<>(distribution("event-processing-time-ms", turns));
        all.addAll(distribution("event-purgatory-time-ms", waitsForCommit));
        all.addAll(distribution("batch-linger-time-ms", lingers));
        all.addAll(distribution("batch-flush-time-ms", appends));
        all.add(Attribute.number("batch-flush-rate", batches::rate));
        return all;
    }

    private static List<Attribute> distribution(String name, Histogram values) {
        return List.of(Attribute.number(name + "-max", values::max), Attribute.number(name + "-p50", () -> values.percentile(0.5)), Attribute.number(name + "-p95", () -> values.percentile(0.95)),
                Attribute.number(name + "-p99", () -> values.percentile(0.99)), Attribute.number(name + "-p999", () -> values.percentile(0.999)));
    }
}
