package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Clock;
import millrace.ports.Disk;
import millrace.ports.Workers;
import millrace.storage.log.DamagedLog;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;
import millrace.storage.log.LogHost;
import millrace.storage.log.LogStart;
import millrace.storage.log.OutOfSpace;
import millrace.storage.log.PartitionLog;
import millrace.storage.log.SegmentCache;
import millrace.storage.sync.SyncOwner;

/// One log directory (`log.dirs` may name several): finds, creates and deletes logs, and carries their common files.
///
/// [#log] may be called from anywhere and is cheap. Everything else blocks and belongs on a worker. The ticks are called by the node, each
/// one at a time.
public final class LogDirectory implements AutoCloseable {
    static final String LOCK_FILE = ".lock";
    /// Closing a log is waiting for syncs, and syncs that come together cost the device little more than one.
    private static final int CLOSE_AT_ONCE = 32;
    /// A small file system keeps its room for logs.
    private static final int WRITE_AHEAD_OF_DISK = 64;

    private final Disk disk;
    private final Path path;
    private final Clock clock;
    private final Workers workers;
    private final LogDirSettings settings;
    private final SegmentCache cache;
    private final SyncOwner syncOwner;
    private final AutoCloseable directoryLock;
    private final DirectoryFailure failure;
    private final DelayedDeletions deletions;
    private final LogFolders folders;
    private final DirectoryCheckpoints checkpoints;
    private final FutureLogs futures;
    private final IdentityGeneration identityGeneration;
    private final Housework housework;
    private final DirtyLogs dirty = new DirtyLogs();
    private final RetentionClock retentionClock = new RetentionClock();

    private final ConcurrentSkipListMap<TopicPartition, PartitionLog> logs = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<TopicPartition, String> damaged = new ConcurrentSkipListMap<>();
    private final ReentrantLock changing = new ReentrantLock();
    private MetaProperties metaProperties;
    private OptionalLong previousBrokerEpoch = OptionalLong.empty();
    private volatile boolean closed;

    private LogDirectory(Disk disk, Path path, Clock clock, Workers workers, LogDirSettings settings, long writeAheadBytes, AutoCloseable directoryLock) {
        this.disk = disk;
        this.path = path;
        this.clock = clock;
        this.workers = workers;
        this.settings = settings;
        this.directoryLock = directoryLock;
        this.cache = new SegmentCache(settings.maxColdSegments());
        this.failure = new DirectoryFailure(settings.listener()::onFailure);
        this.deletions = new DelayedDeletions(disk, clock);
        this.folders = new LogFolders(disk, path, clock, settings.randomness(), cache, new Host(), failure);
        this.checkpoints = new DirectoryCheckpoints(disk, path, failure, logs, damaged);
        this.futures = new FutureLogs(path, folders, checkpoints, deletions, failure, logs);
        this.syncOwner = new SyncOwner(workers, disk, clock, path, writeAheadBytes, this::fail, settings.listener()::onSynced);
        this.identityGeneration = new IdentityGeneration(disk, path);
        this.housework = new Housework(path, settings.listener(), failure, deletions, logs);
    }

    /// Locks the directory, checks or writes `meta.properties`, loads every partition folder (not the metadata quorum's). Blocking.
    /// @throws IllegalStateException locked by another process, or of another cluster or node; the text says what to do
    /// @throws LogDirFailure         the device failed
    public static LogDirectory open(Disk disk, Path directory, Clock clock, Workers workers, LogDirSettings settings) {
        LogDirectory opened = locked(disk, directory, clock, workers, settings);
        boolean usable = false;
        try {
            opened.load();
            usable = true;
            return opened;
        } catch (IOException e) {
            throw new LogDirFailure(directory, directory, "load the logs", e);
        } finally {
            if (!usable) opened.close();
        }
    }

    private static LogDirectory locked(Disk disk, Path directory, Clock clock, Workers workers, LogDirSettings settings) {
        AutoCloseable lock;
        long writeAheadBytes;
        try {
            disk.createDirectories(directory);
            writeAheadBytes = settings.writeAheadBytes() == 0 ? 0 : Math.min(settings.writeAheadBytes(), disk.totalBytes(directory) / WRITE_AHEAD_OF_DISK);
            lock = disk.tryLock(directory.resolve(LOCK_FILE));
        } catch (IOException e) {
            throw new LogDirFailure(directory, directory.resolve(LOCK_FILE), "lock the directory", e);
        }
        if (lock == null) throw new IllegalStateException(directory + " is in use by another process (" + LOCK_FILE + " is locked); stop that one or choose another log.dirs");
        return new LogDirectory(disk, directory, clock, workers, settings, writeAheadBytes, lock);
    }

    // ---- loading ----

    private void load() throws IOException {
        metaProperties = new DirectoryOwner(disk, path, settings).identify();
        previousBrokerEpoch = CleanShutdown.read(disk, path);
        boolean clean = previousBrokerEpoch.isPresent();
        cache.keepIdentity(identityGeneration.begin(previousBrokerEpoch));
        CleanShutdown.remove(disk, path);
        checkpoints.read();
        new FoundLogs(disk, path, settings, folders, checkpoints, deletions, futures).open(clean, workers, logs, damaged);
    }

    // ---- finding, creating, deleting ----

    public Path path() {
        return path;
    }

    public MetaProperties metaProperties() {
        return metaProperties;
    }

    /// Broker epoch of the clean stop before this start, -1 when that did not name one; empty after an unclean stop.
    public OptionalLong previousBrokerEpoch() {
        return previousBrokerEpoch;
    }

    public Optional<PartitionLog> log(TopicPartition topicPartition) {
        return Optional.ofNullable(logs.get(topicPartition));
    }

    /// In order of topic and partition.
    public List<PartitionLog> logs() {
        return List.copyOf(logs.values());
    }

    /// How many replicas lie here, those that are damaged included.
    public int replicas() {
        return logs.size() + damaged.size();
    }

    /// Folders that exist but were not opened because of damage: why, and what to do.
    public Map<TopicPartition, String> damaged() {
        return Collections.unmodifiableMap(damaged);
    }

    /// Creates the folder and opens the empty log; returns the existing one when there is one with this topic id. No sync: the log's
    /// first flush makes its creation durable before it makes any record so.
    /// @throws IllegalStateException when the folder belongs to another topic, or is damaged
    /// @throws OutOfSpace            when there is no room for it now
    /// @throws LogDirFailure         the device failed
    public PartitionLog createLog(TopicPartition topicPartition, Uuid topicId, LogConfig config) {
        return change(() -> {
            checkUsable();
            if (damaged.containsKey(topicPartition)) throw new IllegalStateException(damaged.get(topicPartition));
            PartitionLog log = logs.get(topicPartition);
            if (log == null) return create(topicPartition, topicId, config);
            log.assignTopicId(topicId);
            return log;
        });
    }

    private PartitionLog create(TopicPartition topicPartition, Uuid topicId, LogConfig config) {
        PartitionLog created = null;
        try {
            checkpoints.forget(topicPartition);
            created = PartitionLog.open(folders.place(folders.of(topicPartition), topicPartition), config, LogStart.CLEAN);
            created.assignTopicId(topicId);
            logs.put(topicPartition, created);
            return created;
        } catch (DamagedLog impossible) {
            throw new IllegalStateException(impossible.getMessage(), impossible);
        } catch (IOException e) {
            if (isShort(e)) throw new OutOfSpace("create the log of " + topicPartition + " in " + path, e);
            throw fail(new LogDirFailure(path, path, "create the log of " + topicPartition, e));
        } finally {
            if (created != null && !logs.containsKey(topicPartition)) created.abandon();
        }
    }

    /// One change at a time; a failure of the device takes the directory offline.
    private <T> T change(Supplier<T> what) {
        changing.lock();
        try {
            return what.get();
        } catch (LogDirFailure e) {
            throw fail(e);
        } finally {
            changing.unlock();
        }
    }

    /// Takes the log out at once and renames its folder; the files go after `file.delete.delay.ms`.
    /// @return false when there is none
    public boolean deleteLog(TopicPartition topicPartition) {
        return change(() -> {
            PartitionLog log = logs.remove(topicPartition);
            if (log == null) return false;
            log.abandon();
            deletions.add(List.of(folders.setAside(log, PartitionFolder.DELETE_SUFFIX)), log.config().fileDeleteDelayMs());
            settings.listener().onDeleted(topicPartition);
            return true;
        });
    }

    /// Sets a log aside: the metadata knows no such replica here. Its files stay until an operator decides.
    /// @return false when there is none
    public boolean markStray(TopicPartition topicPartition) {
        return change(() -> {
            PartitionLog log = logs.remove(topicPartition);
            if (log == null) return false;
            log.close();
            folders.setAside(log, PartitionFolder.STRAY_SUFFIX);
            return true;
        });
    }

    // ---- copies that are to take the place of a log in another directory ----

    /// Copies that are being made here, in order of topic and partition.
    public List<PartitionLog> futures() {
        return futures.all();
    }

    /// Folders of copies that the last stop has cut short.
    public Map<TopicPartition, Path> leftFutures() {
        return futures.left();
    }

    /// The caller has seen that the log itself is safe.
    public void deleteLeftFuture(TopicPartition topicPartition) {
        futures.deleteLeft(topicPartition);
    }

    /// Begins a copy in a `-future` folder. It is no log of this directory until [#promoteFuture].
    /// @param startOffset where its first batch will begin
    /// @throws IllegalStateException when the log itself is here, or a damaged one
    /// @throws OutOfSpace            when there is no room for it now
    public PartitionLog createFuture(TopicPartition topicPartition, Uuid topicId, LogConfig config, long startOffset) {
        return change(() -> {
            checkUsable();
            return futures.begin(topicPartition, topicId, config, startOffset);
        });
    }

    /// Drops a copy and its files.
    public void dropFuture(TopicPartition topicPartition) {
        change(() -> {
            futures.drop(topicPartition);
            return null;
        });
    }

    /// The copy becomes the log: closed (which brings all of it to the device), renamed, opened again under its own name, and in the
    /// checkpoints before this returns (on a full disk: as soon as there is room). Blocking.
    /// @throws OutOfSpace when there is no room to bring it to the device; the copy has been dropped then
    public PartitionLog promoteFuture(TopicPartition topicPartition) {
        return change(() -> {
            checkUsable();
            return futures.promote(topicPartition);
        });
    }

    /// Folders that were set aside, now or before.
    public List<Path> strays() {
        return folders.strays();
    }

    /// Bytes of this directory's segments that were found to be other than they were written; each stretch is counted and told once.
    public long damagedSpans() {
        return cache.damagedSpans();
    }

    /// How far the compacted logs of this directory are clean.
    public CleanerCheckpoint cleanerCheckpoint() {
        return checkpoints.cleaned();
    }

    /// Passes on what happened to a log of this directory.
    public void tell(LogEvent event) {
        settings.listener().onEvent(event);
    }

    public SyncOwner syncOwner() {
        return syncOwner;
    }

    // ---- failure ----

    public Optional<LogDirFailure> failure() {
        return failure.get();
    }

    /// Takes the directory offline. For whoever catches a [LogDirFailure] from one of its logs.
    /// @return the failure that ended it, which may be an earlier one
    public LogDirFailure fail(LogDirFailure met) {
        return failure.met(met);
    }

    /// Tells `listener` once this directory has gone offline, on the thread that met the failure, which may hold a partition's lock; at once
    /// when that has happened already, and in a race with it perhaps twice.
    public void onFailure(Consumer<LogDirFailure> listener) {
        failure.listen(listener);
    }

    private void checkUsable() {
        failure.throwIt();
        if (closed) throw new IllegalStateException(path + " has been closed");
    }

    // ---- ticks ----

    /// Retention of every log, delayed file deletions.
    /// @param timestampMs the wall clock's; a leap ahead is not believed at once
    public void retentionTick(long nowMs, long timestampMs) {
        housework.retention(believedTimestampMs(nowMs, timestampMs));
        deletionTick(nowMs);
    }

    /// Forgets producer ids that have been silent for their logs' `producer.id.expiration.ms`.
    public void producerTick(long nowMs, long timestampMs) {
        housework.expireProducers(believedTimestampMs(nowMs, timestampMs));
    }

    /// How long bytes that were seen good are not looked at again by reads, in ms; 0 to verify every read.
    public void believeFor(long ms) {
        cache.believeFor(ms);
    }

    /// Reads on through cold segments, comparing them with what was written ([millrace.storage.scrub]).
    /// @param bytesPerSecond to read at most; 0 for none
    /// @param intervalMs     between the beginnings of two passes over all cold segments, at least
    public void scrubTick(long nowMs, long bytesPerSecond, long intervalMs) {
        checkUsable();
        housework.scrub(nowMs, bytesPerSecond, intervalMs);
    }

    /// Wall time that may be deleted by: a leap ahead is not believed at once.
    public synchronized long believedTimestampMs(long nowMs, long timestampMs) {
        return retentionClock.believe(nowMs, timestampMs);
    }

    /// Deletes files whose delay has passed.
    public void deletionTick(long nowMs) {
        housework.delete(nowMs);
    }

    /// Writes recovery points, log start offsets and high watermarks where something moved; deletes files whose delay has passed. Without
    /// room for them the older ones stay, which only makes a recovery longer.
    public void checkpointTick() {
        checkUsable();
        try {
            checkpoints.writeWhereThereIsRoom();
        } catch (IOException e) {
            throw fail(new LogDirFailure(path, path, "write the checkpoints", e));
        }
        deletionTick(clock.monotonicMs());
    }

    /// @return whether it tells of a full disk, not of a broken one
    public boolean isShort(IOException e) {
        return checkpoints.isShort(e);
    }

    /// Asks for a flush of every log that has been dirty for its `flush.ms`, or for `maxDirtyMs`, or has had records for long that no sync has made durable.
    public void flushTick(long nowMs, long maxDirtyMs) {
        if (!failure.hasHappened()) dirty.tick(logs.values(), nowMs, maxDirtyMs, syncOwner::requestFlush);
    }

    // ---- the end ----

    /// Flushes and closes every log, writes the checkpoints, then the clean shutdown marker, and unlocks.
    /// @param brokerEpoch of this life of the broker, -1 when it never got one
    /// @throws LogDirFailure the device failed: no marker is written, the next start recovers
    public void closeCleanly(long brokerEpoch) {
        syncOwner.close();
        changing.lock();
        try {
            checkUsable();
            SideBySide.forEach(workers, "close logs of " + path, CLOSE_AT_ONCE, logs(), PartitionLog::close);
            syncOwner.deleteWriteAhead();
            checkpoints.write();
            identityGeneration.end(brokerEpoch);
            CleanShutdown.write(disk, path, brokerEpoch);
        } catch (IOException e) {
            throw fail(new LogDirFailure(path, path, "write the checkpoints", e));
        } catch (LogDirFailure e) {
            throw fail(e);
        } finally {
            changing.unlock();
            close();
        }
    }

    /// Lets go of files and lock without promising anything: the next start recovers, unless [#closeCleanly] came first.
    @Override public void close() {
        if (closed) return;
        closed = true;
        syncOwner.close();
        for (PartitionLog log : logs.values()) log.abandon();
        futures.abandonAll();
        try {
            directoryLock.close();
        } catch (Exception e) {
            throw new IllegalStateException("could not unlock " + path.resolve(LOCK_FILE), e);
        }
    }

    /// What the logs of this directory ask of it.
    private final class Host implements LogHost {
        @Override public void recoveryPointLowered(PartitionLog log) {
            checkpoints.recoveryPointLowered(log);
        }

        @Override public void truncated(PartitionLog log) {
            syncOwner.truncated(log);
        }

        @Override public void deleteLater(List<Path> files, long delayMs) {
            deletions.add(files, delayMs);
        }

        @Override public void flushWanted(PartitionLog log) {
            syncOwner.requestFlush(log);
        }

        @Override public void onEvent(LogEvent event) {
            if (event instanceof LogEvent.Truncated truncated) checkpoints.lowerCleaned(truncated.topicPartition(), truncated.toOffset());
            tell(event);
        }
    }

    @Override public String toString() {
        return "log directory " + path + " with " + logs.size() + " logs" + (failure.hasHappened() ? ", offline" : "");
    }
}
