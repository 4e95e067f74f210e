package millrace.storage.log;

import java.io.IOException;

/// How a log is let go of.
///
/// Invariant: after an orderly close the files hold all there is, with indexes, epochs and a snapshot of producers, so that opening them needs no
/// recovery. Whoever still reads goes on with the files that he holds.
final class LogClosing {
    private final LogState state;
    private final LogFlush flush;

    LogClosing(LogState state, LogFlush flush) {
        this.state = state;
        this.flush = flush;
    }

    void inOrder() {
        state.flushLock.lock();
        try {
            if (!endAppends()) return;
            if (!state.hasFailed() && state.looseEnds.isChanged()) flush.allAtClose();
        } catch (IOException e) {
            throw state.failed(e, "close the log");
        } finally {
            leaveAll();
            state.flushLock.unlock();
        }
    }

    /// From here on nothing is appended, so that what is flushed is all there is.
    /// @return false when the log is closed already
    private boolean endAppends() throws IOException {
        state.lock.lock();
        try {
            if (state.isClosed()) return false;
            state.close();
            if (state.looseEnds.isChanged() && !state.hasFailed()) endLast(state.end().segment());
            return true;
        } finally {
            state.lock.unlock();
        }
    }

    private void endLast(LogSegment last) throws IOException {
        last.endOfAppends();
        if (state.config().preallocate()) last.trim();
    }

    void atOnce() {
        state.flushLock.lock();
        try {
            leaveAll();
        } finally {
            state.flushLock.unlock();
        }
    }

    private void leaveAll() {
        state.lock.lock();
        try {
            state.close();
            for (LogSegment each : state.segments()) each.leave();
        } finally {
            state.lock.unlock();
        }
    }
}
