package millrace.storage.log;

/// One segment, as far as a compaction plans with it.
///
/// @param nextBaseOffset   where the next segment begins; the log end offset for the last one
/// @param firstTimestamp   largest of the first batch, in milliseconds; -1 when it has none or was not asked for
/// @param largestTimestamp of all records, in milliseconds; -1 when there is none or was not asked for
/// @param offsetIndexBytes 0 when not asked for
/// @param timeIndexBytes   0 when not asked for
public record SegmentFacts(long baseOffset, long nextBaseOffset, int sizeInBytes, long firstTimestamp, long largestTimestamp, int offsetIndexBytes, int timeIndexBytes) {
    public long lastOffset() {
        return nextBaseOffset - 1;
    }
}
