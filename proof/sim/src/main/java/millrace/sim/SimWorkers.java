package millrace.sim;

import millrace.ports.Workers;

/// Blocking work as turns: each task a lane of its own, each serial executor one lane. Interleaved at disk calls and locks, as the seed says.
final class SimWorkers implements Workers {
    private static final long LONGEST_CLOSE_NANOS = 600_000_000_000L;
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private final Incarnation home;

    SimWorkers(Incarnation home) {
        this.home = home;
    }

    @Override public void run(String name, Runnable blocking) {
        new Lane(home.world(), home, name).submit(blocking);
    }

    @Override public SerialExecutor serial(String name) {
        return new Serial(home, name);
    }

    private static final class Serial implements SerialExecutor {
        private final Incarnation home;
        private final Lane lane;
        private final String name;
        private boolean closed;

        Serial(Incarnation home, String name) {
            this.home = home;
            this.name = name;
            this.lane = new Lane(home.world(), home, name);
        }

        @Override public void execute(Runnable task) {
            if (closed) throw new IllegalStateException("serial executor " + name + " is closed");
            lane.submit(task);
        }

        @Override public void close() {
            closed = true;
            World world = home.world();
            if (world.current() == null) {
                if (!world.runUntil(lane::isIdle, LONGEST_CLOSE_NANOS)) throw new SimulationFailed(name + " does not come to an end");
                return;
            }
            if (lane.isCurrent()) throw new IllegalStateException(name + " cannot wait for its own task to end");
            while (!lane.isIdle()) home.sleep(LOOK_AGAIN_NANOS);
        }
    }
}
