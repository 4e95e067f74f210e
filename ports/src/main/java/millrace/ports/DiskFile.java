package millrace.ports;

import java.io.IOException;
import java.nio.ByteBuffer;

/// An open file with positional reads and writes. Reads are safe from any thread and beside one writer.
///
/// It is reference counted, because a region of it may still be on its way to a socket when its owner closes or deletes it:
/// [#close] gives up the owner's hold, and the descriptor is closed with the last [#release].
public interface DiskFile extends AutoCloseable {
    /// Reads up to `target.remaining()` bytes from `position`.
    /// @return bytes read, less than asked for only at the end of the file, 0 or -1 at the end
    int read(ByteBuffer target, long position) throws IOException;

    /// Writes all of `source.remaining()` bytes at `position`, extending the file where needed.
    void write(ByteBuffer source, long position) throws IOException;

    /// Writes the sources one after the other from `position` on, with as few system calls as may be.
    void write(ByteBuffer[] sources, long position) throws IOException;

    long size() throws IOException;

    void truncate(long size) throws IOException;

    /// Returns when every byte written before the call is on the device (data and length; `fdatasync`).
    void sync() throws IOException;

    /// Returns when the device has taken the bytes from `position` on, where the system has a call for that; one without does nothing. Nothing is durable by
    /// it: it leaves less to be done for the [#sync] that is to follow, which other syncs then wait for less.
    /// @throws IOException as from a failed sync: the bytes must be taken for lost, and a sync of this file may not tell it again
    default void writeBack(long position, long length) throws IOException {}

    /// Takes one more hold on the descriptor.
    /// @return false when it is already closed; then nothing was taken
    boolean retain();

    void release();

    /// Gives up the owner's hold. Closing twice does nothing.
    @Override void close() throws IOException;
}
