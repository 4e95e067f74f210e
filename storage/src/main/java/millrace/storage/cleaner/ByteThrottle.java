package millrace.storage.cleaner;

/// Keeps what several passes read and write together under a number of bytes a second. It only says how long to wait; who asked waits.
final class ByteThrottle {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long LONGEST_CREDIT_NANOS = 300_000_000L;

    private long freeAtNanos;
    private boolean started;

    /// @return nanoseconds to wait before these bytes are moved
    synchronized long take(long bytes, double bytesPerSecond, long nowNanos) {
        if (bytesPerSecond <= 0 || bytes / bytesPerSecond * NANOS_PER_SECOND < 1) return 0;
        if (!started || nowNanos - freeAtNanos > LONGEST_CREDIT_NANOS) freeAtNanos = nowNanos - LONGEST_CREDIT_NANOS;
        started = true;
        long waitNanos = Math.max(0, freeAtNanos - nowNanos);
        freeAtNanos += (long) Math.min(Long.MAX_VALUE / 4.0, bytes / bytesPerSecond * NANOS_PER_SECOND);
        return waitNanos;
    }
}
