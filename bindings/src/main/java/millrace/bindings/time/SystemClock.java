package millrace.bindings.time;

import millrace.ports.Clock;

/// The machine's two clocks.
public final class SystemClock implements Clock {
    public SystemClock() {
    }

    @Override public long monotonicNanos() {
        return System.nanoTime();
    }

    @Override public long timestampMs() {
        return System.currentTimeMillis();
    }
}
