package millrace.storage.log;

import java.io.IOException;
import java.util.Arrays;

/// When a log begins a new segment, and how.
///
/// Invariant: the log end offset does not move. All under the log's lock; blocking only for the creation of one file.
final class SegmentRoll {
    private final LogState state;
    private final LogPlace place;

    SegmentRoll(LogState state) {
        this.state = state;
        this.place = state.place;
    }

    /// Unless the last one is empty. Takes the lock.
    void now() {
        state.lock.lock();
        try {
            if (state.isUsable() && state.end().segment().sizeInBytes() > 0) at(state.end().offset());
        } catch (IOException e) {
            throw state.failed(e, state.end().segment().logFile(), "begin a new segment behind it");
        } finally {
            state.lock.unlock();
        }
    }

    /// @param bytes that are to be appended, with offsets up to `lastOffset`
    boolean isDue(int bytes, long lastOffset, long maxTimestamp) throws IOException {
        LogSegment last = state.end().segment();
        LogConfig now = state.config();
        if (!last.canHold(lastOffset)) return true;
        int size = last.sizeInBytes();
        if (size == 0) return false;
        return size > now.segmentBytes() - bytes
                || last.indexesAreFull(now.segmentIndexBytes())
                || last.times.filledForMs(maxTimestamp, place.clock().timestampMs()) > now.rollMs() - jitterMs(last.baseOffset, now);
    }

    /// Spread by the log's name and the segment's offset, so that it needs no chance and is the same after a restart.
    private long jitterMs(long baseOffset, LogConfig now) {
        long bound = Math.min(now.segmentJitterMs(), now.segmentMs());
        return bound <= 0 ? 0 : Math.floorMod((place.topicPartition().hashCode() * 31L + baseOffset) * 0x9E3779B97F4A7C15L, bound);
    }

    /// The log goes on in a new segment, which takes the place of the last one where that is empty.
    void at(long baseOffset) throws IOException {
        LogSegment before = state.end().segment();
        LogSegment created = LogSegment.create(place, baseOffset, state.config());
        LogSegment[] now = state.segments();
        boolean replaced = before.sizeInBytes() == 0;                            // empty, and too far from the offsets that come
        if (replaced) {
            before.leave();
            for (String suffix : LogSegment.SUFFIXES) place.disk().delete(before.file(suffix));
            now = Arrays.copyOf(now, now.length);
        } else {
            before.endOfAppends();
            if (state.config().preallocate()) before.trim();
            now = Arrays.copyOf(now, now.length + 1);
        }
        now[now.length - 1] = created;
        state.snapshots.add(state.producers.snapshot(baseOffset));
        state.looseEnds.rolled(!replaced);
        state.endIs(baseOffset, now);
    }
}
