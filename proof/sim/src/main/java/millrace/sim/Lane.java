package millrace.sim;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// One line of turns: tasks run one after the other, in the order given, and lanes take turns with each other.
///
/// A task runs on a virtual thread whose scheduler is the world's event queue, so it may wait (for a disk, for a lock) while other
/// lanes go on; the wait costs virtual time only. A lane of a node that has died is never resumed: as with `kill -9`, not even
/// `finally` runs.
///
/// The JDK has no public way to give a virtual thread a scheduler. The package-private builder takes one, and the tests open
/// `java.lang` for it (`--add-opens`, see the pom); what was tried is in `spec/reliability.md` 4.6.
final class Lane implements Executor {
    private static final long LONGEST_TURN_JITTER_NANOS = 20_000;
    private static final long LONGEST_MONITOR_SECONDS = 5;
    private static final String UNBLOCKER = "VirtualThread-unblocker";
    private static final Constructor<?> BUILDER = builder();

    private final World world;
    private final Incarnation home;
    private final String name;
    private final ThreadFactory threads;
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    /// Continuations that a thread of the JDK brings, because a monitor has been left.
    private final LinkedBlockingQueue<Runnable> unblocked = new LinkedBlockingQueue<>();
    private boolean busy;
    private Thread thread;
    private boolean queued;

    Lane(World world, Incarnation home, String name) {
        this.world = world;
        this.home = home;
        this.name = name;
        this.threads = threadsOn(this);
    }

    private static Constructor<?> builder() {
        try {
            Constructor<?> found = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder").getDeclaredConstructor(Executor.class);
            found.setAccessible(true);
            return found;
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalStateException("the simulator needs a JDK 25 with --add-opens java.base/java.lang=ALL-UNNAMED", e);
        }
    }

    private static ThreadFactory threadsOn(Executor scheduler) {
        try {
            return ((Thread.Builder.OfVirtual) BUILDER.newInstance(scheduler)).factory();
        } catch (InstantiationException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot make a virtual thread builder with a scheduler of our own", e);
        }
    }

    void submit(Runnable task) {
        world.mustBeOurs();
        if (!home.isAlive()) return;
        queue.add(task);
        if (busy) return;
        busy = true;
        later(this::takeNext);
    }

    private void takeNext() {
        Runnable task = queue.poll();
        if (task == null) {
            busy = false;
            return;
        }
        thread = threads.newThread(() -> {
            try {
                task.run();
            } catch (Throwable thrown) {
                if (home.isAlive()) world.surprise(home + " " + name, thrown);
            }
            later(this::takeNext);
        });
        thread.start();
    }

    /// The scheduler's side: a virtual thread of this lane wants to go on.
    @Override public void execute(Runnable continuation) {
        if (Thread.currentThread().getName().equals(UNBLOCKER)) {
            unblocked.add(continuation);
            return;
        }
        world.mustBeOurs();
        queued = true;
        world.at(0, home, () -> go(continuation));
    }

    /// A monitor that a thread of the JDK has at this moment (class loading, cleaners) is waited for in real time: in the world nothing happens meanwhile.
    private void go(Runnable continuation) {
        for (Runnable next = continuation; next != null; next = waitsForMonitor() ? whenItIsLeft() : null) {
            queued = false;
            world.runAs(this, next);
        }
    }

    private boolean waitsForMonitor() {
        return switch (thread.getState()) {
            case BLOCKED  -> true;
            case RUNNABLE -> !queued;                                    // just unblocked, and not here yet
            default       -> false;
        };
    }

    private Runnable whenItIsLeft() {
        try {
            Runnable next = unblocked.poll(LONGEST_MONITOR_SECONDS, TimeUnit.SECONDS);
            if (next != null) return next;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        var where = new StringBuilder(home + " " + name + " waits for a monitor that another lane keeps while it waits for the world:");
        for (StackTraceElement each : thread.getStackTrace()) where.append("\n\tat ").append(each);
        throw new SimulationFailed(where.toString());
    }

    private void later(Runnable turn) {
        world.at(world.chance().between(0, LONGEST_TURN_JITTER_NANOS), home, turn);
    }

    boolean isIdle() {
        return !busy;
    }

    boolean isCurrent() {
        return world.current() == this;
    }

    /// Lets `nanos` of virtual time pass for the calling task; others go on meanwhile. Outside of every lane no time passes.
    static void sleep(World world, Incarnation home, long nanos) {
        if (!Thread.currentThread().isVirtual()) return;
        var woken = new boolean[1];
        Thread sleeper = Thread.currentThread();
        world.at(nanos, home, () -> {
            woken[0] = true;
            LockSupport.unpark(sleeper);
        });
        while (!woken[0]) LockSupport.park();
    }

    /// Never returns: the node that this code ran on is gone.
    static void vanish() {
        if (!Thread.currentThread().isVirtual()) throw new NodeIsDown();
        while (true) LockSupport.park();
    }

    /// Thrown only where there is no lane to stop for ever: at the test's own code that still holds a dead node's disk.
    static final class NodeIsDown extends Error {
        private static final long serialVersionUID = 1L;

        NodeIsDown() {
            super("this node has crashed; what it held is of no use any more");
        }
    }
}
