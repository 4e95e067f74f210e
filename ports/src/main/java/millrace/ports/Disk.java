package millrace.ports;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// A file system, with the guarantees that a careful program may rely on and no more:
/// bytes written are on the device only after [DiskFile#sync], names created, renamed or deleted only after [#syncDirectory].
///
/// Every method may block and may throw [IOException]; after a failed sync the file's unsynced bytes must be taken for lost.
/// Safe for use from any thread; two threads must not change the same file or name at the same time.
public interface Disk {
    enum OpenMode { READ, READ_WRITE, CREATE_READ_WRITE, CREATE_NEW_READ_WRITE }

    int BLOCK_BYTES = 4096;

    /// Opens a file. `CREATE_…` creates it when absent, `CREATE_NEW_…` fails with [java.nio.file.FileAlreadyExistsException] when present;
    /// the others fail with [java.nio.file.NoSuchFileException] when absent.
    DiskFile open(Path file, OpenMode mode) throws IOException;

    /// Creates a file each write to which returns when its bytes are on the device (data and length), without a [DiskFile#sync].
    ///
    /// Positions, and what is left in sources, are multiples of [#BLOCK_BYTES]; sources are as [#blocks] makes them. So a system may write from them past its own
    /// memory, which nobody would read such a file from. One block of zeroes may be there at once.
    /// @throws java.nio.file.FileAlreadyExistsException when present
    default DiskFile createWriteThrough(Path file) throws IOException {
        return new WriteThrough(open(file, OpenMode.CREATE_NEW_READ_WRITE));
    }

    /// @param capacity in bytes, a multiple of [#BLOCK_BYTES]
    static ByteBuffer blocks(int capacity) {
        return ByteBuffer.allocateDirect(capacity + BLOCK_BYTES - 1).alignedSlice(BLOCK_BYTES);
    }

    /// Reads a file whole, from position 0 of what is returned to its limit.
    /// @param mostBytes a longer one is refused; below 2^31
    /// @throws java.nio.file.NoSuchFileException when absent
    default ByteBuffer readWhole(Path file, int mostBytes) throws IOException {
        try (DiskFile in = open(file, OpenMode.READ)) {
            long size = in.size();
            if (size > mostBytes) throw new IOException(file + " has " + size + " bytes, more than the " + mostBytes + " that such a file may have");
            ByteBuffer content = ByteBuffer.allocate((int) size);
            for (int read = 1; read > 0 && content.hasRemaining(); ) read = in.read(content, content.position());
            return content.flip();
        }
    }

    boolean exists(Path path);

    boolean isDirectory(Path path);

    /// @return length in bytes; fails with [java.nio.file.NoSuchFileException] when absent
    long size(Path file) throws IOException;

    /// @return when the file was last written, wall clock, milliseconds since the epoch
    long lastModifiedMs(Path file) throws IOException;

    /// @return the direct children's paths (`directory` resolved with each name), sorted by name
    List<Path> list(Path directory) throws IOException;

    void createDirectories(Path directory) throws IOException;

    /// Atomically replaces `to` where it exists.
    void rename(Path from, Path to) throws IOException;

    /// @return whether there was something to delete. A directory must be empty.
    boolean delete(Path path) throws IOException;

    /// Makes creations, renames and deletions of the directory's direct children durable.
    void syncDirectory(Path directory) throws IOException;

    /// @return bytes that may still be written on the file system of `directory`
    long usableBytes(Path directory) throws IOException;

    /// @return bytes in all on the file system of `directory`
    long totalBytes(Path directory) throws IOException;

    /// Reserves room for the first `bytes` of a file, whose length stays as it is. Where that cannot be done nothing happens: the file grows as it would have.
    default void allocate(Path file, long bytes) throws IOException {}

    /// Gives back the room that is reserved behind a file's end. Its length stays as it is; nobody may be writing to it.
    default void trim(Path file) throws IOException {}

    /// Takes an exclusive lock on the file (created when absent) that ends with the process.
    /// @return the lock, or null when another process (or this one) holds it
    AutoCloseable tryLock(Path file) throws IOException;
}
