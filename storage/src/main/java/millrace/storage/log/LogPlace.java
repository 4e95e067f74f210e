package millrace.storage.log;

import java.nio.file.Path;
import millrace.common.TopicPartition;
import millrace.ports.Clock;
import millrace.ports.Disk;

/// Where a log lives and what it lives on.
///
/// @param directory the partition's own folder
/// @param cache     what its cold segments share with the other logs of the log directory
public record LogPlace(Disk disk, Clock clock, Path directory, TopicPartition topicPartition, SegmentCache cache, LogHost host) {}
