package millrace.sim;

import millrace.ports.Clock;

/// A machine's two clocks. Both run a little fast or slow (`driftPpm`); the wall's is off by an offset and may jump.
public final class SimClock implements Clock {
    private final World world;
    private final long driftPpm;
    private long wallOffsetMs;

    SimClock(World world, long wallOffsetMs, long driftPpm) {
        this.world = world;
        this.wallOffsetMs = wallOffsetMs;
        this.driftPpm = driftPpm;
    }

    @Override public long monotonicNanos() {
        long now = world.nowNanos();
        return now + now / 1_000_000 * driftPpm;
    }

    @Override public long timestampMs() {
        return World.BEGINNING_MS + wallOffsetMs + monotonicNanos() / 1_000_000;
    }

    /// The wall clock jumps; the monotonic one does not notice.
    public void jumpMs(long byMs) {
        world.note("wall clock jumps by " + byMs + " ms");
        wallOffsetMs += byMs;
    }
}
