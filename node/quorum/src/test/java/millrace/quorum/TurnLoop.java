package millrace.quorum;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import millrace.ports.Cancellable;
import millrace.ports.Clock;
import millrace.ports.EventLoop;
import millrace.ports.Workers;

/// One thread's worth of turns that the test takes by hand, with its own time; blocking work is a turn, too.
final class TurnLoop implements EventLoop, Clock, Workers {
    private record Timer(long atMs, long order, Runnable task) {}

    private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
    private final List<Timer> timers = new ArrayList<>();
    private long nowMs = 1_000;
    private long order;

    @Override public void execute(Runnable task) {
        turns.add(task);
    }

    @Override public Cancellable schedule(long delayMs, Runnable task) {
        var timer = new Timer(nowMs + delayMs, order++, task);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    @Override public boolean inLoop() {
        return true;
    }

    @Override public long monotonicNanos() {
        return nowMs * 1_000_000;
    }

    @Override public long timestampMs() {
        return 1_800_000_000_000L + nowMs;
    }

    @Override public void run(String name, Runnable blocking) {
        turns.add(blocking);
    }

    @Override public SerialExecutor serial(String name) {
        return new SerialExecutor() {
            @Override public void execute(Runnable task) {
                turns.add(task);
            }

            @Override public void close() {
                // What was queued before has its turn before whoever closes.
            }
        };
    }

    /// Takes all turns there are.
    void settle() {
        for (Runnable next = turns.poll(); next != null; next = turns.poll()) next.run();
    }

    /// Lets time pass, timer by timer.
    void pass(long ms) {
        long until = nowMs + ms;
        settle();
        while (true) {
            Timer next = timers.stream().filter(timer -> timer.atMs <= until).min(Comparator.comparingLong(Timer::atMs).thenComparingLong(Timer::order)).orElse(null);
            if (next == null) break;
            timers.remove(next);
            nowMs = Math.max(nowMs, next.atMs);
            next.task.run();
            settle();
        }
        nowMs = until;
    }
}
