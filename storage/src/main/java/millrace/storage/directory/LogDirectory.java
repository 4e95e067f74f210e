package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Clock;
import millrace.ports.Disk;
import millrace.ports.Workers;
import millrace.storage.file.DiskSpace;
import millrace.storage.file.SmallFiles;
import millrace.storage.log.CorruptSegment;
import millrace.storage.log.DamagedLog;
import millrace.storage.log.LogClosed;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;
import millrace.storage.log.LogHost;
import millrace.storage.log.LogPlace;
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
    /// The quorum's own log lies beside the others when they share a directory, and is opened by the quorum.
    private static final TopicPartition METADATA = new TopicPartition("__cluster_metadata", 0);
    static final String LOCK_FILE = ".lock";
    private static final int DIRECTORY_ID_TRIES = 100;
    /// Closing a log is waiting for syncs, and syncs that come together cost the device little more than one.
    private static final int CLOSE_AT_ONCE = 32;

    private final Disk disk;
    private final Path path;
    private final Clock clock;
    private final Workers workers;
    private final LogDirSettings settings;
    private final SegmentCache cache;
    private final Host host = new Host();
    private final SyncOwner syncOwner;
    private final AutoCloseable directoryLock;

    private final ConcurrentSkipListMap<TopicPartition, PartitionLog> logs = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<TopicPartition, String> damaged = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<TopicPartition, PartitionLog> futures = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<TopicPartition, Path> leftFutures = new ConcurrentSkipListMap<>();
    private final ReentrantLock changing = new ReentrantLock();
    private final ReentrantLock checkpointing = new ReentrantLock();
    private final OffsetCheckpoint recoveryPointFile;
    private final OffsetCheckpoint logStartFile;
    private final OffsetCheckpoint highWatermarkFile;
    private final CleanerCheckpoint cleanerCheckpoint;
    private TreeMap<TopicPartition, Long> writtenRecoveryPoints = new TreeMap<>();
    private final ReentrantLock deleting = new ReentrantLock();
    private final Deque<Deletion> deletions = new ArrayDeque<>();
    private final TreeMap<TopicPartition, Long> dirtySince = new TreeMap<>();
    private final RetentionClock retentionClock = new RetentionClock();

    private final IdentityGeneration identityGeneration;
    private final Scrubber scrubber = new Scrubber(logs);

    private MetaProperties metaProperties;
    private OptionalLong previousBrokerEpoch = OptionalLong.empty();
    private final AtomicReference<LogDirFailure> failure = new AtomicReference<>();
    private final CopyOnWriteArrayList<Consumer<LogDirFailure>> failureListeners = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    private record Deletion(long dueMs, Path path) {}

    private LogDirectory(Disk disk, Path path, Clock clock, Workers workers, LogDirSettings settings, AutoCloseable directoryLock) {
        this.disk = disk;
        this.path = path;
        this.clock = clock;
        this.workers = workers;
        this.settings = settings;
        this.directoryLock = directoryLock;
        this.cache = new SegmentCache(settings.maxColdSegments());
        this.syncOwner = new SyncOwner(workers, "sync owner of " + path, this::fail);
        this.identityGeneration = new IdentityGeneration(disk, path);
        this.recoveryPointFile = new OffsetCheckpoint(disk, path, OffsetCheckpoint.RECOVERY_POINTS);
        this.logStartFile = new OffsetCheckpoint(disk, path, OffsetCheckpoint.LOG_STARTS);
        this.highWatermarkFile = new OffsetCheckpoint(disk, path, OffsetCheckpoint.HIGH_WATERMARKS);
        this.cleanerCheckpoint = new CleanerCheckpoint(new OffsetCheckpoint(disk, path, OffsetCheckpoint.CLEANED));
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
        try {
            disk.createDirectories(directory);
            lock = disk.tryLock(directory.resolve(LOCK_FILE));
        } catch (IOException e) {
            throw new LogDirFailure(directory, directory.resolve(LOCK_FILE), "lock the directory", e);
        }
        if (lock == null) throw new IllegalStateException(directory + " is in use by another process (" + LOCK_FILE + " is locked); stop that one or choose another log.dirs");
        return new LogDirectory(disk, directory, clock, workers, settings, lock);
    }

    // ---- loading ----

    private record Folder(Path path, TopicPartition topicPartition, LogStart start) {}

    private void load() throws IOException {
        metaProperties = identify();
        previousBrokerEpoch = CleanShutdown.read(disk, path);
        boolean clean = previousBrokerEpoch.isPresent();
        cache.keepIdentity(identityGeneration.begin(previousBrokerEpoch));
        CleanShutdown.remove(disk, path);
        writtenRecoveryPoints = recoveryPointFile.read();
        cleanerCheckpoint.read();
        List<Folder> folders = folders(clean, logStartFile.read(), highWatermarkFile.read());
        var done = new AtomicInteger();
        SideBySide.forEach(workers, "load logs of " + path, settings.recoveryThreads(), folders, folder -> {
            load(folder);
            settings.listener().onLoading(done.incrementAndGet(), folders.size());
        });
    }

    private MetaProperties identify() throws IOException {
        Optional<MetaProperties> found = MetaProperties.read(disk, path);
        if (found.isEmpty()) {
            refuseLogsOfNobody();
            if (settings.clusterId() == null)
                throw new IllegalStateException(path + " is not formatted (no " + MetaProperties.FILE_NAME + "); format it with kafka-storage.sh, or give a cluster id");
            var fresh = new MetaProperties(settings.clusterId(), settings.nodeId(), newDirectoryId());
            fresh.write(disk, path);
            return fresh;
        }
        MetaProperties known = found.get();
        if (settings.clusterId() != null && !settings.clusterId().equals(known.clusterId()))
            throw new IllegalStateException(path + " belongs to cluster " + known.clusterId() + ", this node to " + settings.clusterId() + "; correct log.dirs or the cluster id");
        if (known.nodeId() != settings.nodeId())
            throw new IllegalStateException(path + " belongs to node " + known.nodeId() + ", this is node " + settings.nodeId() + "; correct log.dirs or node.id");
        return known;
    }

    /// To call it ours would give the logs another cluster and another directory id than the metadata knows them by.
    private void refuseLogsOfNobody() throws IOException {
        for (Path child : disk.list(path)) {
            if (PartitionFolder.of(child.getFileName().toString()).kind() != PartitionFolder.Kind.LOG || !disk.isDirectory(child)) continue;
            throw new IllegalStateException(path + " holds logs (" + child.getFileName() + "), and its " + MetaProperties.FILE_NAME + ", which says whose they are, is missing; restore that file (cluster.id, directory.id,"
                    + " node.id=" + settings.nodeId() + ", version=1), or name an empty directory in log.dirs");
        }
    }

    /// Not one of the reserved ids, and without a leading dash, which command lines take for an option.
    private Uuid newDirectoryId() {
        for (int i = 0; i < DIRECTORY_ID_TRIES; i++) {
            var id = new Uuid(settings.randomness().nextLong() & ~0xF000L | 0x4000L, settings.randomness().nextLong() & ~(3L << 62) | 2L << 62);
            if (!id.isReserved() && !id.toString().startsWith("-")) return id;
        }
        throw new IllegalStateException("the source of randomness gives no usable directory id");
    }

    private List<Folder> folders(boolean clean, TreeMap<TopicPartition, Long> logStarts, TreeMap<TopicPartition, Long> highWatermarks) throws IOException {
        var folders = new ArrayList<Folder>();
        for (Path child : disk.list(path)) {
            String name = child.getFileName().toString();
            PartitionFolder folder = PartitionFolder.of(name);
            switch (folder.kind()) {
                case LOG -> {
                    TopicPartition of = folder.topicPartition();
                    if (of.equals(METADATA) || !disk.isDirectory(child)) break;
                    folders.add(new Folder(child, of, new LogStart(writtenRecoveryPoints.getOrDefault(of, 0L), logStarts.getOrDefault(of, 0L), highWatermarks.getOrDefault(of, 0L), clean,
                            cleanerCheckpoint.of(of).orElse(0))));
                }
                case DELETED -> host.deleteLater(List.of(child), 0);
                case FUTURE -> leftFutures.put(folder.topicPartition(), child);
                case STRAY -> { }
                case OTHER -> {
                    if (name.endsWith(SmallFiles.TEMPORARY_SUFFIX) && !disk.isDirectory(child)) disk.delete(child);
                }
            }
        }
        return folders;
    }

    private void load(Folder folder) {
        TopicPartition of = folder.topicPartition();
        try {
            PartitionLog log = PartitionLog.open(place(folder.path(), of), settings.configOfTopic().apply(of.topic()), folder.start());
            refuseNobodys(log, folder);
            logs.put(of, log);
            lowerCleaned(of, log.logEndOffset());
        } catch (DamagedLog | CorruptSegment found) {
            damaged.put(of, found.getMessage());
            settings.listener().onDamaged(of, found.getMessage());
        } catch (OutOfSpace full) {
            throw new LogDirFailure(path, folder.path(), "load the logs without any space left", full.cause());
        }
    }

    /// Records that were brought to the device belong to some topic. Set aside as nobody's, they would be gone for whoever reads, without a word.
    private static void refuseNobodys(PartitionLog log, Folder folder) throws DamagedLog {
        if (!log.topicId().equals(Uuid.ZERO) || folder.start().recoveryPoint() == 0 || log.sizeInBytes() == 0) return;
        log.abandon();
        throw new DamagedLog(folder.path().resolve(PartitionLog.TOPIC_ID_FILE), "it names no topic, and neither does the identity of any segment");
    }

    private void lowerCleaned(TopicPartition of, long logEndOffset) {
        try {
            cleanerCheckpoint.truncated(of, logEndOffset);
        } catch (IOException e) {
            if (!isShort(e)) throw fail(new LogDirFailure(path, path, "lower how far " + of + " is cleaned", e));
            forgetCleaned();
        }
    }

    /// No room to write a lower one: without any, every compacted log is cleaned from its beginning.
    private void forgetCleaned() {
        try {
            cleanerCheckpoint.deleteFile();
        } catch (IOException e) {
            throw fail(new LogDirFailure(path, path, "delete how far logs are cleaned", e));
        }
    }

    private LogPlace place(Path folder, TopicPartition of) {
        return new LogPlace(disk, clock, folder, of, cache, host);
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
        changing.lock();
        try {
            checkUsable();
            if (damaged.containsKey(topicPartition)) throw new IllegalStateException(damaged.get(topicPartition));
            PartitionLog log = logs.get(topicPartition);
            if (log == null) log = create(topicPartition, config);
            log.assignTopicId(topicId);
            logs.put(topicPartition, log);
            return log;
        } catch (IOException e) {
            if (isShort(e)) throw new OutOfSpace("create the log of " + topicPartition + " in " + path, e);
            throw fail(new LogDirFailure(path, path, "create the log of " + topicPartition, e));
        } catch (LogDirFailure e) {
            throw fail(e);
        } finally {
            changing.unlock();
        }
    }

    /// A checkpoint may still speak of a deleted partition of the same name; after a crash the empty log would look damaged.
    private PartitionLog create(TopicPartition topicPartition, LogConfig config) throws IOException {
        if (wasCheckpointed(topicPartition)) writeRecoveryPoints();
        cleanerCheckpoint.forget(topicPartition);
        try {
            return PartitionLog.open(place(path.resolve(topicPartition.toString()), topicPartition), config, LogStart.CLEAN);
        } catch (DamagedLog impossible) {
            throw new IllegalStateException(impossible.getMessage(), impossible);
        }
    }

    private boolean wasCheckpointed(TopicPartition topicPartition) {
        checkpointing.lock();
        try {
            return writtenRecoveryPoints.getOrDefault(topicPartition, 0L) > 0;
        } finally {
            checkpointing.unlock();
        }
    }

    /// Takes the log out at once and renames its folder; the files go after `file.delete.delay.ms`.
    /// @return false when there is none
    public boolean deleteLog(TopicPartition topicPartition) {
        changing.lock();
        try {
            PartitionLog log = logs.remove(topicPartition);
            if (log == null) return false;
            log.abandon();
            Path renamed = setAside(log, PartitionFolder.DELETE_SUFFIX);
            host.deleteLater(List.of(renamed), log.config().fileDeleteDelayMs());
            return true;
        } finally {
            changing.unlock();
        }
    }

    /// Sets a log aside: the metadata knows no such replica here. Its files stay until an operator decides.
    /// @return false when there is none
    public boolean markStray(TopicPartition topicPartition) {
        changing.lock();
        try {
            PartitionLog log = logs.remove(topicPartition);
            if (log == null) return false;
            log.close();
            setAside(log, PartitionFolder.STRAY_SUFFIX);
            return true;
        } catch (LogDirFailure e) {
            throw fail(e);
        } finally {
            changing.unlock();
        }
    }

    // ---- copies that are to take the place of a log in another directory ----

    /// Copies that are being made here, in order of topic and partition.
    public List<PartitionLog> futures() {
        return List.copyOf(futures.values());
    }

    /// Folders of copies that the last stop has cut short.
    public Map<TopicPartition, Path> leftFutures() {
        return Collections.unmodifiableMap(leftFutures);
    }

    /// The caller has seen that the log itself is safe.
    public void deleteLeftFuture(TopicPartition topicPartition) {
        Path folder = leftFutures.remove(topicPartition);
        if (folder != null) host.deleteLater(List.of(folder), 0);
    }

    /// Begins a copy in a `-future` folder. It is no log of this directory until [#promoteFuture].
    /// @param startOffset where its first batch will begin
    /// @throws IllegalStateException when the log itself is here, or a damaged one
    /// @throws OutOfSpace            when there is no room for it now
    public PartitionLog createFuture(TopicPartition topicPartition, Uuid topicId, LogConfig config, long startOffset) {
        changing.lock();
        try {
            checkUsable();
            if (disk.exists(path.resolve(topicPartition.toString()))) throw new IllegalStateException(path + " has a folder of " + topicPartition + " already; set it aside first");
            cleanerCheckpoint.forget(topicPartition);
            Path folder = path.resolve(PartitionFolder.named(topicPartition, hexId(), PartitionFolder.FUTURE_SUFFIX));
            PartitionLog copy = PartitionLog.open(place(folder, topicPartition), config, new LogStart(0, startOffset, 0, false));
            copy.assignTopicId(topicId);
            futures.put(topicPartition, copy);
            return copy;
        } catch (DamagedLog impossible) {
            throw new IllegalStateException(impossible.getMessage(), impossible);
        } catch (IOException e) {
            if (isShort(e)) throw new OutOfSpace("begin a copy of " + topicPartition + " in " + path, e);
            throw fail(new LogDirFailure(path, path, "begin a copy of " + topicPartition, e));
        } catch (LogDirFailure e) {
            throw fail(e);
        } finally {
            changing.unlock();
        }
    }

    /// Drops a copy and its files.
    public void dropFuture(TopicPartition topicPartition) {
        changing.lock();
        try {
            PartitionLog copy = futures.remove(topicPartition);
            if (copy == null) return;
            copy.abandon();
            host.deleteLater(List.of(setAside(copy, PartitionFolder.DELETE_SUFFIX)), 0);
        } finally {
            changing.unlock();
        }
    }

    /// The copy becomes the log: closed (which brings all of it to the device), renamed, opened again under its own name, and in the
    /// checkpoints before this returns (on a full disk: as soon as there is room). Blocking.
    /// @throws OutOfSpace when there is no room to bring it to the device; the copy has been dropped then
    public PartitionLog promoteFuture(TopicPartition topicPartition) {
        changing.lock();
        try {
            checkUsable();
            PartitionLog copy = futures.get(topicPartition);
            var start = new LogStart(copy.logEndOffset(), copy.logStartOffset(), copy.highWatermark(), true);
            copy.close();
            if (copy.recoveryPoint() < copy.logEndOffset()) {
                dropFuture(topicPartition);
                throw new OutOfSpace("bring the copy of " + topicPartition + " to the device in " + path, new IOException("indexes or snapshots could not be written"));
            }
            Path folder = path.resolve(topicPartition.toString());
            disk.rename(copy.directory(), folder);
            disk.syncDirectory(path);
            PartitionLog log = PartitionLog.open(place(folder, topicPartition), copy.config(), start);
            futures.remove(topicPartition);
            logs.put(topicPartition, log);
            writeCheckpointsWhereThereIsRoom();
            return log;
        } catch (DamagedLog impossible) {
            throw new IllegalStateException(impossible.getMessage(), impossible);
        } catch (IOException e) {
            throw fail(new LogDirFailure(path, path, "give the copy of " + topicPartition + " its name", e));
        } catch (LogDirFailure e) {
            throw fail(e);
        } finally {
            changing.unlock();
        }
    }

    private Path setAside(PartitionLog log, String suffix) {
        Path target = path.resolve(PartitionFolder.named(log.topicPartition(), hexId(), suffix));
        try {
            disk.rename(log.directory(), target);
            return target;
        } catch (IOException e) {
            throw fail(new LogDirFailure(path, log.directory(), "rename the folder to " + target.getFileName(), e));
        }
    }

    private String hexId() {
        return String.format("%016x%016x", settings.randomness().nextLong(), settings.randomness().nextLong());
    }

    /// Folders that were set aside, now or before.
    public List<Path> strays() {
        try {
            return disk.list(path).stream().filter(child -> PartitionFolder.of(child.getFileName().toString()).kind() == PartitionFolder.Kind.STRAY).toList();
        } catch (IOException e) {
            throw fail(new LogDirFailure(path, path, "list the directory", e));
        }
    }

    /// Bytes of this directory's segments that were found to be other than they were written; each stretch is counted and told once.
    public long damagedSpans() {
        return cache.damagedSpans();
    }

    /// How far the compacted logs of this directory are clean.
    public CleanerCheckpoint cleanerCheckpoint() {
        return cleanerCheckpoint;
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
        return Optional.ofNullable(failure.get());
    }

    /// Takes the directory offline. For whoever catches a [LogDirFailure] from one of its logs.
    /// @return the failure that ended it, which may be an earlier one
    public LogDirFailure fail(LogDirFailure met) {
        if (failure.compareAndSet(null, met)) {
            settings.listener().onFailure(met);
            for (var each : failureListeners) each.accept(met);
        }
        return failure.get();
    }

    /// Tells `listener` once this directory has gone offline, on the thread that met the failure, which may hold a partition's lock; at once
    /// when that has happened already, and in a race with it perhaps twice.
    public void onFailure(Consumer<LogDirFailure> listener) {
        failureListeners.add(listener);
        if (failure.get() != null) listener.accept(failure.get());
    }

    private void checkUsable() {
        if (failure.get() != null) throw failure.get();
        if (closed) throw new IllegalStateException(path + " has been closed");
    }

    // ---- ticks ----

    /// Retention and producer id expiry of every log, delayed file deletions.
    /// @param timestampMs the wall clock's; a leap ahead is not believed at once
    public void retentionTick(long nowMs, long timestampMs) {
        long believedMs = believedTimestampMs(nowMs, timestampMs);
        for (PartitionLog log : logs.values()) {
            try {
                checkUsable();
                log.retention(believedMs);
                log.expireProducers(believedMs);
            } catch (CorruptSegment found) {
                settings.listener().onDamaged(log.topicPartition(), found.getMessage());
            } catch (LogClosed meanwhile) {
                // Deleted since the walk began: nothing to retain.
            } catch (LogDirFailure e) {
                throw fail(e);
            }
        }
        deletionTick(nowMs);
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
        try {
            scrubber.tick(nowMs, bytesPerSecond, intervalMs);
        } catch (LogDirFailure e) {
            throw fail(e);
        }
    }

    /// Wall time that may be deleted by: a leap ahead is not believed at once.
    public synchronized long believedTimestampMs(long nowMs, long timestampMs) {
        return retentionClock.believe(nowMs, timestampMs);
    }

    /// Deletes files whose delay has passed.
    public void deletionTick(long nowMs) {
        for (Deletion due = takeDue(nowMs); due != null; due = takeDue(nowMs)) {
            try {
                deleteAll(due.path);
            } catch (IOException e) {
                throw fail(new LogDirFailure(path, due.path, "delete", e));
            }
        }
    }

    /// Delays differ from topic to topic, so the queue is searched; it holds minutes' worth of deletions.
    private Deletion takeDue(long nowMs) {
        deleting.lock();
        try {
            for (var each = deletions.iterator(); each.hasNext(); ) {
                Deletion deletion = each.next();
                if (deletion.dueMs > nowMs) continue;
                each.remove();
                return deletion;
            }
            return null;
        } finally {
            deleting.unlock();
        }
    }

    private void deleteAll(Path target) throws IOException {
        if (disk.isDirectory(target)) {
            try {
                for (Path child : disk.list(target)) deleteAll(child);
            } catch (NoSuchFileException gone) {
                return;
            }
        }
        disk.delete(target);
    }

    /// Writes recovery points, log start offsets and high watermarks where something moved; deletes files whose delay has passed. Without
    /// room for them the older ones stay, which only makes a recovery longer.
    public void checkpointTick() {
        checkUsable();
        try {
            writeCheckpointsWhereThereIsRoom();
        } catch (IOException e) {
            throw fail(new LogDirFailure(path, path, "write the checkpoints", e));
        }
        deletionTick(clock.monotonicMs());
    }

    private void writeCheckpointsWhereThereIsRoom() throws IOException {
        try {
            writeCheckpoints();
        } catch (IOException e) {
            if (!isShort(e)) throw e;
        }
    }

    /// @return whether it tells of a full disk, not of a broken one
    public boolean isShort(IOException e) {
        return DiskSpace.isShort(disk, path, e, 0);
    }

    private void writeCheckpoints() throws IOException {
        writeRecoveryPoints();
        var starts = new TreeMap<TopicPartition, Long>();
        var highWatermarks = new TreeMap<TopicPartition, Long>();
        for (PartitionLog log : logs.values()) {
            if (log.logStartOffset() > 0) starts.put(log.topicPartition(), log.logStartOffset());
            highWatermarks.put(log.topicPartition(), log.highWatermark());
        }
        checkpointing.lock();
        try {
            logStartFile.write(starts);
            highWatermarkFile.write(highWatermarks);
            cleanerCheckpoint.write();
        } finally {
            checkpointing.unlock();
        }
    }

    /// A damaged log keeps the recovery point that it was found damaged by.
    private void writeRecoveryPoints() throws IOException {
        checkpointing.lock();
        try {
            var points = new TreeMap<TopicPartition, Long>();
            for (PartitionLog log : logs.values()) points.put(log.topicPartition(), log.recoveryPoint());
            keepDamaged(points);
            recoveryPointFile.write(points);
            writtenRecoveryPoints = points;
        } finally {
            checkpointing.unlock();
        }
    }

    private void keepDamaged(SortedMap<TopicPartition, Long> points) {
        for (TopicPartition each : damaged.keySet()) {
            Long known = writtenRecoveryPoints.get(each);
            if (known != null) points.put(each, known);
        }
    }

    /// Asks the sync owner for every log that has been dirty for its `flush.ms`, or for `maxDirtyMs`.
    public void flushTick(long nowMs, long maxDirtyMs) {
        if (failure.get() != null) return;
        dirtySince.keySet().removeIf(of -> !logs.containsKey(of));
        for (PartitionLog log : logs.values()) {
            if (!log.isDirty()) {
                dirtySince.remove(log.topicPartition());
                continue;
            }
            Long since = dirtySince.putIfAbsent(log.topicPartition(), nowMs);
            if (nowMs - (since == null ? nowMs : since) < Math.min(log.config().flushMs(), maxDirtyMs)) continue;
            dirtySince.remove(log.topicPartition());
            syncOwner.requestSync(log, log.logEndOffset());
        }
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
            writeCheckpoints();
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
        for (PartitionLog copy : futures.values()) copy.abandon();
        try {
            directoryLock.close();
        } catch (Exception e) {
            throw new IllegalStateException("could not unlock " + path.resolve(LOCK_FILE), e);
        }
    }

    /// What the logs of this directory ask of it.
    private final class Host implements LogHost {
        @Override public void recoveryPointLowered(PartitionLog log) {
            checkpointing.lock();
            try {
                Long written = writtenRecoveryPoints.get(log.topicPartition());
                if (written != null && written > log.recoveryPoint()) writeRecoveryPoints();
            } catch (IOException e) {
                if (isShort(e)) forgetRecoveryPoints();
                else throw fail(new LogDirFailure(path, recoveryPointFile.file(), "lower a recovery point", e));
            } finally {
                checkpointing.unlock();
            }
        }

        /// No room to write a lower one: without any, every log is recovered from its beginning, which is as safe and only slower.
        private void forgetRecoveryPoints() {
            try {
                recoveryPointFile.delete();
                writtenRecoveryPoints = new TreeMap<>();
            } catch (IOException e) {
                throw fail(new LogDirFailure(path, recoveryPointFile.file(), "delete the recovery points", e));
            }
        }

        @Override public void deleteLater(List<Path> files, long delayMs) {
            deleting.lock();
            try {
                for (Path each : files) deletions.add(new Deletion(clock.monotonicMs() + delayMs, each));
            } finally {
                deleting.unlock();
            }
        }

        @Override public void flushWanted(PartitionLog log) {
            syncOwner.requestSync(log, log.logEndOffset());
        }

        @Override public void onEvent(LogEvent event) {
            if (event instanceof LogEvent.Truncated truncated) lowerCleaned(truncated.topicPartition(), truncated.toOffset());
            tell(event);
        }
    }

    @Override public String toString() {
        return "log directory " + path + " with " + logs.size() + " logs" + (failure.get() == null ? "" : ", offline");
    }
}
