package millrace.storage.log;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/// What the logs of a log directory share: the bound on cold segments that are open (descriptor and indexes), buffers for scans, and how far the
/// names of their folders are on the device.
///
/// A log's last segment and segments whose side files are not written yet are not cold and not counted. Beyond the bound the cold
/// segment used least recently is closed; the next read opens it again.
public final class SegmentCache {
    /// Within this time the page cache is taken to hold what was written or verified.
    public static final long DEFAULT_BELIEVED_FOR_MS = 600_000;

    private final int maxSegments;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<LogSegment, Boolean> open = new LinkedHashMap<>(16, 0.75f, true);
    final FolderNames folderNames = new FolderNames();
    final ScanBuffers lookUpBuffers = new ScanBuffers(4 << 10, 8);
    final ScanBuffers recoveryBuffers = new ScanBuffers(1 << 20, 4);
    final ScanBuffers verifyBuffers = new ScanBuffers(128 << 10, 4);
    private static final long NO_IDENTITY = 0;
    private final LongAdder verifiedBytes = new LongAdder();
    private final LongAdder damagedSpans = new LongAdder();
    private volatile long identityGeneration = NO_IDENTITY;
    private volatile long believedForMs = DEFAULT_BELIEVED_FOR_MS;

    /// @param maxSegments cold segments that may be open at once, 1 or more
    public SegmentCache(int maxSegments) {
        if (maxSegments < 1) throw new IllegalArgumentException("maxSegments is " + maxSegments + ", must be 1 or more");
        this.maxSegments = maxSegments;
    }

    /// From now on the logs keep and check the identity of their batches ([millrace.storage.identity]). Before the first log is opened.
    /// @param generation not 0; claims that were made under another one are void
    public void keepIdentity(long generation) {
        identityGeneration = generation;
    }

    /// How long bytes that were seen good are not looked at again by reads, in ms; 0 to verify every read.
    public void believeFor(long ms) {
        believedForMs = ms;
    }

    boolean keepsIdentity() {
        return identityGeneration != NO_IDENTITY;
    }

    long identityGeneration() {
        return identityGeneration;
    }

    long believedForMs() {
        return believedForMs;
    }

    void verified(int bytes) {
        verifiedBytes.add(bytes);
    }

    void damaged() {
        damagedSpans.increment();
    }

    /// Bytes read whole and compared with what they were written as, since the start.
    public long verifiedBytes() {
        return verifiedBytes.sum();
    }

    /// Damaged stretches found, since the start: each was told once ([LogEvent.DamageFound]).
    public long damagedSpans() {
        return damagedSpans.sum();
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
