package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import millrace.record.RecordBatch;

/// The first and the largest timestamp of a segment.
///
/// Invariant: known from the beginning, kept up by appends, or read from the segment when first asked for; never guessed. Changed under the log's
/// lock, read by anyone.
final class SegmentTimes {
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final LogSegment segment;
    private final LogPlace place;
    /// Wall clock, when this process met the segment.
    private final long createdMs;
    private volatile long largest = UNKNOWN;
    private volatile long offsetOfLargest = UNKNOWN;
    private volatile long first = UNKNOWN;

    SegmentTimes(LogSegment segment, LogPlace place) {
        this.segment = segment;
        this.place = place;
        this.createdMs = place.clock().timestampMs();
    }

    /// The segment is empty.
    void none() {
        first = RecordBatch.NO_TIMESTAMP;
        largest = RecordBatch.NO_TIMESTAMP;
        offsetOfLargest = segment.baseOffset;
    }

    /// The segment has been cut.
    void forget() {
        largest = UNKNOWN;
        offsetOfLargest = UNKNOWN;
    }

    /// Batches are going to be told from where the index ends on.
    void continueBehind(TimeIndex times, boolean fromTheBeginning) {
        int last = times.count() - 1;
        largest = last < 0 ? RecordBatch.NO_TIMESTAMP : times.timestamp(last);
        offsetOfLargest = last < 0 ? segment.baseOffset : segment.baseOffset + times.relativeOffset(last);
        first = fromTheBeginning ? RecordBatch.NO_TIMESTAMP : UNKNOWN;
    }

    void largestIs(long timestamp, long offset) {
        largest = timestamp;
        offsetOfLargest = offset;
    }

    void appended(int position, long lastOffset, long maxTimestamp) throws IOException {
        if (largest == UNKNOWN) readLargest();
        if (position == 0) first = maxTimestamp;
        if (maxTimestamp > largest) largestIs(maxTimestamp, lastOffset);
    }

    /// The largest so far becomes an entry of the index.
    void noteIn(TimeIndex times) throws IOException {
        if (largest == UNKNOWN) readLargest();
        times.appendIfLater(largest, (int) (offsetOfLargest - segment.baseOffset));
    }

    /// Largest timestamp of the first batch, -1 when it has none.
    long first() throws IOException {
        if (first == UNKNOWN) {
            LogSegment.Found batch = segment.lookUp.find(segment.baseOffset, segment.sizeInBytes());
            first = batch == null ? RecordBatch.NO_TIMESTAMP : batch.maxTimestamp();
        }
        return first;
    }

    /// How long the segment has been filling, by the records' time where they have one, else by the clock's.
    long filledForMs(long newestTimestamp, long timestampMs) throws IOException {
        if (segment.sizeInBytes() == 0) return 0;
        long begin = first();
        return begin >= 0 && newestTimestamp >= 0 ? newestTimestamp - begin : timestampMs - createdMs;
    }

    /// Of all records, -1 when none has one.
    long largest() throws IOException {
        if (largest == UNKNOWN) readLargest();
        return largest;
    }

    /// Last offset of the batch that has the largest.
    long offsetOfLargest() throws IOException {
        if (offsetOfLargest == UNKNOWN) readLargest();
        return offsetOfLargest;
    }

    /// From the time index, whose last entry has it when the segment was closed in order; what lies behind that entry is walked over.
    private void readLargest() throws IOException {
        LogSegment.Open held = segment.use();
        if (held == null) return;
        ByteBuffer buffer = place.cache().lookUpBuffers.take();
        try {
            int last = held.times().count() - 1;
            long timestamp = last < 0 ? RecordBatch.NO_TIMESTAMP : held.times().timestamp(last);
            long at = last < 0 ? segment.baseOffset : segment.baseOffset + held.times().relativeOffset(last);
            int entry = held.offsets().count() - 1;
            int from = entry < 0 ? 0 : held.offsets().position(entry);
            var batches = new GoodBatches(segment, held.file(), from, segment.sizeInBytes(), buffer);
            for (HeaderScan scan; (scan = batches.next()) != null; ) {
                if (scan.maxTimestamp() > timestamp) {
                    timestamp = scan.maxTimestamp();
                    at = scan.lastOffset();
                }
            }
            offsetOfLargest = at;
            largest = timestamp;
        } finally {
            place.cache().lookUpBuffers.give(buffer);
            held.file().release();
        }
    }
}
