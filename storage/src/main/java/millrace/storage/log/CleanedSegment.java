package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;

/// What compaction leaves of some segments, on its way: a `.log.cleaned` file that grows, then its indexes.
///
///     begin ──append()──▶ growing ──finish()──▶ on the device ──LogRewrite.replace()──▶ in the log
///                            └───────discard()───────┴──▶ deleted
///
/// For one thread.
public final class CleanedSegment {
    private final LogSegment segment;
    private final LogPlace place;
    private final int indexIntervalBytes;
    private final ByteBuffer buffer;

    CleanedSegment(LogSegment segment, LogPlace place, int indexIntervalBytes, ByteBuffer buffer) {
        this.segment = segment;
        this.place = place;
        this.indexIntervalBytes = indexIntervalBytes;
        this.buffer = buffer.clear();
    }

    LogSegment segment() {
        return segment;
    }

    public int sizeInBytes() {
        return segment.sizeInBytes() + buffer.position();
    }

    /// @param batch one whole batch, position to limit, not moved
    public void append(ByteBuffer batch) throws IOException {
        int bytes = batch.remaining();
        if (bytes > Integer.MAX_VALUE - sizeInBytes())
            throw new IllegalStateException("what is left of " + segment.logFile() + " would pass " + Integer.MAX_VALUE + " bytes, the most that a segment may have; lower segment.bytes of the topic");
        if (bytes > buffer.remaining()) writeBuffered();
        if (bytes > buffer.capacity()) write(batch.duplicate());
        else buffer.put(batch.duplicate());
    }

    private void writeBuffered() throws IOException {
        if (buffer.position() > 0) write(buffer.flip());
        buffer.clear();
    }

    private void write(ByteBuffer batches) throws IOException {
        segment.write(batches.duplicate());
        for (RecordBatch each : RecordBatches.of(batches)) segment.appended(each, indexIntervalBytes);
    }

    /// The marker of this transaction is in what was or will be appended, and so may be records of it.
    public void addAborted(AbortedTransaction aborted) throws IOException {
        segment.addAborted(aborted);
    }

    /// Writes the rest and the indexes. On the device when it returns, but for the files' names.
    public void finish() throws IOException {
        writeBuffered();
        segment.endOfAppends();
        segment.sync(segment.sizeInBytes());
        segment.writeSideFiles(true);
    }

    /// Gives it up. Nothing of it is in the log.
    public void discard() throws IOException {
        segment.leave();
        for (String suffix : LogSegment.SUFFIXES) place.disk().delete(segment.file(suffix));
    }
}
