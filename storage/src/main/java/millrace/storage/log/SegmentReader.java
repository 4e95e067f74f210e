package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import millrace.ports.DiskFile;
import millrace.record.CorruptRecord;
import millrace.record.RecordBatch;
import millrace.storage.file.SmallFiles;

/// Walks over the batches of a segment that is being cleaned, and checks each one's CRC: a damaged batch must not be copied, because the
/// copy would have a CRC of its own and nobody could tell any more.
///
/// For one thread; to be closed.
public final class SegmentReader implements AutoCloseable {
    private final Path path;
    private final DiskFile file;
    private final int end;
    private final IntConsumer onRead;
    private ByteBuffer buffer;
    private int filePosition;               // behind the buffer's last byte
    private int bytesRead;

    /// @param file is held, and released by [#close]
    SegmentReader(Path path, DiskFile file, int from, int end, ByteBuffer buffer, IntConsumer onRead) {
        this.path = path;
        this.file = file;
        this.end = end;
        this.onRead = onRead;
        this.buffer = buffer.clear().limit(0);
        this.filePosition = from;
    }

    /// @return the next batch, a view that is valid until the next call; null at the end
    /// @throws CorruptSegment where there is none, or a damaged one
    public RecordBatch next() throws IOException {
        int position = filePosition - buffer.remaining();
        if (position >= end) return null;
        try {
            int size = RecordBatch.sizeOrShort(buffer, buffer.position());
            if (size < 0) size = fill(position);
            if (size < 0) throw new CorruptSegment(path, position);
            RecordBatch batch = RecordBatch.at(buffer, buffer.position());
            if (!batch.crcMatches()) throw new CorruptSegment(path, position);
            buffer.position(buffer.position() + size);
            return batch;
        } catch (CorruptRecord damaged) {
            throw new CorruptSegment(path, position);
        }
    }

    /// @return the size of the batch at the buffer's position, -1 when the segment ends before it does
    private int fill(int position) throws IOException {
        buffer.compact();
        while (true) {
            buffer.limit(Math.min(buffer.capacity(), buffer.position() + (end - filePosition)));
            int more = buffer.remaining();
            onRead.accept(more);
            SmallFiles.readFully(file, buffer, filePosition);
            more -= buffer.remaining();
            filePosition += more;
            bytesRead += more;
            buffer.flip();
            int size = RecordBatch.sizeOrShort(buffer, 0);
            if (size >= 0 || more == 0 || buffer.limit() < RecordBatch.LOG_OVERHEAD) return size;
            long wanted = (long) buffer.getInt(8) + RecordBatch.LOG_OVERHEAD;
            if (wanted > end - position) return -1;
            buffer = ByteBuffer.allocate((int) wanted).put(buffer);
        }
    }

    public int bytesRead() {
        return bytesRead;
    }

    @Override public void close() {
        file.release();
    }
}
