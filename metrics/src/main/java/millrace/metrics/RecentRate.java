package millrace.metrics;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import millrace.ports.Clock;

/// How many there were, and how many a second in the last half minute: what Kafka's newer beans tell as `...-total` or `...-count`, and `...-rate`.
///
/// In its first half minute the rate is that of a half minute, too, so that a single event does not look like many.
public final class RecentRate {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);
    /// So that the oldest is never younger than the window.
    private static final int TICKS = 7;
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Clock clock;
    private final LongAdder count = new LongAdder();
    /// At each of the last ticks, as a ring: the count, and when that was.
    private final long[] counts = new long[TICKS];
    private final long[] nanos = new long[TICKS];
    private int next;

    public RecentRate(Clock clock) {
        this.clock = clock;
        Arrays.fill(nanos, clock.monotonicNanos());
    }

    public void mark(long amount) {
        count.add(amount);
    }

    public long count() {
        return count.sum();
    }

    public synchronized void tick(long nowNanos) {
        counts[next] = count.sum();
        nanos[next] = nowNanos;
        next = (next + 1) % TICKS;
    }

    public synchronized double rate() {
        long elapsed = Math.max(clock.monotonicNanos() - nanos[next], WINDOW_NANOS);
        return (count.sum() - counts[next]) / (elapsed / NANOS_PER_SECOND);
    }
}
