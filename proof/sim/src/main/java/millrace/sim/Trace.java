package millrace.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// What has happened, as one running hash (two runs of a seed must agree on it) and as the last lines, for whoever reads a failure.
public final class Trace {
    private static final int KEPT_LINES = 4_000;

    private final Deque<String> lines = new ArrayDeque<>();
    private long hash = 0xCBF29CE484222325L;
    private long entries;

    Trace() {}

    public void mix(long value) {
        hash = Long.rotateLeft((hash ^ value) * 0x9E3779B97F4A7C15L, 29);
        entries++;
    }

    /// Mixes the line in and keeps it to be read (the last ones only).
    public void note(long nowNanos, String line) {
        mix(nowNanos);
        mix(line.hashCode());
        if (lines.size() == KEPT_LINES) lines.removeFirst();
        lines.addLast("%,14d us  %s".formatted(nowNanos / 1_000, line));
    }

    public long hash() {
        return hash;
    }

    public long entries() {
        return entries;
    }

    public List<String> lastLines(int count) {
        List<String> all = new ArrayList<>(lines);
        return all.subList(Math.max(0, all.size() - count), all.size());
    }
}
