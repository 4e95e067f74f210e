package millrace.record;

import java.nio.ByteBuffer;

/// Record batches in memory: a view, not a copy. It is valid only as long as the buffer below it is (for a request: until its
/// handler returns), so whoever wants to keep the bytes copies them.
///
/// @param bytes position to limit are the records; nobody moves this buffer's position, readers take a `duplicate()` or `slice()`
public record MemoryRecords(ByteBuffer bytes) implements Records {
    public static final MemoryRecords EMPTY = new MemoryRecords(ByteBuffer.allocate(0).asReadOnlyBuffer());

    @Override public int sizeInBytes() {
        return bytes.remaining();
    }
}
