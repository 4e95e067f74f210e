package millrace.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// "Something here has moved": a bell with the list of those who listen (a high watermark, a flushed offset, a group's state).
///
/// Raising costs nothing while nobody listens. The list is bounded by the requests in flight, each of which leaves it when answered.
public final class Signal {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Condition.Watcher> watchers = new ArrayList<>(2);
    private volatile boolean watched;

    public Signal() {
    }

    public void watch(Condition.Watcher watcher) {
        lock.lock();
        try {
            watchers.add(watcher);
            watched = true;
        } finally {
            lock.unlock();
        }
    }

    public void unwatch(Condition.Watcher watcher) {
        lock.lock();
        try {
            watchers.remove(watcher);
            watched = !watchers.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// Wakes everyone who listens. The caller has made its change visible before (a volatile or locked write).
    public void raise() {
        if (!watched) return;
        List<Condition.Watcher> toWake;
        lock.lock();
        try {
            toWake = List.copyOf(watchers);
        } finally {
            lock.unlock();
        }
        for (Condition.Watcher watcher : toWake) watcher.wake();
    }
}
