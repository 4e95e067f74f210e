package millrace.storage.directory;

import java.util.Collection;
import java.util.TreeMap;
import java.util.function.Consumer;
import millrace.common.TopicPartition;
import millrace.storage.log.PartitionLog;

/// Since when each log has had something to flush, so that it is flushed in time also where nobody waits for it. One tick at a time.
///
/// Two bounds. The settings': a log is due when its own files have lagged behind for `flush.ms` or `log.flush.interval.ms`, which are for ever unless somebody
/// sets them. And our own: records that no sync has made durable (`millrace.durability=replicated`) get to the device after [#MOST_MS], and sooner where
/// [#MOST_BYTES] of a log wait. Records whose copies are durable wait for a write-ahead file to be full: more than two of those a start never has to read.
final class DirtyLogs {
    static final long MOST_MS = 30_000;
    static final long MOST_BYTES = 64L << 20;

    private TreeMap<TopicPartition, Since> since = new TreeMap<>();

    /// @param dirtyMs when the log was first found dirty
    /// @param endMs   when it was first found to end at `endOffset`, which was not durable
    private record Since(long dirtyMs, long endOffset, long endMs) {
        static Since now(PartitionLog log, long nowMs) {
            return new Since(nowMs, log.logEndOffset(), nowMs);
        }

        Since goneOn(PartitionLog log, long nowMs) {
            return log.flushedOffset() < endOffset ? this : new Since(dirtyMs, log.logEndOffset(), nowMs);
        }

        boolean isDue(PartitionLog log, long nowMs, long maxDirtyMs) {
            if (nowMs - dirtyMs >= Math.min(log.config().flushMs(), maxDirtyMs) || nowMs - endMs >= MOST_MS) return true;
            return nowMs > endMs && log.unflushedBytes() >= MOST_BYTES;
        }
    }

    /// @param maxDirtyMs after which a log is due, and after its own `flush.ms`
    void tick(Collection<PartitionLog> logs, long nowMs, long maxDirtyMs, Consumer<PartitionLog> due) {
        var still = new TreeMap<TopicPartition, Since>();
        for (PartitionLog log : logs) {
            if (!log.isDirty()) continue;
            Since before = since.get(log.topicPartition());
            Since now = before == null ? Since.now(log, nowMs) : before.goneOn(log, nowMs);
            if (now.isDue(log, nowMs, maxDirtyMs)) due.accept(log);
            else still.put(log.topicPartition(), now);
        }
        since = still;
    }
}
