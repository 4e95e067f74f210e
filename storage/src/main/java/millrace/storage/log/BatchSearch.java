package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import millrace.ports.DiskFile;
import millrace.record.RecordBatch;
import millrace.storage.file.SmallFiles;

/// Looks for the next good batch behind damage, byte by byte, a bufferful at a time: a cheap look at magic, length and offset first, then
/// the CRC.
final class BatchSearch {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int LOOK_BYTES = RecordBatch.LOG_OVERHEAD + 5;

    private BatchSearch() {}

    /// @param end        bytes of the file that count
    /// @param nextOffset the least base offset that may follow
    /// @return where it begins, -1 when there is none
    static int next(DiskFile file, int from, int end, long nextOffset, long segmentBase) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        ByteBuffer whole = ByteBuffer.allocate(CHUNK_BYTES);
        for (int at = from; end - at >= RecordBatch.HEADER_BYTES; at += CHUNK_BYTES - LOOK_BYTES) {
            SmallFiles.readFully(file, chunk.clear().limit(Math.min(CHUNK_BYTES, end - at)), at);
            chunk.flip();
            for (int index = 0; index + LOOK_BYTES <= chunk.limit() && index < CHUNK_BYTES - LOOK_BYTES; index++) {
                if (!looksRight(chunk, index, end - at - index, nextOffset, segmentBase)) continue;
                if (new BatchReader(file, at + index, end, whole).next()) return at + index;
            }
        }
        return -1;
    }

    private static boolean looksRight(ByteBuffer bytes, int at, int left, long nextOffset, long segmentBase) {
        if (bytes.get(at + 16) != RecordBatch.MAGIC) return false;
        long length = (long) bytes.getInt(at + 8) + RecordBatch.LOG_OVERHEAD;
        long baseOffset = bytes.getLong(at);
        return length >= RecordBatch.HEADER_BYTES && length <= left && baseOffset >= nextOffset && baseOffset - segmentBase <= Integer.MAX_VALUE;
    }
}
