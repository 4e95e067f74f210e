package millrace.storage.log;

import java.io.IOException;
import java.util.Arrays;

/// How the end of a log is taken back.
///
/// Invariant: the recovery point falls, on the device, before the end does; what is cut is gone from the device when it returns, so that no
/// crash brings back what other replicas do not have. Blocking, under the flush lock.
final class LogTruncation {
    private final LogState state;
    private final LogPlace place;
    private final LogFlush flush;

    LogTruncation(LogState state, LogFlush flush) {
        this.state = state;
        this.place = state.place;
        this.flush = flush;
    }

    /// @return whether anything was cut
    boolean to(long offset) {
        state.flushLock.lock();
        try {
            if (!state.isUsable()) throw new LogClosed(state.topicPartition());
            if (offset >= state.end().offset()) {
                forgetEpochsFrom(offset);
                return false;
            }
            LogSegment[] now = state.segments();
            flush.lowerRecoveryPoint(now[LogReads.floor(now, offset)].baseOffset);
            if (offset <= now[0].baseOffset) beginAfreshAt(offset);
            else cutTo(offset);
            return true;
        } catch (IOException e) {
            throw state.failed(e, "truncate to offset " + offset);
        } finally {
            state.flushLock.unlock();
        }
    }

    private void forgetEpochsFrom(long offset) {
        state.lock.lock();
        try {
            state.epochsAre(state.epochs().truncatedFromEnd(offset));
        } finally {
            state.lock.unlock();
        }
    }

    private void cutTo(long offset) throws IOException {
        state.lock.lock();
        try {
            long before = state.end().offset();
            LogSegment[] now = state.segments();
            int kept = LogReads.floor(now, offset);
            LogSegment last = now[kept];
            LogSegment.Found cut = last.lookUp.find(offset, last.sizeInBytes());
            LogSegment[] left = Arrays.copyOf(now, kept + 1);
            state.segmentsAre(left);
            for (int i = now.length - 1; i > kept; i--) now[i].remove(state.config().fileDeleteDelayMs());
            last.pin();
            if (cut != null) last.truncate(cut.position(), cut.baseOffset());
            last.reopen();
            long nextOffset = last.lookUp.nextOffset();
            if (nextOffset < 0) throw new CorruptSegment(last.logFile(), last.sizeInBytes());
            takeBackTo(nextOffset, left, before);
            place.disk().syncDirectory(place.directory());
            ProducerReplay.to(nextOffset, nextOffset, place, left, state.snapshots, state.producers);
            state.highWatermarkIs(state.highWatermark());
        } finally {
            state.lock.unlock();
        }
    }

    private void takeBackTo(long nextOffset, LogSegment[] left, long before) throws IOException {
        state.endIs(nextOffset, left);
        state.truncatedToEnd();
        flush.truncatedTo(nextOffset);
        state.snapshots.forgetWaitingAbove(nextOffset);
        state.snapshots.deleteAbove(nextOffset);
        place.host().onEvent(new LogEvent.Truncated(state.topicPartition(), before, nextOffset));
    }

    /// Empties the log and lets it begin at `offset`.
    void fullyAndStartAt(long offset) {
        state.flushLock.lock();
        try {
            if (!state.isUsable()) throw new LogClosed(state.topicPartition());
            flush.lowerRecoveryPoint(0);
            beginAfreshAt(offset);
        } catch (IOException e) {
            throw state.failed(e, "begin again at offset " + offset);
        } finally {
            state.flushLock.unlock();
        }
    }

    private void beginAfreshAt(long offset) throws IOException {
        state.lock.lock();
        try {
            long before = state.end().offset();
            LogSegment[] old = state.segments();
            for (int i = old.length - 1; i >= 0; i--) old[i].remove(state.config().fileDeleteDelayMs());
            LogSegment only = LogSegment.create(place, offset, state.config());
            state.producers.clear();
            takeBackTo(offset, new LogSegment[] {only}, before);
            state.beginsAfresh();
            flush.beginsAt(offset);
            state.snapshots.deleteAll();
            place.disk().syncDirectory(place.directory());
        } finally {
            state.lock.unlock();
        }
    }
}
