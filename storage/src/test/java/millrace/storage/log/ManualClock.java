package millrace.storage.log;

import millrace.ports.Clock;

/// A clock that stands until it is moved.
public final class ManualClock implements Clock {
    public long nowMs = 1_000;
    public long timestampMs = 1_700_000_000_000L;

    @Override public long monotonicNanos() {
        return nowMs * 1_000_000;
    }

    @Override public long timestampMs() {
        return timestampMs;
    }

    public void advance(long ms) {
        nowMs += ms;
        timestampMs += ms;
    }
}
