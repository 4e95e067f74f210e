package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import millrace.ports.Disk;
import millrace.ports.DiskFile;

/// A disk whose process dies in front of the n-th thing that changes it, and does nothing more afterwards.
public final class CrashingDisk implements Disk {
    /// The process is dead.
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final Disk disk;
    public int changesLeft = Integer.MAX_VALUE;
    /// It is the device that fails, once, and the process goes on.
    public boolean failsOnce;
    public boolean struck;

    public CrashingDisk(Disk disk) {
        this.disk = disk;
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
        if (mode == OpenMode.CREATE_NEW_READ_WRITE || mode == OpenMode.CREATE_READ_WRITE && !disk.exists(file)) change();
        return new Open(disk.open(file, mode));
    }

    @Override public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override public boolean isDirectory(Path path) {
        return disk.isDirectory(path);
    }

    @Override public long size(Path file) throws IOException {
        return disk.size(file);
    }

    @Override public long lastModifiedMs(Path file) throws IOException {
        return disk.lastModifiedMs(file);
    }

    @Override public List<Path> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override public void createDirectories(Path directory) throws IOException {
        disk.createDirectories(directory);
    }

    @Override public void rename(Path from, Path to) throws IOException {
        change();
        disk.rename(from, to);
    }

    @Override public boolean delete(Path path) throws IOException {
        if (disk.exists(path)) change();
        return disk.delete(path);
    }

    @Override public void syncDirectory(Path directory) throws IOException {
        change();
        disk.syncDirectory(directory);
    }

    @Override public long usableBytes(Path directory) throws IOException {
        return disk.usableBytes(directory);
    }

    @Override public long totalBytes(Path directory) throws IOException {
        return disk.totalBytes(directory);
    }

    @Override public AutoCloseable tryLock(Path file) throws IOException {
        return disk.tryLock(file);
    }

    private final class Open implements DiskFile {
        private final DiskFile file;

        Open(DiskFile file) {
            this.file = file;
        }

        @Override public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override public void write(ByteBuffer source, long position) throws IOException {
            change();
            file.write(source, position);
        }

        @Override public void write(ByteBuffer[] sources, long position) throws IOException {
            change();
            file.write(sources, position);
        }

        @Override public long size() throws IOException {
            return file.size();
        }

        @Override public void truncate(long size) throws IOException {
            change();
            file.truncate(size);
        }

        @Override public void sync() throws IOException {
            change();
            file.sync();
        }

        @Override public boolean retain() {
            return file.retain();
        }

        @Override public void release() {
            file.release();
        }

        @Override public void close() throws IOException {
            file.close();
        }
    }
}
