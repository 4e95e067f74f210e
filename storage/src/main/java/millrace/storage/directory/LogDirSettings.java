package millrace.storage.directory;

import java.util.function.Function;
import millrace.common.TopicPartition;
import millrace.ports.Randomness;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;

/// @param clusterId       null: whatever the directory says (then it must be formatted)
/// @param randomness      for the directory's own id and the names of folders that are set aside
/// @param configOfTopic   for the logs found at start; [millrace.storage.log.PartitionLog#updateConfig] later
/// @param recoveryThreads `num.recovery.threads.per.data.dir`, 1 or more
/// @param maxColdSegments closed segments that may be open at once, 1 or more
/// @param writeAheadBytes `millrace.write.ahead.bytes`, of each of two files; 0 for none, and less on a small file system
public record LogDirSettings(String clusterId, int nodeId, Randomness randomness, Function<String, LogConfig> configOfTopic,
        int recoveryThreads, int maxColdSegments, long writeAheadBytes, Listener listener) {

    /// Called from any thread; must not block.
    public interface Listener {
        /// @param done of `total` partition folders are open
        default void onLoading(int done, int total) {}

        /// The log stays closed. The text says what was found and what to do.
        default void onDamaged(TopicPartition topicPartition, String text) {}

        /// Acknowledged records are lost, and nobody can say of which log.
        default void onLost(String text) {}

        default void onEvent(LogEvent event) {}

        /// The log is no longer in this directory: its files go in time.
        default void onDeleted(TopicPartition topicPartition) {}

        /// One round of device syncs has ended, and `logs` were served by it.
        default void onSynced(int logs, long tookNanos) {}

        /// The scrubber has read so much of cold segments.
        default void onScrubbed(long bytes) {}

        /// Once. From now on every call that needs the device throws [LogDirFailure].
        default void onFailure(LogDirFailure failure) {}
    }
}
