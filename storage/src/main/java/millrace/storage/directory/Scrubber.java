package millrace.storage.directory;

import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import millrace.common.TopicPartition;
import millrace.storage.log.LogClosed;
import millrace.storage.log.PartitionLog;
import millrace.storage.log.SegmentScrub;
import millrace.storage.scrub.ScrubPlan;

/// Carries out what [ScrubPlan] says for one log directory, a little with each tick. One tick at a time.
final class Scrubber {
    private final ConcurrentNavigableMap<TopicPartition, PartitionLog> logs;
    private final ScrubPlan plan = new ScrubPlan();
    private SegmentScrub current;

    Scrubber(ConcurrentNavigableMap<TopicPartition, PartitionLog> logs) {
        this.logs = logs;
    }

    /// @param bytesPerSecond to read at most; 0 for none
    /// @param intervalMs     between the beginnings of two passes over all cold segments, at least
    /// @return bytes that were read
    long tick(long nowMs, long bytesPerSecond, long intervalMs) {
        long left = plan.credit(nowMs, bytesPerSecond);
        long total = 0;
        while (left > 0 && (current != null || begin(nowMs, intervalMs))) {
            long read = step(left);
            plan.spent(read);
            left -= read;
            total += read;
        }
        return total;
    }

    private long step(long maxBytes) {
        try {
            return current.step(maxBytes);
        } catch (LogClosed meanwhile) {
            current = null;
            return 0;
        } finally {
            if (current != null && current.isDone()) current = null;
        }
    }

    private boolean begin(long nowMs, long intervalMs) {
        Optional<ScrubPlan.Segment> next = plan.next(this::following, nowMs, intervalMs);
        if (next.isEmpty()) return false;
        PartitionLog log = logs.get(next.get().log());
        current = log == null ? null : log.scrub(next.get().baseOffset());
        return current != null || begin(nowMs, intervalMs);
    }

    private Optional<ScrubPlan.Segment> following(ScrubPlan.Segment reached) {
        for (PartitionLog log : (reached == null ? logs : logs.tailMap(reached.log())).values()) {
            boolean same = reached != null && log.topicPartition().equals(reached.log());
            long base = log.nextColdSegment(same ? reached.baseOffset() : -1);
            if (base >= 0) return Optional.of(new ScrubPlan.Segment(log.topicPartition(), base));
        }
        return Optional.empty();
    }
}
