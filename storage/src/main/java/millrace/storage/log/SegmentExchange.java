package millrace.storage.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import millrace.storage.identity.IdentityChain;

/// How a cleaned segment takes the place of those that it was made of, and a segment another identity.
///
/// Invariant: a crash at any moment leaves the old ones or the new one ([LogLoader]), and readers that hold an old segment go on with it.
/// Blocking, under the flush lock.
final class SegmentExchange {
    private final LogState state;
    private final LogPlace place;

    SegmentExchange(LogState state) {
        this.state = state;
        this.place = state.place;
    }

    /// @return false when the log has changed there meanwhile: nothing has been done then
    boolean replace(List<LogSegment> old, LogSegment cleaned, int truncationsBefore) {
        state.flushLock.lock();
        try {
            int first = LogReads.floor(state.segments(), old.getFirst().baseOffset);
            if (!state.isUsable() || state.truncations() != truncationsBefore || !areAt(first, old)) return false;
            cleaned.rename(SegmentFiles.SWAP, LogSegment.SUFFIXES);
            place.disk().syncDirectory(place.directory());
            putAt(first, old.size(), cleaned);
            removeReplaced(old, Math.max(cleaned.lookUp.nextOffset(), cleaned.baseOffset + 1));
            cleaned.rename("", LogSegment.SUFFIXES.reversed());
            place.disk().syncDirectory(place.directory());
            cleaned.release();
            return true;
        } catch (IOException e) {
            throw state.failed(e, cleaned.logFile(), "put a cleaned segment in place");
        } finally {
            state.flushLock.unlock();
        }
    }

    /// What has been seen of a segment at rest takes the place of what was known of it.
    void identity(LogSegment segment, IdentityChain old, IdentityChain made) throws IOException {
        state.flushLock.lock();
        try {
            if (!state.isClosed() && !state.hasFailed() && !segment.isGone() && segment.isAtRest()) segment.identity.replace(old, made);
        } finally {
            state.flushLock.unlock();
        }
    }

    /// The last segment is never among them.
    private boolean areAt(int first, List<LogSegment> old) {
        LogSegment[] now = state.segments();
        return first + old.size() < now.length && List.of(now).subList(first, first + old.size()).equals(old);
    }

    private void putAt(int first, int count, LogSegment cleaned) {
        state.lock.lock();
        try {
            var now = new ArrayList<>(List.of(state.segments()));
            now.subList(first, first + count).clear();
            now.add(first, cleaned);
            state.segmentsAre(now.toArray(LogSegment[]::new));
            state.looseEnds.changed();
        } finally {
            state.lock.unlock();
        }
    }

    /// After a crash the cleaned segment clears away what begins below its own end. Of those beyond, an old value must not come back without
    /// the newer one or the tombstone behind it, so the earlier one goes for certain before the next does.
    private void removeReplaced(List<LogSegment> old, long endOfCleaned) throws IOException {
        boolean beyond = false;
        for (LogSegment each : old) {
            if (beyond) place.disk().syncDirectory(place.directory());
            beyond = each.baseOffset >= endOfCleaned;
            each.remove(state.config().fileDeleteDelayMs());
        }
    }
}
