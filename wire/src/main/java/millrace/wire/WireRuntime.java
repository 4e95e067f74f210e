package millrace.wire;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import millrace.ports.Clock;
import millrace.ports.EventLoop;

/// What all listeners and channels of a node share: its clock, its memory for requests, its limits, and what belongs to each
/// event loop. Safe from any thread.
public final class WireRuntime {
    private final Clock clock;
    private final RequestMemory memory;
    private final ConnectionLimits limits;
    private final Meter meter;
    private final FailureLog failures;
    /// As many as there are event loops, so a search is a few comparisons.
    private final List<LoopTurns> turns = new CopyOnWriteArrayList<>();
    private final AtomicLong connections = new AtomicLong();

    public WireRuntime(Clock clock, RequestMemory memory, ConnectionLimits limits, Meter meter) {
        this(clock, memory, limits, meter, new FailureLog(clock));
    }

    WireRuntime(Clock clock, RequestMemory memory, ConnectionLimits limits, Meter meter, FailureLog failures) {
        this.clock = clock;
        this.memory = memory;
        this.limits = limits;
        this.meter = meter;
        this.failures = failures;
    }

    Clock clock() {
        return clock;
    }

    RequestMemory memory() {
        return memory;
    }

    ConnectionLimits limits() {
        return limits;
    }

    Meter meter() {
        return meter;
    }

    FailureLog failures() {
        return failures;
    }

    long nextConnectionNumber() {
        return connections.incrementAndGet();
    }

    /// To be called on `loop`, so that one loop never gets two.
    LoopTurns turns(EventLoop loop) {
        for (LoopTurns each : turns) if (each.loop() == loop) return each;
        return add(loop);
    }

    private synchronized LoopTurns add(EventLoop loop) {
        var added = new LoopTurns(loop, turns.size(), clock);
        turns.add(added);
        return added;
    }

    List<LoopTurns> turns() {
        return turns;
    }
}
