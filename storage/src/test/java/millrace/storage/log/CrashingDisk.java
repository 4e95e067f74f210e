package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.ports.DiskThrough;
import millrace.ports.FileThrough;

/// A disk whose process dies in front of the n-th thing that changes it, and does nothing more afterwards.
public final class CrashingDisk extends DiskThrough {
    /// The process is dead.
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    public int changesLeft = Integer.MAX_VALUE;
    /// It is the device that fails, once, and the process goes on.
    public boolean failsOnce;
    public boolean struck;

    public CrashingDisk(Disk disk) {
        super(disk);
    }

    private void change() throws IOException {
        if (changesLeft-- <= 0) {
            struck = true;
            changesLeft = failsOnce ? Integer.MAX_VALUE : 0;
            if (failsOnce) throw new IOException("Input/output error");
            throw new Crash();
        }
    }

    @Override public DiskFile open(Path file, OpenMode mode) throws IOException {
        if (mode == OpenMode.CREATE_NEW_READ_WRITE || mode == OpenMode.CREATE_READ_WRITE && !exists(file)) change();
        return new Open(super.open(file, mode));
    }

    @Override public void rename(Path from, Path to) throws IOException {
        change();
        super.rename(from, to);
    }

    @Override public boolean delete(Path path) throws IOException {
        if (exists(path)) change();
        return super.delete(path);
    }

    @Override public void syncDirectory(Path directory) throws IOException {
        change();
        super.syncDirectory(directory);
    }

    private final class Open extends FileThrough {
        Open(DiskFile file) {
            super(file);
        }

        @Override public void write(ByteBuffer source, long position) throws IOException {
            change();
            super.write(source, position);
        }

        @Override public void write(ByteBuffer[] sources, long position) throws IOException {
            change();
            super.write(sources, position);
        }

        @Override public void truncate(long size) throws IOException {
            change();
            super.truncate(size);
        }

        @Override public void sync() throws IOException {
            change();
            super.sync();
        }
    }
}
