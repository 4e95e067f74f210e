package millrace.storage.log;

/// What cold segments share.
public final class SegmentCache {
    /// @param maxSegments cold segments that may be open at once, 1 or more; beyond it the one used least recently is closed
    public SegmentCache(int maxSegments) {}
}
