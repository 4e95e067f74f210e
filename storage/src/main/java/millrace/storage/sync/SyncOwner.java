package millrace.storage.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import millrace.ports.Workers;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.PartitionLog;

/// Group commit for one log directory.
public final class SyncOwner implements AutoCloseable {
    /// Syncs of so many files in a row are done by the owner alone: a hand-over costs about as much as a sync of a fast device.
    private static final int ALONE = 2;
    /// Journalling file systems commit syncs that come together as one, so many at once cost little more than one (spike: 50 files, 8,900
    /// a second one after the other, 18,500 four at a time, 48,000 all at once).
    private static final int SIDE_BY_SIDE = 16;

    private final Workers workers;
    private final Workers.SerialExecutor owner;
    private final String name;
    private final Consumer<LogDirFailure> onFailure;
    private final ReentrantLock lock = new ReentrantLock();
    /// Bounded by the number of logs: a log waits once, with the highest offset asked for.
    private LinkedHashMap<PartitionLog, Long> waiting = new LinkedHashMap<>();
    private boolean roundRuns;
    private boolean closed;
    private volatile LogDirFailure failure;
    private volatile Runnable roundEnd = () -> {};

    /// @param onFailure told once, on the thread that met it
    public SyncOwner(Workers workers, String name, Consumer<LogDirFailure> onFailure) {
        this.workers = workers;
        this.name = name;
        this.owner = workers.serial(name);
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

    /// Runs once after each round, after the logs' own listeners: for one wake-up per round.
    public void onRoundEnd(Runnable hook) {
        roundEnd = hook;
    }

    /// Round after round, until nothing waits. Where the last slice of a round ends on a worker, the rounds go on there.
    private void rounds() {
        for (LinkedHashMap<PartitionLog, Long> round = takeWaiting(); round != null; round = takeWaiting()) {
            if (!sync(round)) return;
            endRound(round);
        }
    }

    /// @return false when others are still at it; the last of them ends the round
    private boolean sync(LinkedHashMap<PartitionLog, Long> round) {
        var logs = new ArrayList<>(round.entrySet());
        int slices = logs.size() <= ALONE ? 1 : Math.min(SIDE_BY_SIDE, logs.size() / ALONE);
        var running = new AtomicInteger(slices);
        for (int slice = 1; slice < slices; slice++) {
            int first = slice;
            workers.run(name + " " + slice, () -> {
                if (!syncSlice(logs, first, slices, running)) return;
                endRound(round);
                rounds();
            });
        }
        return syncSlice(logs, 0, slices, running);
    }

    /// @return whether this slice was the last to end
    private boolean syncSlice(List<Map.Entry<PartitionLog, Long>> logs, int first, int slices, AtomicInteger running) {
        for (int i = first; i < logs.size(); i += slices) sync(logs.get(i).getKey(), logs.get(i).getValue());
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
        if (failure == null) {
            for (PartitionLog log : round.keySet()) log.tellFlushed();
            roundEnd.run();
        }
    }

    /// The failure that ended the syncs, null while there is none.
    public LogDirFailure failure() {
        return failure;
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
    }
}
