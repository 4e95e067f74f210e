package millrace.storage.sync;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import millrace.ports.Clock;
import millrace.ports.Workers;
import millrace.storage.ahead.WriteAhead;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.PartitionLog;

/// Brings logs to the device in their own files, one after the other, for nobody who waits: it may take its time, and the rounds of the
/// [SyncOwner] go on beside it. A device that is busy with it lets those wait, so it is given little at a time.
final class Flusher implements AutoCloseable {
    /// A write-ahead file that is full so soon tells of bulk: there throughput counts, and pieces cost calls.
    private static final long BULK_MS = 3_000;
    /// Takes the device about as long as a small sync.
    private static final long PIECE_BYTES = 256 << 10;

    private final Workers.SerialExecutor executor;
    private final Clock clock;
    private final Consumer<LogDirFailure> onFailure;
    private final ReentrantLock lock = new ReentrantLock();
    /// Bounded by the number of logs.
    private final LinkedHashSet<PartitionLog> waiting = new LinkedHashSet<>();
    private boolean runs;
    private boolean closed;
    // Of the executor's thread.
    private long retiredMs;
    private boolean inBulk;

    Flusher(Workers workers, Clock clock, Path directory, Consumer<LogDirFailure> onFailure) {
        this.executor = workers.serial("flusher of " + directory);
        this.clock = clock;
        this.retiredMs = clock.monotonicMs();
        this.onFailure = onFailure;
    }

    void request(PartitionLog log) {
        lock.lock();
        try {
            if (closed) return;
            waiting.add(log);
            if (runs) return;
            runs = true;
            executor.execute(this::flushAll);
        } finally {
            lock.unlock();
        }
    }

    void retire(WriteAhead.Retirement full) {
        lock.lock();
        try {
            if (!closed) executor.execute(() -> retireNow(full));
        } finally {
            lock.unlock();
        }
    }

    /// After a failure the file is never taken again: what it holds may be needed.
    private void retireNow(WriteAhead.Retirement full) {
        long nowMs = clock.monotonicMs();
        inBulk = nowMs - retiredMs < BULK_MS;
        retiredMs = nowMs;
        for (var each : full.logs().entrySet()) if (!flush(each.getKey(), each.getValue())) return;
        full.done().run();
    }

    private void flushAll() {
        for (PartitionLog log = next(); log != null; log = next()) if (!flush(log, log.logEndOffset())) return;
    }

    private PartitionLog next() {
        lock.lock();
        try {
            runs = !waiting.isEmpty();
            return runs ? waiting.removeFirst() : null;
        } finally {
            lock.unlock();
        }
    }

    /// @return whether the log's own files are on the device up to there
    private boolean flush(PartitionLog log, long uptoOffset) {
        try {
            if (!inBulk) log.writeBack(PIECE_BYTES);
            log.flush(uptoOffset);
            log.tellFlushed();
            log.tellAllTold();
            return true;
        } catch (LogDirFailure failed) {
            onFailure.accept(failed);
        } catch (RuntimeException broken) {
            onFailure.accept(new LogDirFailure(log.directory(), log.directory(), "flush", new IOException(broken)));
        }
        return false;
    }

    /// Ends what has been asked for and takes no more. Blocking.
    @Override public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        executor.close();
    }
}
