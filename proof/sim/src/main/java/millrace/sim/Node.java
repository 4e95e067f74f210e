package millrace.sim;

import java.util.function.Consumer;
import millrace.sim.disk.Platter;

/// A machine: a clock that may be wrong, a device that remembers, and at most one running process ([Incarnation]).
///
///     down ──start()──▶ running ──crash(), powerLoss(), or in the middle of a disk call──▶ down
///
/// What was running when the node went down is told to [#onDown], so that the workload can start it again.
public final class Node {
    private static final long LONGEST_CLOCK_OFFSET_MS = 500;

    private final World world;
    private final String name;
    private final Chance chance;
    private final SimClock clock;
    private final Platter platter;
    private Incarnation running;
    private int incarnations;
    private long pausedUntilNanos;
    private Consumer<Node> onDown = node -> {};

    Node(World world, String name, int index) {
        this.world = world;
        this.name = name;
        this.chance = Chance.of(world.seed() * 1_000_003 + index);
        this.clock = new SimClock(world, chance.between(-LONGEST_CLOCK_OFFSET_MS, LONGEST_CLOCK_OFFSET_MS),
                world.faultPlan().has(Fault.CLOCK_DRIFT) ? chance.between(-500, 500) : 0);
        this.platter = new Platter(chance.split());
    }

    public String name() {
        return name;
    }

    public World world() {
        return world;
    }

    public SimClock clock() {
        return clock;
    }

    public Platter platter() {
        return platter;
    }

    Chance chance() {
        return chance;
    }

    public boolean isUp() {
        return running != null;
    }

    /// @return the running process
    public Incarnation running() {
        if (running == null) throw new IllegalStateException(name + " is down");
        return running;
    }

    /// Starts a process on this machine, with nothing in memory and what the device remembers on disk.
    public Incarnation start() {
        if (running != null) throw new IllegalStateException(name + " runs already");
        running = new Incarnation(this, ++incarnations);
        world.note(name + " starts, incarnation " + incarnations);
        return running;
    }

    public void onDown(Consumer<Node> listener) {
        this.onDown = listener;
    }

    /// Ends the process as `kill -9` does: nothing more of it runs, the page cache stays.
    public void crash() {
        down("crashes");
    }

    /// Ends the process and drops the page cache: of what was not synced, the device keeps what chance gives it.
    public void powerLoss() {
        down("loses power");
        platter.losePower();
    }

    /// Ends the process in an orderly way: the caller has closed what it wanted to close.
    public void stop() {
        down("stops");
    }

    private void down(String how) {
        if (running == null) return;
        world.note(name + " " + how);
        Incarnation ended = running;
        running = null;
        pausedUntilNanos = 0;
        ended.end();
        world.network().dropAll(ended);
        // Told as an event of its own: this may have happened deep inside a disk call of the node itself.
        world.at(0, () -> onDown.accept(this));
    }

    /// Crashes (or loses power) inside the `calls`-th disk call from now, before, in the middle of, or after what it does.
    public void dieInsideDiskCall(int calls, boolean power) {
        if (running != null) running.dieInsideDiskCall(calls, power);
    }

    /// Nothing of this node runs for a while; its clocks go on.
    public void pause(long nanos) {
        world.note(name + " is paused for " + nanos / 1_000_000 + " ms");
        pausedUntilNanos = Math.max(pausedUntilNanos, world.nowNanos() + nanos);
    }

    long pausedUntilNanos() {
        return pausedUntilNanos;
    }

    @Override public String toString() {
        return name;
    }
}
