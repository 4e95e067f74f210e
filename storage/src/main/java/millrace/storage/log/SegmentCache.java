package millrace.storage.log;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// What the logs of a log directory share: the bound on cold segments that are open (descriptor and indexes), and buffers for scans.
///
/// A log's last segment and segments whose side files are not written yet are not cold and not counted. Beyond the bound the cold
/// segment used least recently is closed; the next read opens it again.
public final class SegmentCache {
    private final int maxSegments;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<LogSegment, Boolean> open = new LinkedHashMap<>(16, 0.75f, true);
    final ScanBuffers lookUpBuffers = new ScanBuffers(4 << 10, 8);
    final ScanBuffers recoveryBuffers = new ScanBuffers(1 << 20, 4);

    /// @param maxSegments cold segments that may be open at once, 1 or more
    public SegmentCache(int maxSegments) {
        if (maxSegments < 1) throw new IllegalArgumentException("maxSegments is " + maxSegments + ", must be 1 or more");
        this.maxSegments = maxSegments;
    }

    /// Notes a use and closes what is too many. The caller holds no segment's lock.
    void used(LogSegment segment) {
        List<LogSegment> tooMany = List.of();
        lock.lock();
        try {
            if (open.put(segment, Boolean.TRUE) == null && open.size() > maxSegments) {
                tooMany = new ArrayList<>();
                var eldest = open.keySet().iterator();
                while (open.size() > maxSegments) {
                    tooMany.add(eldest.next());
                    eldest.remove();
                }
            }
        } finally {
            lock.unlock();
        }
        for (LogSegment each : tooMany) each.unload();
    }

    void forget(LogSegment segment) {
        lock.lock();
        try {
            open.remove(segment);
        } finally {
            lock.unlock();
        }
    }

    /// Cold segments that are open now.
    public int openSegments() {
        lock.lock();
        try {
            return open.size();
        } finally {
            lock.unlock();
        }
    }
}
