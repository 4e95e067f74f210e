package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import millrace.common.TopicPartition;
import millrace.ports.Clock;
import millrace.ports.Disk;
import millrace.ports.Randomness;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogHost;
import millrace.storage.log.LogPlace;
import millrace.storage.log.PartitionLog;
import millrace.storage.log.SegmentCache;

/// The folders of the partitions in a log directory, by their names ([PartitionFolder]).
///
/// Invariant: a folder is set aside by one rename, and no name is used twice.
final class LogFolders {
    private final Disk disk;
    private final Path directory;
    private final Clock clock;
    private final Randomness randomness;
    private final SegmentCache cache;
    private final LogHost host;
    private final DirectoryFailure failure;

    LogFolders(Disk disk, Path directory, Clock clock, Randomness randomness, SegmentCache cache, LogHost host, DirectoryFailure failure) {
        this.disk = disk;
        this.directory = directory;
        this.clock = clock;
        this.randomness = randomness;
        this.cache = cache;
        this.host = host;
        this.failure = failure;
    }

    Path of(TopicPartition topicPartition) {
        return directory.resolve(topicPartition.toString());
    }

    boolean exists(TopicPartition topicPartition) {
        return disk.exists(of(topicPartition));
    }

    LogPlace place(Path folder, TopicPartition topicPartition) {
        return new LogPlace(disk, clock, folder, topicPartition, cache, host);
    }

    /// A name that no folder has.
    Path fresh(TopicPartition topicPartition, String suffix) {
        return directory.resolve(PartitionFolder.named(topicPartition, String.format("%016x%016x", randomness.nextLong(), randomness.nextLong()), suffix));
    }

    /// @return the folder's new name
    Path setAside(PartitionLog log, String suffix) {
        Path target = fresh(log.topicPartition(), suffix);
        try {
            disk.rename(log.directory(), target);
            return target;
        } catch (IOException e) {
            throw failure.met(new LogDirFailure(directory, log.directory(), "rename the folder to " + target.getFileName(), e));
        }
    }

    /// The folder gets the log's own name. On the device when it returns.
    /// @return the folder's new name
    Path giveName(PartitionLog log) throws IOException {
        Path folder = of(log.topicPartition());
        disk.rename(log.directory(), folder);
        disk.syncDirectory(directory);
        return folder;
    }

    List<Path> strays() {
        try {
            return disk.list(directory).stream().filter(child -> PartitionFolder.of(child.getFileName().toString()).kind() == PartitionFolder.Kind.STRAY).toList();
        } catch (IOException e) {
            throw failure.met(new LogDirFailure(directory, directory, "list the directory", e));
        }
    }
}
