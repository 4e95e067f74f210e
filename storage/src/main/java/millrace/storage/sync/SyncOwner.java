package millrace.storage.sync;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import millrace.ports.Clock;
import millrace.ports.Disk;
import millrace.ports.Workers;
import millrace.storage.ahead.WriteAhead;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.PartitionLog;

/// Group commit for one log directory: brings what somebody waits for to the device, many at a time.
public final class SyncOwner implements AutoCloseable {
    /// Syncs of so many files in a row are done by the owner alone: a hand-over costs about as much as a sync of a fast device.
    private static final int ALONE = 2;
    /// Syncs that come together cost little more than one (spike: 50 files, 8,900 a second one after the other, 18,500 four at a time, 48,000 all at once).
    private static final int SIDE_BY_SIDE = 16;

    private final Workers workers;
    private final Workers.SerialExecutor owner;
    private final String name;
    private final Clock clock;
    private final Consumer<LogDirFailure> onFailure;
    private final Rounds told;
    private final WriteAhead writeAhead;
    private final Flusher flusher;
    private final ReentrantLock lock = new ReentrantLock();
    /// Bounded by the number of logs: a log waits once, with the highest offset asked for.
    private LinkedHashMap<PartitionLog, Long> waiting = new LinkedHashMap<>();
    private boolean roundRuns;
    /// Of the one round that runs; it may end on another thread than it began.
    private volatile long beganNanos;
    private boolean closed;
    private volatile LogDirFailure failure;

    /// Hears of every round that has come to its end on the device.
    @FunctionalInterface
    public interface Rounds {
        /// @param logs that were served
        void ended(int logs, long tookNanos);
    }

    /// @param writeAheadBytes of each of the two write-ahead files; 0 for none
    /// @param onFailure       told once, on the thread that met it
    public SyncOwner(Workers workers, Disk disk, Clock clock, Path directory, long writeAheadBytes, Consumer<LogDirFailure> onFailure, Rounds told) {
        this.workers = workers;
        this.clock = clock;
        this.told = told;
        this.name = "sync owner of " + directory;
        this.owner = workers.serial(name);
        this.flusher = new Flusher(workers, clock, directory, this::fail);
        this.writeAhead = new WriteAhead(disk, directory, writeAheadBytes, flusher::retire);
        this.onFailure = onFailure;
    }

    /// Asks for everything below `uptoOffset` to be on the device. Cheap, from any thread. [PartitionLog#onFlushed] tells when.
    /// After a failure, and after [#close], it is never told.
    public void requestSync(PartitionLog log, long uptoOffset) {
        lock.lock();
        try {
            if (closed || failure != null) return;
            waiting.merge(log, uptoOffset, Math::max);
            if (roundRuns) return;
            roundRuns = true;
            owner.execute(this::rounds);
        } finally {
            lock.unlock();
        }
    }

    /// Asks for the log's own files to be on the device, and what recovery needs beside them. Nobody waits for it.
    public void requestFlush(PartitionLog log) {
        if (failure == null) flusher.request(log);
    }

    /// The log has been truncated: no copy of it gives back what was cut. Blocking.
    /// @throws millrace.storage.log.OutOfSpace when there is no room to write that down; to be called again
    /// @throws LogDirFailure when the device fails
    public void truncated(PartitionLog log) {
        try {
            writeAhead.truncated(log);
        } catch (LogDirFailure failed) {
            fail(failed);
            throw failed;
        }
    }

    /// Round after round, until nothing waits. Where the last slice of a round ends on a worker, the rounds go on there.
    private void rounds() {
        for (LinkedHashMap<PartitionLog, Long> round = takeWaiting(); round != null; round = takeWaiting()) {
            List<PartitionLog> left = writeAhead(round.keySet());
            if (!sync(round, left)) return;
            endRound(round);
        }
    }

    private List<PartitionLog> writeAhead(Set<PartitionLog> logs) {
        try {
            return writeAhead.write(logs);
        } catch (LogDirFailure failed) {
            fail(failed);
        } catch (RuntimeException broken) {
            PartitionLog any = logs.iterator().next();
            fail(new LogDirFailure(any.directory().getParent(), any.directory(), "write ahead", new IOException(broken)));
        }
        return List.of();
    }

    /// @return false when others are still at it; the last of them ends the round
    private boolean sync(LinkedHashMap<PartitionLog, Long> round, List<PartitionLog> logs) {
        int slices = logs.size() <= ALONE ? 1 : Math.min(SIDE_BY_SIDE, logs.size() / ALONE);
        var running = new AtomicInteger(slices);
        for (int slice = 1; slice < slices; slice++) {
            int first = slice;
            workers.run(name + " " + slice, () -> {
                if (!syncSlice(round, logs, first, slices, running)) return;
                endRound(round);
                rounds();
            });
        }
        return syncSlice(round, logs, 0, slices, running);
    }

    /// @return whether this slice was the last to end
    private boolean syncSlice(Map<PartitionLog, Long> round, List<PartitionLog> logs, int first, int slices, AtomicInteger running) {
        for (int i = first; i < logs.size(); i += slices) sync(logs.get(i), round.get(logs.get(i)));
        return running.decrementAndGet() == 0;
    }

    /// @return null when the owner is done
    private LinkedHashMap<PartitionLog, Long> takeWaiting() {
        lock.lock();
        try {
            if (waiting.isEmpty() || failure != null) {
                roundRuns = false;
                return null;
            }
            beganNanos = clock.monotonicNanos();
            LinkedHashMap<PartitionLog, Long> mine = waiting;
            waiting = new LinkedHashMap<>();
            return mine;
        } finally {
            lock.unlock();
        }
    }

    /// Whatever is thrown, the round goes on: others wait for it.
    private void sync(PartitionLog log, long uptoOffset) {
        if (failure != null) return;
        try {
            log.flush(uptoOffset);
        } catch (LogDirFailure failed) {
            fail(failed);
        } catch (RuntimeException broken) {
            fail(new LogDirFailure(log.directory(), log.directory(), "flush", new IOException(broken)));
        }
    }

    private void fail(LogDirFailure failed) {
        lock.lock();
        try {
            if (failure != null) return;
            failure = failed;
            waiting.clear();
        } finally {
            lock.unlock();
        }
        onFailure.accept(failed);
    }

    private void endRound(LinkedHashMap<PartitionLog, Long> round) {
        if (failure != null) return;
        told.ended(round.size(), clock.monotonicNanos() - beganNanos);
        for (PartitionLog log : round.keySet()) log.tellFlushed();
        for (PartitionLog log : round.keySet()) log.tellAllTold();
    }

    /// The failure that ended the syncs, null while there is none.
    public LogDirFailure failure() {
        return failure;
    }

    /// Every log has been closed, and with that flushed: the write-ahead files are not needed any more.
    /// @throws LogDirFailure when the device fails
    public void deleteWriteAhead() {
        writeAhead.delete();
    }

    /// Ends what has been asked for and takes no more. Blocking.
    @Override public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        owner.close();
        flusher.close();
        writeAhead.close();
    }
}
