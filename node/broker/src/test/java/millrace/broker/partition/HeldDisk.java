package millrace.broker.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import millrace.ports.Disk;
import millrace.ports.DiskFile;

/// A disk that counts the holds that readers have on its files, and whose syncs or writes fail when the test says so.
public final class HeldDisk implements Disk {
    private final Disk disk;
    private final AtomicInteger holds = new AtomicInteger();
    private volatile boolean syncsFail;
    private volatile boolean writesFail;
    private volatile boolean renamesFail;
    private volatile Consumer<Path> onRename = _ -> { };

    HeldDisk(Disk disk) {
        this.disk = disk;
    }

    /// @return holds taken and not given back
    public int holds() {
        return holds.get();
    }

    public void failSyncs() {
        syncsFail = true;
    }

    public void failRenames() {
        renamesFail = true;
    }

    /// @param listener is told of new names
    public void onRename(Consumer<Path> listener) {
        onRename = listener;
    }

    public void failWrites() {
        writesFail = true;
    }

    @Override public DiskFile open(Path file, OpenMode mode) throws IOException {
        return new Held(disk.open(file, mode));
    }

    private final class Held implements DiskFile {
        private final DiskFile file;

        Held(DiskFile file) {
            this.file = file;
        }

        @Override public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override public void write(ByteBuffer source, long position) throws IOException {
            if (writesFail) throw new IOException("the device is gone");
            file.write(source, position);
        }

        @Override public void write(ByteBuffer[] sources, long position) throws IOException {
            if (writesFail) throw new IOException("the device is gone");
            file.write(sources, position);
        }

        @Override public long size() throws IOException {
            return file.size();
        }

        @Override public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override public void sync() throws IOException {
            if (syncsFail) throw new IOException("the device is gone");
            file.sync();
        }

        @Override public boolean retain() {
            boolean retained = file.retain();
            if (retained) holds.incrementAndGet();
            return retained;
        }

        @Override public void release() {
            holds.decrementAndGet();
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
        if (renamesFail) throw new IOException("the device is gone");
        disk.rename(from, to);
        onRename.accept(to);
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

    @Override public AutoCloseable tryLock(Path file) throws IOException {
        return disk.tryLock(file);
    }
}
