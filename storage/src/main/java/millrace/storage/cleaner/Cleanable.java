package millrace.storage.cleaner;

import java.util.List;
import java.util.OptionalLong;
import millrace.storage.log.LogConfig;
import millrace.storage.log.SegmentFacts;

/// What of a log may be cleaned now, and how much it needs it. Decides; reads nothing.
///
/// @param firstDirtyOffset       below it every key has one value already
/// @param firstUncleanableOffset where a segment begins that must be left alone
/// @param cleanBytes             of the segments that begin below the dirty part
/// @param cleanableBytes         of those that may be cleaned and are dirty
/// @param overdue                a record has waited for `max.compaction.lag.ms`
public record Cleanable(long firstDirtyOffset, long firstUncleanableOffset, long cleanBytes, long cleanableBytes, boolean overdue) {

    /// @param segments    all, the last one too; with timestamps where the config has a compaction lag
    /// @param checkpoint  up to where it was cleaned before
    /// @param timestampMs wall clock
    public static Cleanable of(LogConfig config, List<SegmentFacts> segments, long logStartOffset, long lastStableOffset, OptionalLong checkpoint, long timestampMs) {
        long firstDirty = firstDirty(checkpoint, logStartOffset, segments.getLast().nextBaseOffset());
        List<SegmentFacts> closed = segments.subList(0, segments.size() - 1);
        List<SegmentFacts> dirty = closed.subList(indexOf(closed, firstDirty), closed.size());
        long bound = Math.min(lastStableOffset, segments.getLast().baseOffset());
        for (SegmentFacts each : dirty) {
            if (config.minCompactionLagMs() > 0 && each.largestTimestamp() > timestampMs - config.minCompactionLagMs()) bound = Math.min(bound, each.baseOffset());
        }
        long firstUncleanable = segments.get(Math.min(indexOf(segments, Math.max(bound, firstDirty)), segments.size() - 1)).baseOffset();
        long cleanBytes = 0;
        for (SegmentFacts each : segments) if (each.baseOffset() < firstDirty) cleanBytes += each.sizeInBytes();
        long cleanableBytes = 0;
        for (SegmentFacts each : dirty) if (each.baseOffset() < firstUncleanable) cleanableBytes += each.sizeInBytes();
        return new Cleanable(firstDirty, firstUncleanable, cleanBytes, cleanableBytes, isOverdue(config, dirty, timestampMs));
    }

    /// A checkpoint outside the log says nothing: records were deleted, or the log was cut after a loss.
    private static long firstDirty(OptionalLong checkpoint, long logStartOffset, long logEndOffset) {
        long known = checkpoint.orElse(logStartOffset);
        return known < logStartOffset || known > logEndOffset ? logStartOffset : known;
    }

    /// @return of the segment that holds the offset; their number when it lies behind all of them
    private static int indexOf(List<SegmentFacts> segments, long offset) {
        int index = 0;
        while (index < segments.size() && segments.get(index).nextBaseOffset() <= offset) index++;
        return index;
    }

    private static boolean isOverdue(LogConfig config, List<SegmentFacts> dirty, long timestampMs) {
        if (config.maxCompactionLagMs() == Long.MAX_VALUE) return false;
        long earliest = dirty.stream().mapToLong(SegmentFacts::firstTimestamp).filter(timestamp -> timestamp > 0).min().orElse(Long.MAX_VALUE);
        return earliest < timestampMs - config.maxCompactionLagMs();
    }

    /// Share of what may be cleaned that is dirty, from 0 to 1.
    public double dirtyRatio() {
        long all = cleanBytes + cleanableBytes;
        return all == 0 ? 0 : (double) cleanableBytes / all;
    }

    public boolean isDue(double minCleanableDirtyRatio) {
        return cleanableBytes > 0 && (overdue || dirtyRatio() > minCleanableDirtyRatio);
    }
}
