package millrace.ports;

/// One thread that runs tasks to completion, one after the other, and owns connections. A task must not block: no device
/// sync, no cold read, no lock held across either. What may block goes to [Workers].
public interface EventLoop {
    /// Runs `task` on this loop after what is already queued. Safe from any thread. A task that throws is logged and does not stop the loop.
    void execute(Runnable task);

    /// Runs `task` on this loop once, not before `delayMs` milliseconds have passed. Safe from any thread.
    Cancellable schedule(long delayMs, Runnable task);

    /// @return whether the caller is running on this loop
    boolean inLoop();
}
