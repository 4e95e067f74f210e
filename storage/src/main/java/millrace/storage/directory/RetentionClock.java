package millrace.storage.directory;

/// The wall clock, as far as deleting by it can be answered for.
///
/// A wall clock that leaps ahead (a wrong time server, a restored snapshot of a machine) makes everything look old. So a leap is believed
/// only once it has lasted; until then time goes on at the monotonic clock's pace. A leap back is believed at once: it deletes less.
final class RetentionClock {
    private static final long LEAP_MS = 300_000;
    private static final long BELIEVED_AFTER_MS = 3_600_000;

    private boolean started;
    private long believedMs;
    private long atMs;
    private long leapSeenMs = -1;

    /// @param nowMs       monotonic
    /// @param timestampMs the wall clock's
    /// @return wall time to delete by
    long believe(long nowMs, long timestampMs) {
        long expected = started ? believedMs + (nowMs - atMs) : timestampMs;
        boolean leapt = timestampMs > expected + LEAP_MS;
        if (!leapt) leapSeenMs = -1;
        else if (leapSeenMs < 0) leapSeenMs = nowMs;
        boolean believed = !leapt || nowMs - leapSeenMs >= BELIEVED_AFTER_MS;
        if (believed) leapSeenMs = -1;
        believedMs = believed ? timestampMs : expected;
        atMs = nowMs;
        started = true;
        return believedMs;
    }
}
