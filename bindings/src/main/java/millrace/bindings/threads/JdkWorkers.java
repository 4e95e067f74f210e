package millrace.bindings.threads;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import millrace.ports.Workers;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [Workers] on the JDK: a virtual thread for each task, a named platform daemon thread for each serial executor.
///
/// [#close] waits for tasks that run, within a bound, and then goes without them: a device that hangs must not keep a node from
/// stopping. Serial executors are closed by whoever started them.
public final class JdkWorkers implements Workers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JdkWorkers.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition noneRuns = lock.newCondition();
    private final long closeWaitMs;
    private int running;
    private boolean closed;

    /// @param closeWaitMs how long [#close] waits for tasks that run
    public JdkWorkers(long closeWaitMs) {
        this.closeWaitMs = closeWaitMs;
    }

    @Override public void run(String name, Runnable blocking) {
        begin(name);
        Thread.ofVirtual().name(name).start(() -> {
            try {
                runLogged(name, blocking);
            } finally {
                end();
            }
        });
    }

    @Override public SerialExecutor serial(String name) {
        return new PlatformSerial(name);
    }

    @Override public void close() {
        lock.lock();
        try {
            closed = true;
            long leftNanos = TimeUnit.MILLISECONDS.toNanos(closeWaitMs);
            while (running > 0 && leftNanos > 0) leftNanos = noneRuns.awaitNanos(leftNanos);
            if (running > 0) LOG.warn("Stopping without {} blocking tasks that have not ended within {} ms", running, closeWaitMs);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void begin(String name) {
        lock.lock();
        try {
            if (closed) throw new IllegalStateException("the workers are closed, so '" + name + "' cannot run");
            running++;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            if (--running == 0) noneRuns.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static void runLogged(String name, Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            LOG.error("The task '{}' has failed", name, failure);
        }
    }

    /// One thread, one queue. The queue is bounded by what its owner's callers may have waiting.
    private static final class PlatformSerial implements SerialExecutor {
        private static final Runnable LAST = () -> { };

        private final String name;
        private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
        private final ReentrantLock accepting = new ReentrantLock();
        private final Thread thread;
        private boolean closed;

        private PlatformSerial(String name) {
            this.name = name;
            this.thread = Thread.ofPlatform().name(name).daemon(true).start(this::runAll);
        }

        @Override public void execute(Runnable task) {
            accepting.lock();
            try {
                if (closed) throw new IllegalStateException("'" + name + "' is closed and takes no more tasks");
                queue.add(task);
            } finally {
                accepting.unlock();
            }
        }

        @Override public void close() {
            accepting.lock();
            try {
                if (!closed) queue.add(LAST);
                closed = true;
            } finally {
                accepting.unlock();
            }
            if (Thread.currentThread() != thread) await();
        }

        private void await() {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private void runAll() {
            try {
                for (Runnable next = queue.take(); next != LAST; next = queue.take()) runLogged(name, next);
            } catch (InterruptedException ended) {
                LOG.warn("'{}' was interrupted and ends with {} tasks undone", name, queue.size());
            }
        }
    }
}
