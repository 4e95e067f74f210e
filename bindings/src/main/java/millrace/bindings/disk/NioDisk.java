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
    private static final Set<? extends OpenOption> CREATE_NEW_SYNCED = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, StandardOpenOption.DSYNC);
    static final boolean ON_LINUX = System.getProperty("os.name").equals("Linux");
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

    /// Past the page cache (`O_DIRECT`) and synced by the write itself (`O_DSYNC`): a third less processor time than writing and syncing 180 KB one after the other.
    @Override public DiskFile createWriteThrough(Path file) throws IOException {
        FileChannel created = FileChannel.open(file, CREATE_NEW_SYNCED);
        FileChannel direct = pastTheCache(file);
        if (direct == null) return new NioDiskFile(created, file);
        created.close();
        return new NioDiskFile(direct, file);
    }

    /// @return null where the file system cannot, or only in larger blocks: some say so when the file is opened, others when it is written
    private static FileChannel pastTheCache(Path file) throws IOException {
        OpenOption pastTheCache = directOption();
        if (pastTheCache == null) return null;
        FileChannel direct = null;
        try {
            direct = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.DSYNC, pastTheCache);
            direct.write(Disk.blocks(BLOCK_BYTES), 0);
            return direct;
        } catch (IOException | UnsupportedOperationException cannot) {
            if (direct != null) direct.close();
            return null;
        }
    }

    /// `O_DIRECT`, null in a JDK that has no word for it. By its name, because the compiler warns of the class without exception.
    private static OpenOption directOption() {
        try {
            for (Object option : Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) if (option.toString().equals("DIRECT")) return (OpenOption) option;
        } catch (ClassNotFoundException otherJdk) {
            // As where the file system cannot.
        }
        return null;
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
        if (ON_LINUX) LinuxAllocation.allocate(file, bytes);
    }

    @Override public void trim(Path file) throws IOException {
        if (ON_LINUX) LinuxAllocation.trim(file);
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
