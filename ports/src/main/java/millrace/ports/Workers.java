package millrace.ports;

/// Where plain blocking code runs: device syncs, cold reads, recovery, compaction, long administration.
public interface Workers {
    /// Starts `blocking` on a thread of its own (a virtual or pooled one; in simulation a turn). An exception is logged with `name`.
    void run(String name, Runnable blocking);

    /// Starts a long-lived owner (a sync owner, a cleaner) that takes one task after the other from its own queue, in order, on one thread.
    SerialExecutor serial(String name);

    /// Runs tasks one after the other, in the order given, off every event loop.
    interface SerialExecutor extends AutoCloseable {
        void execute(Runnable task);

        /// Stops accepting, runs what is queued, and returns when the last task has ended.
        @Override void close();
    }
}
