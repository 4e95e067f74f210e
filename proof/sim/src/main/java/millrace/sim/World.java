package millrace.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import millrace.ports.Cancellable;
import millrace.sim.net.SimNetwork;

/// A simulated world: one source of chance, one virtual clock, one queue of events, and the machines that live by them.
///
///     seed ─▶ Chance ─▶ what goes wrong, who is next, how long it takes
///     at(delay, action) ─▶ queue, ordered by (time, order of asking) ─▶ step() runs the first one
///
/// Everything happens on the thread that made the world. Code of a node runs in a [Lane] (a virtual thread whose scheduler is this
/// queue), so plain blocking code may be interrupted at every disk call and others get their turn, and still the same seed
/// gives the same story: the [Trace] of two runs has the same hash.
public final class World {
    /// Wall clock of a world's first moment: 2026-11-20T00:00Z. Machines are off from it by their own offsets.
    static final long BEGINNING_MS = 1_795_132_800_000L;
    private static final long MOST_EVENTS = 20_000_000;

    private static final class Event implements Cancellable {
        final long atNanos;
        final long order;
        final Incarnation home;
        private Runnable action;

        Event(long atNanos, long order, Incarnation home, Runnable action) {
            this.atNanos = atNanos;
            this.order = order;
            this.home = home;
            this.action = action;
        }

        @Override public void cancel() {
            action = null;
        }
    }

    private final long seed;
    private final Chance chance;
    private final Trace trace = new Trace();
    private final Thread owner = Thread.currentThread();
    private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.<Event>comparingLong(e -> e.atNanos).thenComparingLong(e -> e.order));
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final List<Throwable> surprises = new ArrayList<>();
    private final SimNetwork network;
    private FaultPlan faults = FaultPlan.none();
    private Lane current;
    private long nowNanos;
    private long asked;
    private long done;

    private World(long seed) {
        this.seed = seed;
        this.chance = Chance.of(seed);
        this.network = new SimNetwork(this, chance.split());
    }

    public static World of(long seed) {
        return new World(seed);
    }

    public long seed() {
        return seed;
    }

    public Chance chance() {
        return chance;
    }

    public Trace trace() {
        return trace;
    }

    public long nowNanos() {
        return nowNanos;
    }

    public SimNetwork network() {
        return network;
    }

    /// Draws this seed's faults out of those that the workload can bear. Asked for once, at the start.
    public FaultPlan faults(Fault... allowed) {
        faults = FaultPlan.draw(chance.split(), List.of(allowed));
        note("faults of this seed: " + faults);
        return faults;
    }

    public void faults(FaultPlan plan) {
        faults = plan;
        note("faults given: " + faults);
    }

    public FaultPlan faultPlan() {
        return faults;
    }

    /// A machine of this world, made when first asked for.
    public Node node(String name) {
        return nodes.computeIfAbsent(name, it -> new Node(this, it, nodes.size()));
    }

    public void note(String line) {
        trace.note(nowNanos, line);
    }

    /// Runs `action` after `delayNanos` of virtual time, outside of every machine.
    public Cancellable at(long delayNanos, Runnable action) {
        return at(delayNanos, null, action);
    }

    /// As [#at(long, Runnable)], as something that `home` does: not while it is paused, and never once it has died.
    Cancellable at(long delayNanos, Incarnation home, Runnable action) {
        var event = new Event(nowNanos + Math.max(0, delayNanos), asked++, home, action);
        events.add(event);
        return event;
    }

    /// Runs the next event.
    /// @return false when nothing is left to happen
    public boolean step() {
        Event next = events.poll();
        if (next == null) return false;
        if (++done > MOST_EVENTS) throw new SimulationFailed("no end after " + MOST_EVENTS + " events: something goes round in circles");
        if (next.action == null || next.home != null && !next.home.isAlive()) return true;
        nowNanos = Math.max(nowNanos, next.atNanos);
        if (next.home != null && next.home.node().pausedUntilNanos() > nowNanos) {
            at(next.home.node().pausedUntilNanos() - nowNanos, next.home, next.action);
            next.cancel();
            return true;
        }
        trace.mix(nowNanos);
        trace.mix(next.order);
        next.action.run();
        failOnSurprise();
        return true;
    }

    /// Lets virtual time pass.
    public void run(long nanos) {
        long end = nowNanos + nanos;
        while (!events.isEmpty() && events.peek().atNanos <= end) step();
        nowNanos = Math.max(nowNanos, end);
    }

    /// @return whether `condition` came to hold within `nanos` of virtual time
    public boolean runUntil(BooleanSupplier condition, long nanos) {
        long end = nowNanos + nanos;
        while (!condition.getAsBoolean()) {
            if (events.isEmpty() || events.peek().atNanos > end) return condition.getAsBoolean();
            step();
        }
        return true;
    }

    /// Something was thrown where nothing should be: it fails the simulation at the end of this step, unless an injected fault explains it.
    void surprise(String where, Throwable thrown) {
        note(where + " threw " + thrown);
        if (!InjectedFault.explains(thrown)) surprises.add(thrown);
    }

    private void failOnSurprise() {
        if (surprises.isEmpty()) return;
        Throwable first = surprises.getFirst();
        surprises.clear();
        if (first instanceof SimulationFailed failed) throw failed;
        throw new SimulationFailed("thrown in the simulated world: " + first, first);
    }

    Lane current() {
        return current;
    }

    void runAs(Lane lane, Runnable part) {
        Lane before = current;
        current = lane;
        try {
            part.run();
        } finally {
            current = before;
        }
    }

    void mustBeOurs() {
        Thread thread = Thread.currentThread();
        if (thread == owner || thread.isVirtual()) return;
        throw new IllegalStateException("thread " + thread + " is not of this world: something has started a thread or a timer of its own");
    }

    /// What to know about a failure: the faults and the last things that happened.
    public String report() {
        var text = new StringBuilder("seed ").append(seed).append(", faults ").append(faults).append(", at ").append(nowNanos / 1_000_000)
                .append(" ms, ").append(done).append(" events, trace hash ").append(Long.toHexString(trace.hash())).append('\n');
        for (String line : trace.lastLines(Integer.getInteger("lines", 60))) text.append(line).append('\n');
        return text.toString();
    }
}
