package millrace.storage.cleaner;

/// The `log.cleaner.*` settings that a pass needs; they may differ from pass to pass.
///
/// @param keyMapBytes     most memory for the key map of one pass (`dedupe.buffer.size` for each thread)
/// @param loadFactor      how full the map may become (`io.buffer.load.factor`)
/// @param ioBufferBytes   for reading and writing together, of one pass (`io.buffer.size` for each thread)
/// @param bytesPerSecond  that all passes together read and write (`io.max.bytes.per.second`)
public record CleanerSettings(long keyMapBytes, double loadFactor, int ioBufferBytes, double bytesPerSecond) {
    private static final int LEAST_BUFFER_BYTES = 1_024;

    /// From the settings for all threads together.
    public static CleanerSettings of(int threads, long dedupeBufferBytes, double loadFactor, int ioBufferBytes, double bytesPerSecond) {
        int shares = Math.max(1, threads);
        return new CleanerSettings(dedupeBufferBytes / shares, loadFactor, Math.max(2 * LEAST_BUFFER_BYTES, ioBufferBytes / shares), bytesPerSecond);
    }
}
