package millrace.storage.directory;

import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import millrace.ports.Workers;

/// Does one thing for many, some at a time: the caller takes one after the other, and so do helpers, until none is left.
///
/// The caller waits only for what a helper has begun. Helpers that start late find nothing to do, so it also ends where workers
/// run only after the caller, as in a simulation.
final class SideBySide<T> {
    private final List<T> items;
    private final Consumer<T> action;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private int next;
    private int running;
    private RuntimeException failure;

    private SideBySide(List<T> items, Consumer<T> action) {
        this.items = items;
        this.action = action;
    }

    /// @param atOnce 1 or more, the caller included
    /// @throws RuntimeException the first that `action` threw; then the rest is not begun
    static <T> void forEach(Workers workers, String name, int atOnce, List<T> items, Consumer<T> action) {
        var work = new SideBySide<>(items, action);
        for (int helper = 1; helper < Math.min(atOnce, items.size()); helper++) workers.run(name + " " + helper, work::takeAll);
        work.takeAll();
        work.awaitOthers();
    }

    private void takeAll() {
        for (int index = take(); index >= 0; index = take()) {
            RuntimeException thrown = null;
            try {
                action.accept(items.get(index));
            } catch (RuntimeException e) {
                thrown = e;
            } finally {
                end(thrown);
            }
        }
    }

    private int take() {
        lock.lock();
        try {
            if (failure != null || next == items.size()) return -1;
            running++;
            return next++;
        } finally {
            lock.unlock();
        }
    }

    private void end(RuntimeException thrown) {
        lock.lock();
        try {
            running--;
            if (failure == null) failure = thrown;
            if (running == 0) ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitOthers() {
        lock.lock();
        try {
            while (running > 0) ended.awaitUninterruptibly();
            if (failure != null) throw failure;
        } finally {
            lock.unlock();
        }
    }
}
