package millrace.storage.ahead;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.storage.log.LogTail;

/// One group while it is put together. The buffer is used again for the next.
final class AheadGroup {
    static final int ALIGNMENT = Disk.BLOCK_BYTES;
    static final int MAGIC = 0x4D574131;                             // "MWA1"
    static final int CRC_AT = 4;
    static final int CHECKED_FROM = 8;
    static final int HEADER_BYTES = 24;
    static final int ENTRY_HEADER_BYTES = 40;

    private final ByteBuffer buffer;
    private final List<LogTail> tails = new ArrayList<>();
    private final CRC32C crc = new CRC32C();

    /// @param capacity in bytes, a multiple of [#ALIGNMENT]
    AheadGroup(int capacity) {
        this.buffer = Disk.blocks(capacity);
    }

    void clear() {
        tails.clear();
        buffer.clear().position(HEADER_BYTES);
    }

    /// @return false when there is no room for it, or its log was truncated just now
    boolean add(LogTail tail) {
        if (tail.bytes() > buffer.remaining() - ENTRY_HEADER_BYTES) return false;
        int at = buffer.position();
        putHeader(tail.topicId(), tail.partition(), tail.firstOffset(), tail.endOffset(), tail.bytes());
        if (!tail.read(buffer)) {
            buffer.position(at);
            return false;
        }
        tails.add(tail);
        return true;
    }

    /// Copies of this log are void from `offset` on: a copy without batches, which begins where the log was cut.
    void addCut(Uuid topicId, int partition, long offset) {
        putHeader(topicId, partition, offset, offset, 0);
    }

    private void putHeader(Uuid topicId, int partition, long firstOffset, long endOffset, int bytes) {
        buffer.putLong(topicId.mostSignificantBits()).putLong(topicId.leastSignificantBits()).putInt(partition).putLong(firstOffset).putLong(endOffset).putInt(bytes);
    }

    List<LogTail> tails() {
        return tails;
    }

    /// As it will be in the file, up to the next multiple of [#ALIGNMENT].
    int sizeInFile() {
        return (buffer.position() + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /// @return what is to be written; valid until [#clear]
    ByteBuffer seal(long generation, int sequence) {
        int length = buffer.position();
        int padded = sizeInFile();
        while (buffer.position() < padded) buffer.put((byte) 0);
        buffer.putInt(0, MAGIC).putLong(CHECKED_FROM, generation).putInt(CHECKED_FROM + 8, sequence).putInt(CHECKED_FROM + 12, length);
        crc.reset();
        crc.update(buffer.slice(CHECKED_FROM, length - CHECKED_FROM));
        buffer.putInt(CRC_AT, (int) crc.getValue());
        return buffer.flip();
    }
}
