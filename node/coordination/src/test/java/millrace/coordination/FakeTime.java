package millrace.coordination;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

import millrace.ports.Cancellable;
import millrace.ports.Clock;
import millrace.ports.EventLoop;
import millrace.ports.Workers;

/// Clock, loop and workers that move only when a test says so.
final class FakeTime implements Clock, EventLoop, Workers {
    private record Timer(long atMs, Runnable task) {}

    private final Deque<Runnable> queue = new ArrayDeque<>();
    private final List<Timer> timers = new ArrayList<>();
    final Deque<Runnable> blocking = new ArrayDeque<>();
    private long nowMs = 1_000;

    @Override public long monotonicNanos() {
        return nowMs * 1_000_000;
    }

    @Override public long timestampMs() {
        return 1_700_000_000_000L + nowMs;
    }

    @Override public void execute(Runnable task) {
        queue.add(task);
    }

    @Override public Cancellable schedule(long delayMs, Runnable task) {
        var timer = new Timer(nowMs + delayMs, task);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    @Override public boolean inLoop() {
        return true;
    }

    @Override public void run(String name, Runnable task) {
        blocking.add(task);
    }

    @Override public SerialExecutor serial(String name) {
        throw new UnsupportedOperationException("coordinators need none");
    }

    /// Runs what is queued, and what that queues.
    void turn() {
        while (!queue.isEmpty()) queue.poll().run();
    }

    /// Runs what blocks, and what that queues.
    void work() {
        while (!blocking.isEmpty()) blocking.poll().run();
        turn();
    }

    void pass(long ms) {
        long until = nowMs + ms;
        turn();
        while (true) {
            Timer next = timers.stream().filter(timer -> timer.atMs() <= until).min(Comparator.comparingLong(Timer::atMs)).orElse(null);
            if (next == null) break;
            timers.remove(next);
            nowMs = Math.max(nowMs, next.atMs());
            next.task().run();
            turn();
        }
        nowMs = until;
    }
}
