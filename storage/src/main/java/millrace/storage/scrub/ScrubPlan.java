package millrace.storage.scrub;

import java.util.Optional;
import java.util.function.Function;
import millrace.common.TopicPartition;

/// The order and the pace of one log directory's scrubbing. For one thread.
public final class ScrubPlan {
    /// A segment of a log.
    public record Segment(TopicPartition log, long baseOffset) {}

    private Segment reached;
    private boolean passRuns;
    private boolean everBegan;
    private long passBeganMs;
    private long creditBytes;
    private long creditedMs;
    private boolean everCredited;

    /// @param bytesPerSecond 0 for none
    /// @return how many bytes may be read now
    public long credit(long nowMs, long bytesPerSecond) {
        long earned = everCredited ? Math.min(nowMs - creditedMs, 1_000) * bytesPerSecond / 1_000 : bytesPerSecond;
        everCredited = true;
        creditedMs = nowMs;
        creditBytes = Math.min(creditBytes + earned, bytesPerSecond);
        return Math.max(0, creditBytes);
    }

    /// A span is read whole, so it may be more than was granted: then the next ones wait.
    public void spent(long bytes) {
        creditBytes -= bytes;
    }

    /// @param following  the first segment behind the given one; behind null, the first of all
    /// @param intervalMs from the beginning of a pass to the beginning of the next, at least
    /// @return empty while there is nothing to do
    public Optional<Segment> next(Function<Segment, Optional<Segment>> following, long nowMs, long intervalMs) {
        if (!passRuns) {
            if (everBegan && nowMs - passBeganMs < intervalMs) return Optional.empty();
            everBegan = true;
            passRuns = true;
            passBeganMs = nowMs;
            reached = null;
        }
        Optional<Segment> next = following.apply(reached);
        if (next.isPresent()) reached = next.get();
        else passRuns = false;
        return next;
    }
}
