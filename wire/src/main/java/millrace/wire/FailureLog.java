package millrace.wire;

import java.util.concurrent.locks.ReentrantLock;

import millrace.ports.Clock;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One line for each thing that went wrong on a connection, never with bytes of the payload, and never more lines than somebody
/// could read: a peer that fails ten thousand times a second must not fill a disk. Safe from any thread.
final class FailureLog {
    /// Where the lines go.
    interface Lines {
        void warn(String line);

        void error(String line, Throwable failure);

        void debug(String line);
    }

    private static final int BURST_LINES = 20;
    private static final long MS_PER_LINE = 200;

    private final ReentrantLock lock = new ReentrantLock();
    private final Clock clock;
    private final Lines out;
    /// Lines that may be written now; one more every [#MS_PER_LINE].
    private int lines = BURST_LINES;
    private long refilledMs;
    private long leftOut;

    FailureLog(Clock clock) {
        this(clock, new Slf4jLines());
    }

    FailureLog(Clock clock, Lines out) {
        this.clock = clock;
        this.out = out;
        this.refilledMs = clock.monotonicMs();
    }

    /// A peer sent what cannot be served.
    void refused(String peer, String listener, String request, String reason) {
        long before = mayWrite();
        if (before >= 0) out.warn("Closing the connection from " + peer + " to listener " + listener + request + ": " + reason + note(before));
    }

    /// A connection was not let in.
    void turnedAway(String peer, String listener, String reason) {
        long before = mayWrite();
        if (before >= 0) out.warn("Turned away the connection from " + peer + " to listener " + listener + ": " + reason + note(before));
    }

    /// Our own code failed.
    void failed(String peer, String listener, String request, String consequence, Throwable failure) {
        long before = mayWrite();
        if (before >= 0) out.error("A request from " + peer + " to listener " + listener + request + " has failed, " + consequence + note(before), failure);
    }

    /// What is ordinary: idle connections, peers that go away.
    void quiet(String peer, String listener, String what) {
        out.debug("Connection from " + peer + " to listener " + listener + ": " + what);
    }

    private static String note(long leftOut) {
        return leftOut == 0 ? "" : " (" + leftOut + " such lines were left out before this one)";
    }

    /// @return how many lines were left out since the last one, or -1 when this one is to be left out too
    private long mayWrite() {
        lock.lock();
        try {
            long nowMs = clock.monotonicMs();
            long earned = (nowMs - refilledMs) / MS_PER_LINE;
            refilledMs += earned * MS_PER_LINE;
            lines = (int) Math.min(BURST_LINES, lines + earned);
            if (lines == 0) {
                leftOut++;
                return -1;
            }
            lines--;
            long before = leftOut;
            leftOut = 0;
            return before;
        } finally {
            lock.unlock();
        }
    }

    private static final class Slf4jLines implements Lines {
        private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

        @Override public void warn(String line) {
            LOG.warn(line);
        }

        @Override public void error(String line, Throwable failure) {
            LOG.error(line, failure);
        }

        @Override public void debug(String line) {
            LOG.debug(line);
        }
    }
}
