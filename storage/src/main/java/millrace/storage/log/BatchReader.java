package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import millrace.ports.DiskFile;
import millrace.record.CorruptRecord;
import millrace.record.RecordBatch;
import millrace.storage.file.SmallFiles;

/// Reads batch after batch whole, a bufferful at a time, and believes none before its CRC has been seen to match.
///
/// For one thread.
final class BatchReader {
    private final DiskFile file;
    private final int end;
    private final ByteBuffer shared;
    private ByteBuffer buffer;
    private int bufferAt;
    private int next;
    private RecordBatch batch;
    private String wrong;

    /// @param from   where a batch begins
    /// @param end    bytes of the file that count
    /// @param shared to read into; a larger batch gets a buffer of its own
    BatchReader(DiskFile file, int from, int end, ByteBuffer shared) {
        this.file = file;
        this.end = end;
        this.shared = shared;
        this.buffer = shared.clear().limit(0);
        this.bufferAt = from;
        this.next = from;
    }

    /// @return false at the end, or where something is wrong
    boolean next() throws IOException {
        if (next == end) return false;
        if (LogSegment.isTooSmall(end - next)) return wrong("the last " + (end - next) + " bytes are fewer than a batch's header");
        if (!holds(RecordBatch.HEADER_BYTES)) fill(shared);
        try {
            long bytes = (long) buffer.getInt(next - bufferAt + 8) + RecordBatch.LOG_OVERHEAD;
            if (bytes < RecordBatch.HEADER_BYTES || next + bytes > end) return wrong("a batch of " + bytes + " bytes begins where " + (end - next) + " are left");
            if (!holds((int) bytes)) fill(bytes <= shared.capacity() ? shared : ByteBuffer.allocate((int) bytes));
            batch = RecordBatch.at(buffer, next - bufferAt);
            if (!batch.crcMatches()) return wrong("the CRC of a batch of " + bytes + " bytes does not match");
            next += batch.sizeInBytes();
            return true;
        } catch (CorruptRecord | IndexOutOfBoundsException corrupt) {
            return wrong(corrupt.getMessage());
        }
    }

    private boolean wrong(String reason) {
        wrong = reason;
        return false;
    }

    private boolean holds(int bytes) {
        return next >= bufferAt && next + bytes <= bufferAt + buffer.limit();
    }

    private void fill(ByteBuffer into) throws IOException {
        buffer = into.clear().limit(Math.min(into.capacity(), end - next));
        bufferAt = next;
        SmallFiles.readFully(file, buffer, next);
        buffer.flip();
    }

    RecordBatch batch() {
        return batch;
    }

    /// Behind the last batch: where the next one begins, or what is wrong.
    int position() {
        return next;
    }

    /// @return null at the end of the file
    String wrong() {
        return wrong;
    }
}
