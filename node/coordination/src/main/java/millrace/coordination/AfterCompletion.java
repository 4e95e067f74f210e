package millrace.coordination;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// What is to be tried again as soon as the transaction of a producer that is just being completed is complete. Safe from any thread.
///
/// Why: a producer begins the next transaction as soon as it hears that the last one is decided, while its markers are still being written. With a
/// fixed pause it waits 20 ms for something that takes two or three.
///
/// Each is run once, by the completion or by its timer, whichever comes first. Bounded by the produce requests that wait, each for its time.
final class AfterCompletion {
    private final ReentrantLock lock = new ReentrantLock();
    /// Transactional id ─▶ what waits for it, in the order of its coming.
    private final Map<String, List<Runnable>> waiting = new HashMap<>();

    /// @return for a timer: runs `again` unless that has been done
    Runnable await(String transactionalId, Runnable again) {
        Runnable waiter = again::run;       // an identity of its own, should the same be waited for twice
        lock.lock();
        try {
            waiting.computeIfAbsent(transactionalId, _ -> new ArrayList<>()).add(waiter);
        } finally {
            lock.unlock();
        }
        return () -> atLatest(transactionalId, waiter);
    }

    private void atLatest(String transactionalId, Runnable waiter) {
        boolean isDue;
        lock.lock();
        try {
            List<Runnable> others = waiting.getOrDefault(transactionalId, new ArrayList<>());
            isDue = others.remove(waiter);
            if (others.isEmpty()) waiting.remove(transactionalId);
        } finally {
            lock.unlock();
        }
        if (isDue) waiter.run();
    }

    void completed(String transactionalId) {
        List<Runnable> due;
        lock.lock();
        try {
            due = waiting.remove(transactionalId);
        } finally {
            lock.unlock();
        }
        if (due != null) due.forEach(Runnable::run);
    }
}
