package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.storage.file.DiskSpace;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogStart;
import millrace.storage.log.PartitionLog;

/// The files of a log directory that say how far each of its logs is.
///
/// Invariant: a recovery point on the device is never above the end of its log: it is raised after the syncs and lowered before a truncation.
/// Where there is no room to write a lower one the file goes, which makes the next start longer and nothing wrong.
final class DirectoryCheckpoints {
    private final Disk disk;
    private final Path directory;
    private final DirectoryFailure failure;
    private final NavigableMap<TopicPartition, PartitionLog> logs;
    private final Map<TopicPartition, String> damaged;
    private final ReentrantLock lock = new ReentrantLock();
    private final OffsetCheckpoint recoveryPoints;
    private final OffsetCheckpoint logStarts;
    private final OffsetCheckpoint highWatermarks;
    private final CleanerCheckpoint cleaned;
    private TreeMap<TopicPartition, Long> writtenRecoveryPoints = new TreeMap<>();
    private boolean recoveryPointsRaised;
    private TreeMap<TopicPartition, Long> readLogStarts = new TreeMap<>();
    private TreeMap<TopicPartition, Long> readHighWatermarks = new TreeMap<>();

    /// @param logs    those that are open, now and later
    /// @param damaged those that stay closed: their recovery points are kept
    DirectoryCheckpoints(Disk disk, Path directory, DirectoryFailure failure, NavigableMap<TopicPartition, PartitionLog> logs, Map<TopicPartition, String> damaged) {
        this.disk = disk;
        this.directory = directory;
        this.failure = failure;
        this.logs = logs;
        this.damaged = damaged;
        this.recoveryPoints = new OffsetCheckpoint(disk, directory, OffsetCheckpoint.RECOVERY_POINTS);
        this.logStarts = new OffsetCheckpoint(disk, directory, OffsetCheckpoint.LOG_STARTS);
        this.highWatermarks = new OffsetCheckpoint(disk, directory, OffsetCheckpoint.HIGH_WATERMARKS);
        this.cleaned = new CleanerCheckpoint(new OffsetCheckpoint(disk, directory, OffsetCheckpoint.CLEANED));
    }

    // ---- at start ----

    void read() throws IOException {
        writtenRecoveryPoints = recoveryPoints.read();
        cleaned.read();
        readLogStarts = logStarts.read();
        readHighWatermarks = highWatermarks.read();
    }

    /// What the files that were read say of a log.
    LogStart startOf(TopicPartition of, boolean clean) {
        return new LogStart(writtenRecoveryPoints.getOrDefault(of, 0L), readLogStarts.getOrDefault(of, 0L), readHighWatermarks.getOrDefault(of, 0L), clean, cleaned.of(of).orElse(0));
    }

    /// A log that stays closed was acknowledged up to this offset: its recovery point says so from now on, so that it is not opened without that.
    void damagedBelow(TopicPartition of, long offset) {
        lock.lock();
        try {
            if (writtenRecoveryPoints.getOrDefault(of, 0L) >= offset) return;
            writtenRecoveryPoints.put(of, offset);
            recoveryPointsRaised = true;
        } finally {
            lock.unlock();
        }
    }

    /// What recovery has read is on the device from here on. Were that written down only with the next checkpoint, a last batch that rots until then would
    /// look like a torn tail after another kill: it would be cut, and its offsets be given out again. Without room for it, it is written with the next one.
    void writeRecoveryPointsOfStart() throws IOException {
        boolean recovered = false;
        for (PartitionLog log : logs.values()) recovered |= pointOf(log) > writtenRecoveryPoints.getOrDefault(log.topicPartition(), 0L);
        if (!recovered && !recoveryPointsRaised) return;
        try {
            writeRecoveryPoints();
        } catch (IOException e) {
            if (recoveryPointsRaised || !isShort(e)) throw e;
        }
    }

    // ---- while in use ----

    CleanerCheckpoint cleaned() {
        return cleaned;
    }

    /// A log of this name is about to be created. What is said of an earlier one would make the new one look damaged after a crash.
    void forget(TopicPartition of) throws IOException {
        if (saysOf(of)) writeRecoveryPoints();
        cleaned.forget(of);
    }

    private boolean saysOf(TopicPartition of) {
        lock.lock();
        try {
            return writtenRecoveryPoints.getOrDefault(of, 0L) > 0;
        } finally {
            lock.unlock();
        }
    }

    void write() throws IOException {
        for (PartitionLog log : logs.values()) if (log.logStartOffset() > Math.min(log.recoveryPoint(), log.durableLogStartOffset())) flushUpToItsStart(log);
        writeRecoveryPoints();
        var starts = new TreeMap<TopicPartition, Long>();
        var watermarks = new TreeMap<TopicPartition, Long>();
        for (PartitionLog log : logs.values()) {
            long begins = log.durableLogStartOffset();
            if (begins > 0) starts.put(log.topicPartition(), begins);
            watermarks.put(log.topicPartition(), log.highWatermark());
        }
        keepDamaged(starts, readLogStarts);
        keepDamaged(watermarks, readHighWatermarks);
        lock.lock();
        try {
            logStarts.write(starts);
            highWatermarks.write(watermarks);
            cleaned.write();
        } finally {
            lock.unlock();
        }
    }

    /// After a power loss a log that ends below its start would begin afresh there, and the copies of its tail could not be joined to it. And a start that
    /// the epochs on the device do not bear out is not written down, so that deleted records would be there again.
    private void flushUpToItsStart(PartitionLog log) {
        try {
            log.flush(log.logStartOffset());
        } catch (LogDirFailure e) {
            throw failure.met(e);
        }
    }

    /// Without room the older ones stay, which only makes a recovery longer.
    void writeWhereThereIsRoom() throws IOException {
        try {
            write();
        } catch (IOException e) {
            if (!isShort(e)) throw e;
        }
    }

    boolean isShort(IOException e) {
        return DiskSpace.isShort(disk, directory, e, 0);
    }

    /// Of a log that names no topic nothing is said: nobody has been answered for what is in it, and the next start would take it for one that has lost its topic's
    /// name ([FoundLogs]) and keep it closed.
    private static long pointOf(PartitionLog log) {
        return log.topicId().equals(Uuid.ZERO) ? 0 : log.recoveryPoint();
    }

    private void writeRecoveryPoints() throws IOException {
        lock.lock();
        try {
            var points = new TreeMap<TopicPartition, Long>();
            for (PartitionLog log : logs.values()) points.put(log.topicPartition(), pointOf(log));
            keepDamaged(points, writtenRecoveryPoints);
            recoveryPoints.write(points);
            writtenRecoveryPoints = points;
        } finally {
            lock.unlock();
        }
    }

    /// Of a damaged log stays what was said when it was found damaged: restored, it is opened by that.
    private void keepDamaged(SortedMap<TopicPartition, Long> now, SortedMap<TopicPartition, Long> before) {
        for (TopicPartition each : damaged.keySet()) {
            Long known = before.get(each);
            if (known != null) now.put(each, known);
        }
    }

    // ---- before a truncation ----

    /// The log's recovery point has fallen; when this returns no higher one is on the device.
    void recoveryPointLowered(PartitionLog log) {
        lock.lock();
        try {
            Long written = writtenRecoveryPoints.get(log.topicPartition());
            if (written != null && written > log.recoveryPoint()) writeRecoveryPoints();
        } catch (IOException e) {
            if (!isShort(e)) throw failure.met(new LogDirFailure(directory, recoveryPoints.file(), "lower a recovery point", e));
            forgetRecoveryPoints();
        } finally {
            lock.unlock();
        }
    }

    /// No room to write a lower one: without any, every log is recovered from its beginning, which is as safe and only slower.
    private void forgetRecoveryPoints() {
        try {
            recoveryPoints.delete();
            writtenRecoveryPoints = new TreeMap<>();
        } catch (IOException e) {
            throw failure.met(new LogDirFailure(directory, recoveryPoints.file(), "delete the recovery points", e));
        }
    }

    /// The log ends here now.
    void lowerCleaned(TopicPartition of, long logEndOffset) {
        try {
            cleaned.truncated(of, logEndOffset);
        } catch (IOException e) {
            if (!isShort(e)) throw failure.met(new LogDirFailure(directory, directory, "lower how far " + of + " is cleaned", e));
            forgetCleaned();
        }
    }

    /// No room to write a lower one: without any, every compacted log is cleaned from its beginning.
    private void forgetCleaned() {
        try {
            cleaned.deleteFile();
        } catch (IOException e) {
            throw failure.met(new LogDirFailure(directory, directory, "delete how far logs are cleaned", e));
        }
    }
}
