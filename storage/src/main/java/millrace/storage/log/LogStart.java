package millrace.storage.log;

/// What is known about a log's files before they are opened.
///
/// @param recoveryPoint  everything below is on the device (from the checkpoint; 0 when unknown)
/// @param logStartOffset from the checkpoint; 0 when unknown
/// @param highWatermark  from the checkpoint; 0 when unknown
/// @param clean          the node stopped in order: nothing needs to be read but the last few bytes
/// @param cleanedUpTo    compaction may have left gaps between the segments below (from the checkpoint; 0 when unknown)
public record LogStart(long recoveryPoint, long logStartOffset, long highWatermark, boolean clean, long cleanedUpTo) {
    /// A log about which nothing is known: recovered from its beginning.
    public static final LogStart UNKNOWN = new LogStart(0, 0, 0, false);
    public static final LogStart CLEAN = new LogStart(0, 0, 0, true);

    public LogStart(long recoveryPoint, long logStartOffset, long highWatermark, boolean clean) {
        this(recoveryPoint, logStartOffset, highWatermark, clean, 0);
    }
}
