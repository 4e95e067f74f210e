package millrace.wire;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiConsumer;
import millrace.metrics.Histogram;
import millrace.metrics.RateMeter;
import millrace.ports.Clock;

/// The requests of one name, as Kafka's `RequestMetrics` has them. Times are recorded in microseconds and read in milliseconds.
final class RequestMeter {
    private static final double MICROS_PER_MS = 1_000;
    private static final int NANOS_PER_MICRO = 1_000;

    private final String name;
    private final Clock clock;
    private final AtomicReferenceArray<RateMeter> byVersion;
    /// From the request's last byte to its response's turn.
    final Histogram totalTimeMs = new Histogram(MICROS_PER_MS);
    /// In the handler.
    final Histogram localTimeMs = new Histogram(MICROS_PER_MS);
    /// Waiting: for what the handler waits for, and for earlier requests of the connection.
    final Histogram remoteTimeMs = new Histogram(MICROS_PER_MS);
    final Histogram requestBytes = new Histogram(1);

    /// @param name as Kafka's label `request` has it
    RequestMeter(String name, int versions, Clock clock) {
        this.name = name;
        this.clock = clock;
        this.byVersion = new AtomicReferenceArray<>(versions);
    }

    String name() {
        return name;
    }

    void answered(short version, int bytes, long handlingNanos, long totalNanos) {
        rate(version).mark(1);
        totalTimeMs.record(totalNanos / NANOS_PER_MICRO);
        localTimeMs.record(handlingNanos / NANOS_PER_MICRO);
        remoteTimeMs.record((totalNanos - handlingNanos) / NANOS_PER_MICRO);
        requestBytes.record(bytes);
    }

    private RateMeter rate(short version) {
        RateMeter rate = byVersion.get(version);
        if (rate != null) return rate;
        byVersion.compareAndSet(version, null, new RateMeter(clock, "requests"));
        return byVersion.get(version);
    }

    /// @return null when there was none of this version
    RateMeter ofVersion(String version) {
        for (int i = 0; i < byVersion.length(); i++) if (version.equals(Integer.toString(i))) return byVersion.get(i);
        return null;
    }

    void eachVersion(BiConsumer<List<String>, RateMeter> visitor) {
        for (int i = 0; i < byVersion.length(); i++) {
            RateMeter rate = byVersion.get(i);
            if (rate != null) visitor.accept(List.of(name, Integer.toString(i)), rate);
        }
    }

    void tick() {
        for (int i = 0; i < byVersion.length(); i++) {
            RateMeter rate = byVersion.get(i);
            if (rate != null) rate.tick();
        }
        totalTimeMs.tick();
        localTimeMs.tick();
        remoteTimeMs.tick();
        requestBytes.tick();
    }
}
