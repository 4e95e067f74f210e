package millrace.storage.identity;

import java.util.BitSet;

/// Spans that were seen good a short while ago, so that hot data is not verified with each read.
///
/// What was verified may rot on the device afterwards, and is noticed once the page cache has dropped it and somebody reads again. So belief
/// ends: marks are kept in two generations, and the older one goes when the newer one has lived for the given time. A span is believed for
/// one to two times that long. A mark that is lost costs one verification more and nothing else.
public final class BelievedSpans {
    private BitSet told;
    private BitSet young;
    private BitSet old;
    private long youngSinceMs;

    public synchronized void believe(int span, long nowMs) {
        if (young == null) {
            if (old == null) youngSinceMs = nowMs;
            young = new BitSet();
        }
        young.set(span);
    }

    /// @param forMs how long a mark lasts at least; 0 to believe nothing
    public synchronized boolean isBelieved(int span, long nowMs, long forMs) {
        if (forMs <= 0 || young == null && old == null) return false;
        if (young != null && nowMs - youngSinceMs >= forMs) age(nowMs, forMs);
        return young != null && young.get(span) || old != null && nowMs - youngSinceMs < forMs && old.get(span);
    }

    private void age(long nowMs, long forMs) {
        old = nowMs - youngSinceMs >= 2 * forMs ? null : young;
        young = null;
        youngSinceMs = nowMs;
    }

    /// @return whether this is the first time that the span is found damaged
    public synchronized boolean tell(int span) {
        if (told == null) told = new BitSet();
        boolean known = told.get(span);
        told.set(span);
        return !known;
    }

    /// The span is right after all: should it be damaged again, that is news.
    public synchronized void untell(int span) {
        if (told != null) told.clear(span);
    }
}
