package millrace.storage.ahead;

import java.io.IOException;
import java.nio.ByteBuffer;
import millrace.ports.DiskFile;
import millrace.storage.file.SmallFiles;

/// A stretch of a write-ahead file in memory, moved along as the file is read.
///
/// Why: a group may begin at each of a file's thousands of blocks. To ask the disk for each one by itself took most of a start after a kill.
///
/// For one thread.
final class AheadWindow {
    /// Holds the largest group that is written today, so that hardly a byte is read twice.
    private static final int BYTES = 4 << 20;

    private final DiskFile file;
    private final long fileBytes;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long bufferAt;

    AheadWindow(DiskFile file) throws IOException {
        this.file = file;
        this.fileBytes = file.size();
    }

    long fileBytes() {
        return fileBytes;
    }

    /// @param bytes no more than the file has from `position` on
    /// @return the bytes there, valid until the next call
    ByteBuffer at(long position, int bytes) throws IOException {
        if (position < bufferAt || position + bytes > bufferAt + buffer.limit()) moveTo(position, bytes);
        return buffer.slice((int) (position - bufferAt), bytes);
    }

    private void moveTo(long position, int bytes) throws IOException {
        if (buffer.capacity() < bytes || buffer.capacity() == 0) buffer = ByteBuffer.allocateDirect((int) Math.min(fileBytes, Math.max(bytes, BYTES)));
        buffer.clear().limit((int) Math.min(buffer.capacity(), fileBytes - position));
        bufferAt = position;
        SmallFiles.readFully(file, buffer, position);
        if (buffer.position() < bytes) throw new IOException("the file ends at " + (position + buffer.position()) + ", and had " + fileBytes + " bytes");
        buffer.flip();
    }
}
