package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.TreeMap;
import millrace.common.TopicPartition;
import millrace.ports.Disk;
import millrace.storage.ahead.AheadReplay;
import millrace.storage.file.SmallFiles;
import millrace.storage.log.Finding;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogFileWatch;
import millrace.storage.log.PartitionCheck;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A log directory as tools see it that run beside a node, or without one: whether somebody uses it, how it was left, and what is wrong in it.
///
/// Nothing here writes. For one thread.
public final class OfflineDirectory {
    private static final String RESTORED_BY_START = "delete it with the node stopped: the next start works it out anew, which takes longer";
    private static final String RESTORE_VOTE = "restore it from a backup: without it this controller may vote twice in an epoch";
    private static final String QUORUM_STATE = "quorum-state";
    private static final JsonFactory JSON = new JsonFactory();

    private final Disk disk;
    private final Path path;
    private long generation;
    private boolean stoppedInOrder;

    public OfflineDirectory(Disk disk, Path path) {
        this.disk = disk;
        this.path = path;
    }

    /// Whether the path looks like a log directory, or a copy of one, as opposed to the folder of one partition.
    public static boolean isOne(Disk disk, Path path) throws IOException {
        if (new OfflineDirectory(disk, path).isFormatted()) return true;
        for (Path child : disk.list(path)) if (partitionOf(child) != null && disk.isDirectory(child)) return true;
        return false;
    }

    /// Whether it says whose log directory it is, so that a node can be using it.
    public boolean isFormatted() {
        return disk.exists(path.resolve(MetaProperties.FILE_NAME));
    }

    /// @return the partition that a folder's name speaks of, null when it does not
    public static TopicPartition partitionOf(Path folder) {
        return folder.getFileName() == null ? null : PartitionFolder.of(folder.getFileName().toString()).topicPartition();
    }

    /// Takes the directory's lock as a node does, so that none starts meanwhile.
    /// @return null when a node holds it
    public AutoCloseable tryLock() throws IOException {
        return disk.tryLock(path.resolve(LogDirectory.LOCK_FILE));
    }

    /// Whether a node is seen to hold the lock right now. A lock file that is not there is not made; one that may not be opened, as on a
    /// file system that is mounted for reading, tells nothing.
    public boolean isInUse() {
        if (!disk.exists(path.resolve(LogDirectory.LOCK_FILE))) return false;
        try (AutoCloseable lock = tryLock()) {
            return lock == null;
        } catch (Exception notToBeOpened) {
            return false;
        }
    }

    /// Whether the last node that used the directory stopped in order.
    public boolean wasStoppedInOrder() {
        return disk.exists(path.resolve(CleanShutdown.FILE_NAME));
    }

    /// The generation whose identity claims hold; -1 where no node of ours has been, so that nothing can be void.
    public long identityGeneration() throws IOException {
        if (!disk.exists(path.resolve(IdentityGeneration.FILE_NAME))) return -1;
        OptionalLong marker = CleanShutdown.read(disk, path);
        return new IdentityGeneration(disk, path).next(marker);
    }

    /// Checks every file that a node would read.
    public void check(LogFileWatch watch) throws IOException {
        generation = identityGeneration();
        stoppedInOrder = wasStoppedInOrder();
        metaProperties(watch);
        writtenAhead(watch);
        for (String name : new String[] {OffsetCheckpoint.RECOVERY_POINTS, OffsetCheckpoint.LOG_STARTS, OffsetCheckpoint.HIGH_WATERMARKS, OffsetCheckpoint.CLEANED}) checkpoint(name, watch);
        TreeMap<TopicPartition, Long> recoveryPoints = recoveryPoints();
        for (Path folder : disk.list(path)) {
            PartitionFolder named = PartitionFolder.of(folder.getFileName().toString());
            boolean kept = named.kind() == PartitionFolder.Kind.LOG || named.kind() == PartitionFolder.Kind.FUTURE;
            if (kept && disk.isDirectory(folder)) partition(folder, named, recoveryPoints, watch);
        }
    }

    /// @return none where the file cannot be read, which has been told
    private TreeMap<TopicPartition, Long> recoveryPoints() {
        try {
            return new OffsetCheckpoint(disk, path, OffsetCheckpoint.RECOVERY_POINTS).read();
        } catch (IOException told) {
            return new TreeMap<>();
        }
    }

    private void partition(Path folder, PartitionFolder named, TreeMap<TopicPartition, Long> recoveryPoints, LogFileWatch watch) throws IOException {
        long end = new PartitionCheck(disk, folder, named.topicPartition(), generation, watch).run(stoppedInOrder);
        Long flushed = named.kind() == PartitionFolder.Kind.LOG ? recoveryPoints.get(named.topicPartition()) : null;
        if (flushed != null && end >= 0 && end < flushed)
            watch.found(new Finding(folder, Finding.WHOLE_FILE, "the log ends at offset " + end + ", and up to " + flushed + " was on the device",
                    "restore the folder from a good replica's while the node is down, or delete it and have it copied again; the node keeps this partition closed"));
        quorumState(folder.resolve(QUORUM_STATE), watch);
    }

    /// Beside a running node they are as they should be.
    private void writtenAhead(LogFileWatch watch) throws IOException {
        if (stoppedInOrder || isInUse()) return;
        for (Path file : AheadReplay.files(disk, path))
            watch.found(new Finding(file, Finding.WHOLE_FILE, "acknowledged records may be in this file only, because the node did not stop in order",
                    "start Millrace on the directory once before anything else uses it; it gives them back to their partitions"));
    }

    private void metaProperties(LogFileWatch watch) {
        try {
            MetaProperties.read(disk, path);
        } catch (IllegalStateException wrong) {
            watch.found(new Finding(path.resolve(MetaProperties.FILE_NAME), 0, wrong.getMessage(), "restore it from a backup; cluster.id is that of the other nodes, node.id this node's"));
        } catch (LogDirFailure unreadable) {
            watch.found(Finding.unreadable(path.resolve(MetaProperties.FILE_NAME), unreadable));
        }
    }

    private void checkpoint(String name, LogFileWatch watch) {
        try {
            String problem = OffsetCheckpoint.problem(SmallFiles.readText(disk, path.resolve(name)));
            if (problem != null) watch.found(new Finding(path.resolve(name), 0, problem, RESTORED_BY_START));
        } catch (NoSuchFileException notWrittenYet) {
            // A directory that has just been formatted has none.
        } catch (IOException unreadable) {
            watch.found(Finding.unreadable(path.resolve(name), unreadable));
        }
    }

    private void quorumState(Path file, LogFileWatch watch) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), SmallFiles.readText(disk, file))) {
            int tokens = 0;
            while (json.nextToken() != null) tokens++;
            if (tokens == 0) watch.found(new Finding(file, 0, "it is empty", RESTORE_VOTE));
        } catch (JacksonException torn) {
            watch.found(new Finding(file, 0, "it is no JSON: " + torn.getOriginalMessage(), RESTORE_VOTE));
        } catch (NoSuchFileException noQuorum) {
            // Only the metadata quorum's log has one.
        } catch (IOException unreadable) {
            watch.found(Finding.unreadable(file, unreadable));
        }
    }
}
