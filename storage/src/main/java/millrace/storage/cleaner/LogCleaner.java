package millrace.storage.cleaner;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import millrace.common.TopicPartition;
import millrace.ports.Clock;
import millrace.ports.Randomness;
import millrace.record.CorruptRecord;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.CorruptSegment;
import millrace.storage.log.LogClosed;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;
import millrace.storage.log.LogRewrite;
import millrace.storage.log.PartitionLog;
import millrace.storage.log.SegmentChanged;

/// Compacts the logs of a node, the one that needs it most first. One for a node; several workers may call [#cleanFilthiest] at once, each
/// then cleans another log.
///
///     idle ──chosen──▶ being cleaned ──▶ idle             checkpoint written
///                          ├── segments changed ──▶ idle   (tried again)
///                          ├── no space         ──▶ idle   (told, tried again at the next round)
///                          └── damaged bytes    ──▶ uncleanable until the node restarts (told)
public final class LogCleaner {
    /// Ends a pass between two reads when the node stops.
    private static final class Stopped extends RuntimeException {
        Stopped() {
            super("the cleaner stops", null, false, false);
        }
    }

    private record Candidate(LogDirectory directory, PartitionLog log, LogRewrite rewrite, Cleanable range, long timestampMs) {}

    private final Supplier<List<LogDirectory>> directories;
    private final Clock clock;
    private final Randomness randomness;
    private final LongConsumer pauseNanos;
    private final UnaryOperator<Sieve> around;
    private final ByteThrottle throttle = new ByteThrottle();
    private final ReentrantLock choosing = new ReentrantLock();
    private final TreeSet<TopicPartition> inProgress = new TreeSet<>();
    private final Map<PartitionLog, String> uncleanable = new LinkedHashMap<>();
    private volatile boolean stopped;

    /// @param randomness for the key of each pass's hash
    /// @param pauseNanos waits that long, for `io.max.bytes.per.second`
    public LogCleaner(Supplier<List<LogDirectory>> directories, Clock clock, Randomness randomness, LongConsumer pauseNanos) {
        this(directories, clock, randomness, pauseNanos, UnaryOperator.identity());
    }

    /// @param around for planted bugs: the sieve that each pass uses instead of the one given
    public LogCleaner(Supplier<List<LogDirectory>> directories, Clock clock, Randomness randomness, LongConsumer pauseNanos, UnaryOperator<Sieve> around) {
        this.directories = directories;
        this.clock = clock;
        this.randomness = randomness;
        this.pauseNanos = pauseNanos;
        this.around = around;
    }

    /// Passes that run end soon, without a result.
    public void stop() {
        stopped = true;
    }

    /// Logs that cannot be compacted, and why.
    public SortedMap<TopicPartition, String> uncleanable() {
        choosing.lock();
        try {
            var reasons = new TreeMap<TopicPartition, String>();
            uncleanable.forEach((log, reason) -> reasons.put(log.topicPartition(), reason));
            return reasons;
        } finally {
            choosing.unlock();
        }
    }

    /// Cleans the log that needs it most. Blocking, for minutes if need be.
    /// @return whether one was cleaned, so that another may need it too
    public boolean cleanFilthiest(CleanerSettings settings) {
        if (stopped) return false;
        Candidate chosen = choose();
        if (chosen == null) return false;
        try {
            return clean(chosen, settings);
        } finally {
            choosing.lock();
            try {
                inProgress.remove(chosen.log.topicPartition());
            } finally {
                choosing.unlock();
            }
        }
    }

    // ---- choosing ----

    private Candidate choose() {
        choosing.lock();
        try {
            uncleanable.keySet().removeIf(PartitionLog::isClosed);
            Candidate filthiest = null;
            for (LogDirectory directory : directories.get()) {
                if (directory.failure().isPresent()) continue;
                Candidate here = filthiest(directory);
                if (here != null && (filthiest == null || here.range.dirtyRatio() > filthiest.range.dirtyRatio())) filthiest = here;
            }
            if (filthiest != null) inProgress.add(filthiest.log.topicPartition());
            return filthiest;
        } finally {
            choosing.unlock();
        }
    }

    private Candidate filthiest(LogDirectory directory) {
        long timestampMs = directory.believedTimestampMs(clock.monotonicMs(), clock.timestampMs());
        Candidate filthiest = null;
        for (PartitionLog log : directory.logs()) {
            if (!log.config().compacts() || log.isClosed() || inProgress.contains(log.topicPartition()) || uncleanable.containsKey(log)) continue;
            Candidate candidate = candidate(directory, log, timestampMs);
            if (candidate == null || !candidate.range.isDue(log.config().minCleanableDirtyRatio())) continue;
            if (filthiest == null || candidate.range.dirtyRatio() > filthiest.range.dirtyRatio()) filthiest = candidate;
        }
        return filthiest;
    }

    /// @return null when it cannot be told now
    private Candidate candidate(LogDirectory directory, PartitionLog log, long timestampMs) {
        LogRewrite rewrite = log.rewrite();
        boolean lags = log.config().minCompactionLagMs() > 0 || log.config().maxCompactionLagMs() < Long.MAX_VALUE;
        try {
            var segments = rewrite.segments(lags ? LogRewrite.Detail.TIMESTAMPS : LogRewrite.Detail.SIZES);
            Cleanable range = Cleanable.of(log.config(), segments, log.logStartOffset(), log.lastStableOffset(log.highWatermark()),
                    directory.cleanerCheckpoint().of(log.topicPartition()), timestampMs);
            return new Candidate(directory, log, rewrite, range, timestampMs);
        } catch (IOException e) {
            failedOrChanged(directory, log, e);
        } catch (CorruptSegment damaged) {
            giveUp(directory, log, damaged.getMessage());
        } catch (LogClosed | SegmentChanged meanwhile) {
            // Nothing is known about it any more; the next round looks again.
        }
        return null;
    }

    // ---- cleaning ----

    private boolean clean(Candidate chosen, CleanerSettings settings) {
        PartitionLog log = chosen.log;
        Cleanable range = chosen.range;
        chosen.directory.tell(new LogEvent.CleaningStarted(log.topicPartition(), range.firstDirtyOffset(), range.firstUncleanableOffset(), range.cleanBytes(), range.cleanableBytes()));
        long beganMs = clock.monotonicMs();
        try {
            var hash = new KeyHash(randomness.nextLong(), randomness.nextLong());
            LogCompaction.Result result = new LogCompaction(log, chosen.rewrite, range, settings, chosen.timestampMs, throttle(log, settings), around).run(settings, hash);
            chosen.directory.cleanerCheckpoint().cleaned(log.topicPartition(), result.cleanedUpTo());
            chosen.directory.tell(new LogEvent.Cleaned(log.topicPartition(), result.cleanedUpTo(), result.bytesRead(), result.bytesKept(), result.recordsRead(), result.recordsKept(),
                    result.keys(), result.keyMapBytes(), clock.monotonicMs() - beganMs));
            return true;
        } catch (SegmentChanged | LogClosed | Stopped meanwhile) {
            return false;
        } catch (CorruptSegment | CorruptRecord | IllegalStateException damaged) {
            giveUp(chosen.directory, log, damaged.getMessage());
            return true;
        } catch (IOException e) {
            failedOrChanged(chosen.directory, log, e);
            return false;
        } catch (LogDirFailure e) {
            throw chosen.directory.fail(e);
        }
    }

    private IntConsumer throttle(PartitionLog log, CleanerSettings settings) {
        return bytes -> {
            if (stopped || log.isClosed()) throw new Stopped();
            long nanos = throttle.take(bytes, settings.bytesPerSecond(), clock.monotonicNanos());
            if (nanos > 0) pauseNanos.accept(nanos);
        };
    }

    /// A full disk says what it is; files that are missing are no failure when the log has been closed or deleted.
    private void failedOrChanged(LogDirectory directory, PartitionLog log, IOException e) {
        if (log.isClosed()) return;
        if (directory.isShort(e)) directory.tell(new LogEvent.NoRoomToClean(log.topicPartition(), e.getMessage()));
        else throw directory.fail(new LogDirFailure(directory.path(), log.directory(), "clean the log of " + log.topicPartition(), e));
    }

    private void giveUp(LogDirectory directory, PartitionLog log, String reason) {
        choosing.lock();
        try {
            uncleanable.put(log, reason);
        } finally {
            choosing.unlock();
        }
        directory.tell(new LogEvent.Uncleanable(log.topicPartition(), reason));
    }
}
