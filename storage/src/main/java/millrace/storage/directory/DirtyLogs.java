package millrace.storage.directory;

import java.util.Collection;
import java.util.TreeMap;
import java.util.function.Consumer;
import millrace.common.TopicPartition;
import millrace.storage.log.PartitionLog;

/// Since when each log has had something to flush, so that it is flushed in time also where nobody waits for it. One tick at a time.
final class DirtyLogs {
    private final TreeMap<TopicPartition, Long> since = new TreeMap<>();

    /// @param maxDirtyMs after which a log is due, and after its own `flush.ms`
    void tick(Collection<PartitionLog> logs, long nowMs, long maxDirtyMs, Consumer<PartitionLog> due) {
        var still = new TreeMap<TopicPartition, Long>();
        for (PartitionLog log : logs) {
            if (!log.isDirty()) continue;
            long began = since.getOrDefault(log.topicPartition(), nowMs);
            if (nowMs - began < Math.min(log.config().flushMs(), maxDirtyMs)) still.put(log.topicPartition(), began);
            else due.accept(log);
        }
        since.clear();
        since.putAll(still);
    }
}
