package millrace.quorum;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

import millrace.ports.Disk;
import millrace.ports.DiskFile;

/// A disk whose syncs fail from some moment on.
final class BreakableDisk implements Disk {
    private final Disk disk;
    boolean broken;

    BreakableDisk(Disk disk) {
        this.disk = disk;
    }

    private void mayFail() throws IOException {
        if (broken) throw new IOException("Input/output error");
    }

    @Override public DiskFile open(Path file, OpenMode mode) throws IOException {
        return new BreakableFile(disk.open(file, mode));
    }

    private final class BreakableFile implements DiskFile {
        private final DiskFile file;

        BreakableFile(DiskFile file) {
            this.file = file;
        }

        @Override public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override public void write(ByteBuffer source, long position) throws IOException {
            file.write(source, position);
        }

        @Override public void write(ByteBuffer[] sources, long position) throws IOException {
            file.write(sources, position);
        }

        @Override public long size() throws IOException {
            return file.size();
        }

        @Override public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override public void sync() throws IOException {
            mayFail();
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
        disk.rename(from, to);
    }

    @Override public boolean delete(Path path) throws IOException {
        return disk.delete(path);
    }

    @Override public void syncDirectory(Path directory) throws IOException {
        mayFail();
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
}
