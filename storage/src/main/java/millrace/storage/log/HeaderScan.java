package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import millrace.ports.DiskFile;
import millrace.record.RecordBatch;

/// Walks over the batch headers of a file, reading a bufferful at a time and skipping what is longer. It believes the headers: whether
/// the batches are right is asked in recovery ([LogRecovery]), not here.
///
/// For one thread.
final class HeaderScan {
    private static final int HEADER = RecordBatch.HEADER_BYTES;

    private final DiskFile file;
    private final int end;
    private final ByteBuffer buffer;
    private int bufferAt;                   // file position of the buffer's first byte
    private int at = -1;                    // index of the current header in the buffer
    private int position;
    private int next;
    private int size;

    /// @param end bytes of the file that count
    HeaderScan(DiskFile file, int from, int end, ByteBuffer buffer) {
        this.file = file;
        this.end = end;
        this.buffer = buffer.limit(0);
        this.bufferAt = from;
        this.next = from;
    }

    /// @return false at the end, or where the rest is no batch: then [#brokenAt] tells
    boolean next() throws IOException {
        position = next;
        at = -1;
        if (position + HEADER > end) return false;
        if (position < bufferAt || position + HEADER > bufferAt + buffer.limit()) fill();
        int index = position - bufferAt;
        if (index + HEADER > buffer.limit()) return false;
        long bytes = (long) buffer.getInt(index + 8) + RecordBatch.LOG_OVERHEAD;
        if (bytes < HEADER || position + bytes > end || buffer.get(index + 16) != RecordBatch.MAGIC) return false;
        at = index;
        size = (int) bytes;
        next = position + size;
        return true;
    }

    private void fill() throws IOException {
        buffer.clear().limit(Math.min(buffer.capacity(), end - position));
        bufferAt = position;
        int read = 0;
        while (read < HEADER) {
            int more = file.read(buffer, (long) position + read);
            if (more <= 0) break;
            read += more;
        }
        buffer.flip();
    }

    /// @return -1 when the walk ended at the end, else the position behind the last batch
    int brokenAt() {
        return next == end ? -1 : next;
    }

    int position() {
        return position;
    }

    int sizeInBytes() {
        return size;
    }

    long baseOffset() {
        return buffer.getLong(at);
    }

    long lastOffset() {
        return baseOffset() + buffer.getInt(at + 23);
    }

    int leaderEpoch() {
        return buffer.getInt(at + 12);
    }

    int crc() {
        return buffer.getInt(at + 17);
    }

    long maxTimestamp() {
        return buffer.getLong(at + 35);
    }

    long producerId() {
        return buffer.getLong(at + 43);
    }

    boolean isControl() {
        return (buffer.getShort(at + 21) & 0x20) != 0;
    }

    boolean isTransactional() {
        return (buffer.getShort(at + 21) & 0x10) != 0;
    }

    short producerEpoch() {
        return buffer.getShort(at + 51);
    }

    int baseSequence() {
        return buffer.getInt(at + 53);
    }

    int lastOffsetDelta() {
        return buffer.getInt(at + 23);
    }
}
