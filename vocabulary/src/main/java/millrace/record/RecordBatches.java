package millrace.record;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;

/// The whole batches that lie one behind the other in a buffer.
///
/// A Fetch answer and the tail of a file may end within a batch; that rest is not an error, it is [#trailingBytes].
public final class RecordBatches implements Iterable<RecordBatch> {
    private final ByteBuffer bytes;

    private RecordBatches(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /// @param buffer position to limit; not moved, not copied
    public static RecordBatches of(ByteBuffer buffer) {
        return new RecordBatches(buffer.slice());
    }

    public static RecordBatches of(MemoryRecords records) {
        return of(records.bytes());
    }

    /// No batch begins in the buffer and does not end in it.
    /// @throws CorruptRecord when a length is no batch's
    public boolean isWhole() {
        return trailingBytes() == 0;
    }

    /// Bytes after the last whole batch.
    /// @throws CorruptRecord when a length is no batch's
    public int trailingBytes() {
        return bytes.limit() - wholeBytes();
    }

    /// Bytes of all whole batches together.
    /// @throws CorruptRecord when a length is no batch's
    public int wholeBytes() {
        int position = 0;
        for (int size; (size = RecordBatch.sizeOrShort(bytes, position)) >= 0; ) position += size;
        return position;
    }

    /// In order of position; `next` throws [CorruptRecord] where [RecordBatch#at] does.
    @Override public Iterator<RecordBatch> iterator() {
        return new Walk();
    }

    private final class Walk implements Iterator<RecordBatch> {
        private int position;

        @Override public boolean hasNext() {
            return RecordBatch.sizeOrShort(bytes, position) >= 0;
        }

        @Override public RecordBatch next() {
            if (!hasNext()) throw new NoSuchElementException("no whole batch at position " + position + " of " + bytes.limit());
            RecordBatch batch = RecordBatch.at(bytes, position);
            position += batch.sizeInBytes();
            return batch;
        }
    }
}
