package millrace.storage.log;

import java.nio.file.Path;
import millrace.common.TopicPartition;
import millrace.ports.Clock;
import millrace.ports.Disk;

/// Where a log lives and what it lives on.
///
/// @param directory the partition's own folder
/// @param cache     what its cold segments share with the other logs of the log directory
/// @param owner     known once `partition.metadata` has been read, or the topic id assigned
public record LogPlace(Disk disk, Clock clock, Path directory, TopicPartition topicPartition, SegmentCache cache, LogHost host, LogOwner owner) {
    public LogPlace(Disk disk, Clock clock, Path directory, TopicPartition topicPartition, SegmentCache cache, LogHost host) {
        this(disk, clock, directory, topicPartition, cache, host, new LogOwner());
    }
}
