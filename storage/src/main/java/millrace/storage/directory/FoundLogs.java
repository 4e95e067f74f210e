package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.ports.Workers;
import millrace.storage.ahead.AheadReplay;
import millrace.storage.file.SmallFiles;
import millrace.storage.log.CorruptSegment;
import millrace.storage.log.DamagedLog;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogPlace;
import millrace.storage.log.LogStart;
import millrace.storage.log.OutOfSpace;
import millrace.storage.log.PartitionLog;

/// What a log directory is found with at start: logs are opened side by side, leftovers are swept.
///
/// Invariant: each log is open, or among the damaged with a reason; one that cannot be opened keeps no other from it.
final class FoundLogs {
    /// The quorum's own log lies beside the others when they share a directory, and is opened by the quorum.
    private static final TopicPartition METADATA = new TopicPartition("__cluster_metadata", 0);

    private final Disk disk;
    private final Path directory;
    private final LogDirSettings settings;
    private final LogFolders folders;
    private final DirectoryCheckpoints checkpoints;
    private final DelayedDeletions deletions;
    private final FutureLogs futures;
    private AheadReplay replay;

    private record Folder(Path path, TopicPartition topicPartition, LogStart start) {}

    FoundLogs(Disk disk, Path directory, LogDirSettings settings, LogFolders folders, DirectoryCheckpoints checkpoints, DelayedDeletions deletions, FutureLogs futures) {
        this.disk = disk;
        this.directory = directory;
        this.settings = settings;
        this.folders = folders;
        this.checkpoints = checkpoints;
        this.deletions = deletions;
        this.futures = futures;
    }

    /// Blocking.
    /// @param clean   whether the last stop was in order
    /// @param logs    for those that are open
    /// @param damaged for those that are not, and why
    void open(boolean clean, Workers workers, Map<TopicPartition, PartitionLog> logs, Map<TopicPartition, String> damaged) throws IOException {
        replay = AheadReplay.read(disk, directory, clean);
        for (String lost : replay.lost()) settings.listener().onLost(lost);
        List<Folder> found = list(clean);
        var done = new AtomicInteger();
        SideBySide.forEach(workers, "load logs of " + directory, settings.recoveryThreads(), found, folder -> {
            open(folder, logs, damaged);
            settings.listener().onLoading(done.incrementAndGet(), found.size());
        });
        checkpoints.writeRecoveryPointsOfStart();
        replay.end();
    }

    private List<Folder> list(boolean clean) throws IOException {
        var found = new ArrayList<Folder>();
        for (Path child : disk.list(directory)) {
            String name = child.getFileName().toString();
            PartitionFolder folder = PartitionFolder.of(name);
            switch (folder.kind()) {
                case LOG -> {
                    TopicPartition of = folder.topicPartition();
                    if (!of.equals(METADATA) && disk.isDirectory(child)) found.add(new Folder(child, of, checkpoints.startOf(of, clean)));
                }
                case DELETED -> deletions.add(List.of(child), 0);
                case FUTURE -> futures.found(folder.topicPartition(), child);
                case STRAY -> { }
                case OTHER -> {
                    if (name.endsWith(SmallFiles.TEMPORARY_SUFFIX) && !disk.isDirectory(child)) disk.delete(child);
                }
            }
        }
        return found;
    }

    /// What was written ahead is acknowledged. A log that stays closed without it is refused by its recovery point at every later start, too, when the copies
    /// have been set aside.
    private void open(Folder folder, Map<TopicPartition, PartitionLog> logs, Map<TopicPartition, String> damaged) {
        TopicPartition of = folder.topicPartition();
        LogPlace place = folders.place(folder.path(), of);
        try {
            PartitionLog log = PartitionLog.open(place, settings.configOfTopic().apply(of.topic()), folder.start());
            refuseNobodys(log, folder);
            replay.into(log, folder.start().highWatermark());
            if (log.flushedOffset() < log.logEndOffset()) log.flush(log.logEndOffset());        // its folder, too: nothing is shown before
            logs.put(of, log);
            checkpoints.lowerCleaned(of, log.logEndOffset());
        } catch (DamagedLog | CorruptSegment found) {
            replay.keep();
            checkpoints.damagedBelow(of, replay.endOf(place.owner().topicId(), of.partition()));
            damaged.put(of, found.getMessage());
            settings.listener().onDamaged(of, found.getMessage());
        } catch (OutOfSpace full) {
            throw new LogDirFailure(directory, folder.path(), "load the logs without any space left", full.cause());
        }
    }

    /// Records that were brought to the device belong to some topic. Set aside as nobody's, they would be gone for whoever reads, without a word.
    private static void refuseNobodys(PartitionLog log, Folder folder) throws DamagedLog {
        if (!log.topicId().equals(Uuid.ZERO) || folder.start().recoveryPoint() == 0 || log.sizeInBytes() == 0) return;
        log.abandon();
        throw new DamagedLog(folder.path().resolve(PartitionLog.TOPIC_ID_FILE), "it names no topic, and neither does the identity of any segment");
    }
}
