package millrace.ports;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A disk that does what another one does, but for what is overridden: a planted bug, an injected error, a count.
public class DiskThrough implements Disk {
    protected final Disk disk;

    public DiskThrough(Disk disk) {
        this.disk = disk;
    }

    @Override public DiskFile open(Path file, OpenMode mode) throws IOException {
        return disk.open(file, mode);
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
        disk.syncDirectory(directory);
    }

    @Override public long usableBytes(Path directory) throws IOException {
        return disk.usableBytes(directory);
    }

    @Override public long totalBytes(Path directory) throws IOException {
        return disk.totalBytes(directory);
    }

    @Override public void allocate(Path file, long bytes) throws IOException {
        disk.allocate(file, bytes);
    }

    @Override public void trim(Path file) throws IOException {
        disk.trim(file);
    }

    @Override public AutoCloseable tryLock(Path file) throws IOException {
        return disk.tryLock(file);
    }
}
