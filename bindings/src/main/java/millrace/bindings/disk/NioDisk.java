package millrace.bindings.disk;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import millrace.ports.Disk;
import millrace.ports.DiskFile;

/// The file systems of this machine.
public final class NioDisk implements Disk {
    private static final Set<? extends OpenOption> READ = Set.of(StandardOpenOption.READ);
    private static final Set<? extends OpenOption> READ_WRITE = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final Set<? extends OpenOption> CREATE = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    private static final Set<? extends OpenOption> CREATE_NEW = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    private static final boolean CAN_ALLOCATE = System.getProperty("os.name").equals("Linux");
    private static final int SHORT_BYTES = 512;
    /// Windows opens no folders and needs no sync for names: NTFS journals them.
    private static final boolean FOLDERS_CAN_BE_OPENED = !System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

    @Override public DiskFile open(Path file, OpenMode mode) throws IOException {
        return new NioDiskFile(FileChannel.open(file, switch (mode) {
            case READ                  -> READ;
            case READ_WRITE            -> READ_WRITE;
            case CREATE_READ_WRITE     -> CREATE;
            case CREATE_NEW_READ_WRITE -> CREATE_NEW;
        }), file);
    }

    /// Without a channel where the file is as short as most that are read so: a start reads two for each partition, and most of what opening a channel
    /// costs is not the system's. Whatever is unusual about the file is left to the channel, which also has the better errors.
    @Override public ByteBuffer readWhole(Path file, int mostBytes) throws IOException {
        byte[] content = new byte[SHORT_BYTES];
        int size = SHORT_BYTES;
        try (var in = new FileInputStream(file.toString())) {
            size = Math.max(0, in.read(content));                    // fewer than asked for: that was all
        } catch (FileNotFoundException absentOrOther) {
            // The channel says which.
        }
        return size < SHORT_BYTES ? ByteBuffer.wrap(Arrays.copyOf(content, size)) : Disk.super.readWhole(file, mostBytes);
    }

    @Override public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override public boolean isDirectory(Path path) {
        return Files.isDirectory(path);
    }

    @Override public long size(Path file) throws IOException {
        return Files.size(file);
    }

    @Override public long lastModifiedMs(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toMillis();
    }

    @Override public List<Path> list(Path directory) throws IOException {
        var children = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path child : entries) children.add(child);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        children.sort(null);
        return children;
    }

    @Override public void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory);
    }

    @Override public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override public boolean delete(Path path) throws IOException {
        return Files.deleteIfExists(path);
    }

    @Override public void syncDirectory(Path directory) throws IOException {
        if (!FOLDERS_CAN_BE_OPENED) return;
        try (FileChannel folder = FileChannel.open(directory, READ)) {
            folder.force(true);
        }
    }

    @Override public long usableBytes(Path directory) throws IOException {
        return store(directory).getUsableSpace();
    }

    @Override public long totalBytes(Path directory) throws IOException {
        return store(directory).getTotalSpace();
    }

    private static FileStore store(Path directory) throws IOException {
        return Files.getFileStore(directory);
    }

    @Override public void allocate(Path file, long bytes) throws IOException {
        if (CAN_ALLOCATE) LinuxAllocation.allocate(file, bytes);
    }

    @Override public void trim(Path file) throws IOException {
        if (CAN_ALLOCATE) LinuxAllocation.trim(file);
    }

    @Override public AutoCloseable tryLock(Path file) throws IOException {
        if (file.getParent() != null && !Files.isDirectory(file.getParent())) throw new NoSuchFileException(file.getParent().toString());
        FileChannel channel = FileChannel.open(file, CREATE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            // Answered like a lock of another process: null.
        } finally {
            if (lock == null) channel.close();
        }
        return lock == null ? null : channel;                            // the lock goes with its channel
    }
}
