package millrace.storage.log;

import java.io.IOException;
import java.util.Arrays;

/// How a log's beginning moves: the log start offset, and the oldest segments that go.
///
/// Invariants: nothing at or above the high watermark goes. What producers did in the segments that go is on the device before they do, in a snapshot or
/// in later batches: a producer of whom the log knew only its later batches would be refused, as out of order, the one that it sends again. So on a full
/// disk a segment that no snapshot makes superfluous stays; the others go, and make room for one.
///
/// Blocking but for [#advanceTo].
final class LogRetention {
    private final LogState state;
    private final SegmentRoll roll;
    private final LogFlush flush;

    LogRetention(LogState state, SegmentRoll roll, LogFlush flush) {
        this.state = state;
        this.roll = roll;
        this.flush = flush;
    }

    /// @return whether the log start offset moved
    boolean advanceTo(long offset) {
        state.lock.lock();
        try {
            long end = state.end().offset();
            if (offset > end) throw new IllegalArgumentException("cannot let " + state.topicPartition() + " begin at offset " + offset + ", it ends at " + end);
            if (offset <= state.logStartOffset()) return false;
            state.logStartIs(offset);
            return true;
        } finally {
            state.lock.unlock();
        }
    }

    /// @return segments deleted
    int apply(long timestampMs) {
        state.flushLock.lock();
        try {
            if (!state.isUsable()) return 0;
            Expired expired = expired(timestampMs);
            return expired.segments == 0 ? 0 : delete(expired);
        } catch (IOException e) {
            throw state.failed(e, "delete old segments");
        } finally {
            state.flushLock.unlock();
        }
    }

    // ---- what has to go ----

    /// @param all that there were; then nothing may have been appended meanwhile to the last of them
    /// @param seen where the log ended
    private record Expired(int segments, boolean all, LogEnd seen, String reason) {
        Expired first(int fewer) {
            return fewer == segments ? this : new Expired(fewer, false, seen, reason);
        }
    }

    private Expired expired(long timestampMs) throws IOException {
        LogSegment[] now = state.segments();
        LogEnd end = state.end();
        long left = 0;
        for (LogSegment each : now) left += each.sizeInBytes();
        String reason = "";
        for (int i = 0; i < now.length; i++) {
            boolean last = i == now.length - 1;
            long upperBound = last ? end.offset() : now[i + 1].baseOffset;
            String why = last && now[i].sizeInBytes() == 0 || upperBound > state.highWatermark() ? null : whyExpired(now[i], last, upperBound, left, timestampMs);
            if (why == null) return new Expired(i, false, end, reason);
            reason = why;
            left -= now[i].sizeInBytes();
        }
        return new Expired(now.length, true, end, reason);
    }

    /// @return null when it is to stay
    private String whyExpired(LogSegment segment, boolean last, long upperBound, long bytesLeft, long timestampMs) throws IOException {
        LogConfig now = state.config();
        if (!last && upperBound <= state.logStartOffset()) return "below the log start offset";
        if (!now.deletes()) return null;
        if (now.retentionBytes() >= 0 && bytesLeft - segment.sizeInBytes() >= now.retentionBytes()) return "retention.bytes " + now.retentionBytes();
        if (now.retentionMs() >= 0) {
            long newest = segment.times.largest();
            if (newest < 0) newest = segment.lastModifiedMs();
            if (timestampMs - newest > now.retentionMs()) return "retention.ms " + now.retentionMs();
        }
        return null;
    }

    // ---- making it go ----

    private int delete(Expired expired) throws IOException {
        int superfluous = superfluous(expired, keepProducers(expired));
        if (superfluous < expired.segments) tellPutOff(superfluous, expired.segments, expired.reason);
        return superfluous == 0 ? 0 : remove(expired.first(superfluous));
    }

    /// What producers did in the segments that go has to be in a snapshot behind them. There may be none: segments that were recovered
    /// after a crash got theirs only if it had been flushed before.
    /// @return from where on the batches that are on the device tell it, too
    private long keepProducers(Expired expired) {
        long neededFrom;
        state.lock.lock();
        try {
            neededFrom = state.producers.neededFrom();
            if (state.snapshots.latestTaken() < endOf(expired, expired.segments)) state.snapshots.add(state.producers.snapshot(state.end().offset()));
        } finally {
            state.lock.unlock();
        }
        flush.all();
        return neededFrom;
    }

    /// @return how many of the first segments nobody needs any more to tell what producers did
    private int superfluous(Expired expired, long neededFrom) {
        long borneOut = Math.max(state.snapshots.latest(), neededFrom);
        int superfluous = expired.segments;
        while (superfluous > 0 && endOf(expired, superfluous) > borneOut) superfluous--;
        return superfluous;
    }

    /// Where the first of the log's segments end.
    private long endOf(Expired expired, int segments) {
        LogSegment[] now = state.segments();
        return segments < now.length ? now[segments].baseOffset : expired.seen.offset();
    }

    private void tellPutOff(int from, int to, String reason) {
        long bytes = 0;
        for (int i = from; i < to; i++) bytes += state.segments()[i].sizeInBytes();
        state.place.host().onEvent(new LogEvent.DeletionPutOff(state.topicPartition(), to - from, bytes, reason));
    }

    private int remove(Expired expired) throws IOException {
        LogSegment[] gone = takeOut(expired);
        if (gone.length == 0) return 0;
        long bytes = 0;
        for (LogSegment each : gone) {
            bytes += each.sizeInBytes();
            each.remove(state.config().fileDeleteDelayMs());
            if (state.snapshots.latest() > each.baseOffset) state.snapshots.deleteAt(each.baseOffset);
        }
        state.place.host().onEvent(new LogEvent.SegmentsDeleted(state.topicPartition(), gone.length, bytes, state.logStartOffset(), expired.reason));
        return gone.length;
    }

    private LogSegment[] takeOut(Expired expired) throws IOException {
        state.lock.lock();
        try {
            boolean appendedSince = expired.all && state.end().offset() != expired.seen.offset();
            int segments = appendedSince ? expired.segments - 1 : expired.segments;
            if (segments == state.segments().length) roll.at(state.end().offset());
            LogSegment[] now = state.segments();
            LogSegment[] left = Arrays.copyOfRange(now, segments, now.length);
            state.segmentsAre(left);
            if (left[0].baseOffset > state.logStartOffset()) state.logStartIs(left[0].baseOffset);
            return Arrays.copyOf(now, segments);
        } finally {
            state.lock.unlock();
        }
    }
}
