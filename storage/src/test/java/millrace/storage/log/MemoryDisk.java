package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import millrace.ports.Disk;
import millrace.ports.DiskFile;

/// A disk in memory that forgets, at [#losePower], what was not synced: bytes without [DiskFile#sync], names without [Disk#syncDirectory].
public final class MemoryDisk implements Disk {
    private static final class Inode {
        byte[] bytes = new byte[0];
        byte[] durable = new byte[0];
    }

    private TreeMap<Path, Inode> files = new TreeMap<>();
    private TreeSet<Path> folders = new TreeSet<>();
    private TreeMap<Path, Inode> durableFiles = new TreeMap<>();
    private TreeSet<Path> durableFolders = new TreeSet<>();
    private final TreeSet<Path> locked = new TreeSet<>();
    public int syncs;
    public int opens;
    public int openNow;
    public long usableBytes = 1L << 40;
    /// Stretches, each as `position+length`.
    public final List<String> writtenBack = new ArrayList<>();
    /// Files whose sync fails.
    public Predicate<Path> failingSyncs = path -> false;
    /// Files whose write fails.
    public Predicate<Path> failingWrites = path -> false;

    /// Everything unsynced is gone, but for the first `tornBytes` unsynced bytes of each file.
    public synchronized void losePower(int tornBytes) {
        files = new TreeMap<>(durableFiles);
        folders = new TreeSet<>(durableFolders);
        files.keySet().removeIf(file -> !folders.contains(file.getParent()));
        for (Inode inode : files.values()) {
            int kept = Math.min(inode.bytes.length, inode.durable.length + tornBytes);
            byte[] left = Arrays.copyOf(inode.durable, Math.max(kept, inode.durable.length));
            if (kept > inode.durable.length) System.arraycopy(inode.bytes, inode.durable.length, left, inode.durable.length, kept - inode.durable.length);
            inode.bytes = left;
        }
        locked.clear();
    }

    /// The process was killed: the page cache stays, locks go.
    public synchronized void killProcess() {
        locked.clear();
    }

    @Override public synchronized DiskFile open(Path path, OpenMode mode) throws IOException {
        Inode inode = files.get(path);
        if (inode == null) {
            if (mode == OpenMode.READ || mode == OpenMode.READ_WRITE) throw new NoSuchFileException(path.toString());
            if (!folders.contains(path.getParent())) throw new NoSuchFileException(path.getParent().toString());
            if (usableBytes <= 0) throw new IOException("No space left on device");
            inode = new Inode();
            files.put(path, inode);
        } else if (mode == OpenMode.CREATE_NEW_READ_WRITE) {
            throw new FileAlreadyExistsException(path.toString());
        }
        opens++;
        openNow++;
        return new Open(inode, path);
    }

    public synchronized byte[] content(Path path) {
        return files.get(path).bytes.clone();
    }

    public synchronized void put(Path path, byte[] bytes) {
        files.computeIfAbsent(path, each -> new Inode()).bytes = bytes.clone();
    }

    /// Writes everything below `from` into a real folder.
    public synchronized void exportTo(Path from, Path real) throws IOException {
        for (var each : files.entrySet()) {
            if (!each.getKey().startsWith(from)) continue;
            Path target = real.resolve(from.relativize(each.getKey()).toString());
            Files.createDirectories(target.getParent());
            Files.write(target, each.getValue().bytes);
        }
    }

    /// Takes a real folder's files, as durable.
    public synchronized void importFrom(Path real, Path to) throws IOException {
        createDirectories(to);
        try (Stream<Path> all = Files.walk(real)) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(real.relativize(each).toString());
                createDirectories(target.getParent());
                put(target, Files.readAllBytes(each));
            }
        }
    }

    @Override public synchronized boolean exists(Path path) {
        return files.containsKey(path) || folders.contains(path);
    }

    @Override public synchronized boolean isDirectory(Path path) {
        return folders.contains(path);
    }

    @Override public synchronized long size(Path file) throws IOException {
        return inode(file).bytes.length;
    }

    @Override public synchronized long lastModifiedMs(Path file) throws IOException {
        inode(file);
        return 0;
    }

    private Inode inode(Path file) throws NoSuchFileException {
        Inode inode = files.get(file);
        if (inode == null) throw new NoSuchFileException(file.toString());
        return inode;
    }

    @Override public synchronized List<Path> list(Path directory) throws IOException {
        if (!folders.contains(directory)) throw new NoSuchFileException(directory.toString());
        var children = new TreeSet<Path>();
        for (Path each : files.keySet()) if (directory.equals(each.getParent())) children.add(each);
        for (Path each : folders) if (directory.equals(each.getParent())) children.add(each);
        return List.copyOf(children);
    }

    @Override public synchronized void createDirectories(Path directory) {
        for (Path each = directory; each != null; each = each.getParent()) folders.add(each);
    }

    @Override public synchronized void rename(Path from, Path to) throws IOException {
        if (folders.contains(from)) {
            for (Path each : List.copyOf(files.keySet())) if (each.startsWith(from)) files.put(to.resolve(from.relativize(each)), files.remove(each));
            for (Path each : List.copyOf(folders)) if (each.startsWith(from)) {
                folders.remove(each);
                folders.add(to.resolve(from.relativize(each).toString()));
            }
            folders.remove(from);
            folders.add(to);
            return;
        }
        Inode inode = inode(from);
        files.remove(from);
        files.put(to, inode);
    }

    @Override public synchronized boolean delete(Path path) {
        return files.remove(path) != null | folders.remove(path);
    }

    @Override public synchronized void syncDirectory(Path directory) throws IOException {
        if (failingSyncs.test(directory)) throw new IOException("Input/output error");
        syncs++;
        durableFolders.add(directory);
        durableFiles.keySet().removeIf(each -> directory.equals(each.getParent()) && !files.containsKey(each));
        for (var each : files.entrySet()) if (directory.equals(each.getKey().getParent())) durableFiles.put(each.getKey(), each.getValue());
        durableFolders.removeIf(each -> directory.equals(each.getParent()) && !folders.contains(each));
        for (Path each : folders) if (directory.equals(each.getParent())) durableFolders.add(each);
        for (Path each = directory; each != null; each = each.getParent()) if (each.getNameCount() <= 1) durableFolders.add(each);
    }

    @Override public long usableBytes(Path directory) {
        return Math.max(0, usableBytes);
    }

    @Override public long totalBytes(Path directory) {
        return 1L << 40;
    }

    @Override public synchronized AutoCloseable tryLock(Path file) {
        files.computeIfAbsent(file, each -> new Inode());
        if (!locked.add(file)) return null;
        return () -> unlock(file);
    }

    private synchronized void unlock(Path file) {
        locked.remove(file);
    }

    private final class Open implements DiskFile {
        private final Inode inode;
        private final Path path;
        private int holds = 1;
        private boolean owned = true;

        Open(Inode inode, Path path) {
            this.inode = inode;
            this.path = path;
        }

        @Override public int read(ByteBuffer target, long position) throws IOException {
            synchronized (MemoryDisk.this) {
                checkOpen();
                int available = (int) Math.min(target.remaining(), inode.bytes.length - position);
                if (available <= 0) return -1;
                target.put(inode.bytes, (int) position, available);
                return available;
            }
        }

        private void checkOpen() throws ClosedChannelException {
            if (holds <= 0) throw new ClosedChannelException();
        }

        @Override public void write(ByteBuffer source, long position) throws IOException {
            synchronized (MemoryDisk.this) {
                checkOpen();
                if (failingWrites.test(path)) throw new IOException("Input/output error");
                int length = source.remaining();
                int fits = (int) Math.min(length, Math.max(0, usableBytes));
                int end = (int) position + fits;
                if (end > inode.bytes.length) inode.bytes = Arrays.copyOf(inode.bytes, end);
                source.get(inode.bytes, (int) position, fits);
                usableBytes -= fits;
                if (fits < length) throw new IOException("No space left on device");
            }
        }

        @Override public void write(ByteBuffer[] sources, long position) throws IOException {
            long at = position;
            for (ByteBuffer each : sources) {
                int length = each.remaining();
                write(each, at);
                at += length;
            }
        }

        @Override public long size() {
            synchronized (MemoryDisk.this) {
                return inode.bytes.length;
            }
        }

        @Override public void truncate(long size) {
            synchronized (MemoryDisk.this) {
                if (size < inode.bytes.length) inode.bytes = Arrays.copyOf(inode.bytes, (int) size);
            }
        }

        @Override public void sync() throws IOException {
            synchronized (MemoryDisk.this) {
                checkOpen();
                if (failingSyncs.test(path)) throw new IOException("Input/output error");
                syncs++;
                inode.durable = inode.bytes.clone();
            }
        }

        @Override public void writeBack(long position, long length) throws IOException {
            synchronized (MemoryDisk.this) {
                checkOpen();
                if (failingSyncs.test(path)) throw new IOException("Input/output error");
                writtenBack.add(position + "+" + length);
            }
        }

        @Override public boolean retain() {
            synchronized (MemoryDisk.this) {
                if (holds <= 0) return false;
                holds++;
                return true;
            }
        }

        @Override public void release() {
            synchronized (MemoryDisk.this) {
                if (holds <= 0) throw new IllegalStateException(path + " released too often");
                if (--holds == 0) openNow--;
            }
        }

        @Override public void close() {
            synchronized (MemoryDisk.this) {
                if (!owned) return;
                owned = false;
                release();
            }
        }
    }

}
