package millrace.bindings.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;

import millrace.bindings.disk.NioDiskFile;
import millrace.ports.DiskFile;
import millrace.ports.FileRecords;

/// Regions of files on their way to a socket. Each carries the hold on its file that came with the [FileRecords], and gives it
/// up when the last byte has gone or the connection has.
final class FileRegions {
    private FileRegions() {
    }

    static FileRegion of(FileRecords records) {
        return records.file() instanceof NioDiskFile real ? new Sent(real, records) : new Copied(records);
    }

    /// Goes by sendfile. It never closes the channel, which other readers use.
    private static final class Sent extends DefaultFileRegion {
        private final DiskFile file;

        private Sent(NioDiskFile file, FileRecords records) {
            super(file.channel(), records.position(), records.sizeInBytes());
            this.file = file;
        }

        @Override protected void deallocate() {
            file.release();
        }
    }

    /// Goes through memory a piece at a time, for files that have no descriptor.
    private static final class Copied extends AbstractReferenceCounted implements FileRegion {
        private static final int PIECE_BYTES = 64 << 10;

        private final FileRecords records;
        private long transferred;

        private Copied(FileRecords records) {
            this.records = records;
        }

        @Override public long position() {
            return records.position();
        }

        @Override public long count() {
            return records.sizeInBytes();
        }

        @Override public long transferred() {
            return transferred;
        }

        @Deprecated
        @Override public long transfered() {
            return transferred;
        }

        @Override public long transferTo(WritableByteChannel target, long from) throws IOException {
            ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, records.sizeInBytes() - from));
            readFully(records.file(), piece, records.position() + from);
            long written = target.write(piece.flip());
            if (written > 0) transferred += written;
            return written;
        }

        @Override protected void deallocate() {
            records.release();
        }

        @Override public FileRegion retain() {
            super.retain();
            return this;
        }

        @Override public FileRegion retain(int increment) {
            super.retain(increment);
            return this;
        }

        @Override public FileRegion touch() {
            return this;
        }

        @Override public FileRegion touch(Object hint) {
            return this;
        }
    }

    /// @throws IOException also when the file ends before, since a shorter answer than announced cannot be sent
    static void readFully(DiskFile file, ByteBuffer target, long position) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int read = file.read(target, at);
            if (read <= 0) throw new IOException("the file ends at " + at + ", " + target.remaining() + " bytes before the end of what is to be sent");
            at += read;
        }
    }
}
