package millrace.sim;

import millrace.ports.Cancellable;
import millrace.ports.EventLoop;

/// An event loop as a lane of turns. Timers go by virtual time, and fire late when the seed says so.
final class SimEventLoop implements EventLoop {
    private static final long LATEST_NANOS = 3_000_000_000L;

    private final Incarnation home;
    private final Lane lane;

    SimEventLoop(Incarnation home, String name) {
        this.home = home;
        this.lane = new Lane(home.world(), home, name);
    }

    @Override public void execute(Runnable task) {
        lane.submit(task);
    }

    @Override public Cancellable schedule(long delayMs, Runnable task) {
        World world = home.world();
        long late = world.faultPlan().strikes(Fault.LATE_TIMERS) ? world.chance().between(0, LATEST_NANOS) : 0;
        return world.at(delayMs * 1_000_000 + late, home, () -> lane.submit(task));
    }

    @Override public boolean inLoop() {
        return lane.isCurrent();
    }
}
