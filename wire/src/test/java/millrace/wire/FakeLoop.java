package millrace.wire;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

import millrace.ports.Cancellable;
import millrace.ports.Clock;
import millrace.ports.EventLoop;

/// A loop on a clock that only the test moves. Tasks run when the test says so, in order.
final class FakeLoop implements EventLoop, Clock {
    private record Timer(long dueNanos, int number, Runnable task) {}

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Timer> timers = new ArrayList<>();
    private long nowNanos = 1_000_000_000L;
    private int numbers;
    private boolean running;
    int timersSet;

    @Override public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override public Cancellable schedule(long delayMs, Runnable task) {
        timersSet++;
        var timer = new Timer(nowNanos + delayMs * 1_000_000, numbers++, task);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    @Override public boolean inLoop() {
        return running;
    }

    @Override public long monotonicNanos() {
        return nowNanos;
    }

    @Override public long timestampMs() {
        return nowNanos / 1_000_000;
    }

    int timers() {
        return timers.size();
    }

    /// Runs until nothing is left to do now.
    void run() {
        running = true;
        try {
            for (int i = 0; !tasks.isEmpty(); i++) {
                if (i > 1_000_000) throw new AssertionError("the loop does not come to rest");
                tasks.remove().run();
            }
        } finally {
            running = false;
        }
    }

    void inTurn(Runnable task) {
        execute(task);
        run();
    }

    void advance(long ms) {
        long end = nowNanos + ms * 1_000_000;
        run();
        for (Timer next = nextTimer(); next != null && next.dueNanos() <= end; next = nextTimer()) {
            nowNanos = Math.max(nowNanos, next.dueNanos());
            timers.remove(next);
            execute(next.task());
            run();
        }
        nowNanos = end;
    }

    private Timer nextTimer() {
        return timers.stream().min(Comparator.comparingLong(Timer::dueNanos).thenComparingInt(Timer::number)).orElse(null);
    }
}
