package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.storage.log.DamagedLog;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogStart;
import millrace.storage.log.OutOfSpace;
import millrace.storage.log.PartitionLog;

/// Copies of logs that are to take the place of the originals in another directory.
///
///     begin ──▶ copy in a `-future` folder ──promote()──▶ a log of this directory
///                       └───────drop()──────▶ deleted
///
/// Invariant: until it is promoted a copy counts for nothing; when that returns it is on the device, named, and in the checkpoints.
/// The caller holds the directory's lock for changes.
final class FutureLogs {
    private final Path directory;
    private final LogFolders folders;
    private final DirectoryCheckpoints checkpoints;
    private final DelayedDeletions deletions;
    private final DirectoryFailure failure;
    private final ConcurrentNavigableMap<TopicPartition, PartitionLog> logs;
    private final ConcurrentSkipListMap<TopicPartition, PartitionLog> copies = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<TopicPartition, Path> left = new ConcurrentSkipListMap<>();

    /// @param logs of the directory, which a promoted copy joins
    FutureLogs(Path directory, LogFolders folders, DirectoryCheckpoints checkpoints, DelayedDeletions deletions, DirectoryFailure failure, ConcurrentNavigableMap<TopicPartition, PartitionLog> logs) {
        this.directory = directory;
        this.folders = folders;
        this.checkpoints = checkpoints;
        this.deletions = deletions;
        this.failure = failure;
        this.logs = logs;
    }

    List<PartitionLog> all() {
        return List.copyOf(copies.values());
    }

    // ---- what a stop has cut short ----

    void found(TopicPartition topicPartition, Path folder) {
        left.put(topicPartition, folder);
    }

    Map<TopicPartition, Path> left() {
        return Collections.unmodifiableMap(left);
    }

    void deleteLeft(TopicPartition topicPartition) {
        Path folder = left.remove(topicPartition);
        if (folder != null) deletions.add(List.of(folder), 0);
    }

    // ---- a copy's life ----

    PartitionLog begin(TopicPartition topicPartition, Uuid topicId, LogConfig config, long startOffset) {
        try {
            if (folders.exists(topicPartition)) throw new IllegalStateException(directory + " has a folder of " + topicPartition + " already; set it aside first");
            checkpoints.cleaned().forget(topicPartition);
            Path folder = folders.fresh(topicPartition, PartitionFolder.FUTURE_SUFFIX);
            PartitionLog copy = PartitionLog.open(folders.place(folder, topicPartition), config, new LogStart(0, startOffset, 0, false));
            copy.assignTopicId(topicId);
            copies.put(topicPartition, copy);
            return copy;
        } catch (DamagedLog impossible) {
            throw new IllegalStateException(impossible.getMessage(), impossible);
        } catch (IOException e) {
            if (checkpoints.isShort(e)) throw new OutOfSpace("begin a copy of " + topicPartition + " in " + directory, e);
            throw failure.met(new LogDirFailure(directory, directory, "begin a copy of " + topicPartition, e));
        }
    }

    void drop(TopicPartition topicPartition) {
        PartitionLog copy = copies.remove(topicPartition);
        if (copy == null) return;
        copy.abandon();
        deletions.add(List.of(folders.setAside(copy, PartitionFolder.DELETE_SUFFIX)), 0);
    }

    PartitionLog promote(TopicPartition topicPartition) {
        try {
            PartitionLog copy = copies.get(topicPartition);
            var start = new LogStart(copy.logEndOffset(), copy.logStartOffset(), copy.highWatermark(), true);
            copy.close();
            if (copy.recoveryPoint() < copy.logEndOffset()) {
                drop(topicPartition);
                throw new OutOfSpace("bring the copy of " + topicPartition + " to the device in " + directory, new IOException("indexes or snapshots could not be written"));
            }
            PartitionLog log = PartitionLog.open(folders.place(folders.giveName(copy), topicPartition), copy.config(), start);
            copies.remove(topicPartition);
            logs.put(topicPartition, log);
            checkpoints.writeWhereThereIsRoom();
            return log;
        } catch (DamagedLog impossible) {
            throw new IllegalStateException(impossible.getMessage(), impossible);
        } catch (IOException e) {
            throw failure.met(new LogDirFailure(directory, directory, "give the copy of " + topicPartition + " its name", e));
        }
    }

    void abandonAll() {
        for (PartitionLog copy : copies.values()) copy.abandon();
    }
}
