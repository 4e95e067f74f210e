package millrace.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import millrace.ports.Disk;
import millrace.ports.DiskFile;

/// Reads and replaces small files whole.
public final class SmallFiles {
    public static final String TEMPORARY_SUFFIX = ".tmp";
    /// More than this is no small file of ours or Kafka's: a snapshot of two million producers, a checkpoint of a million partitions.
    private static final int LARGEST = 128 << 20;

    private SmallFiles() {}

    /// Replaces the file and returns when that is on the device.
    public static void replace(Disk disk, Path file, ByteBuffer content) throws IOException {
        write(disk, file, content, true);
        disk.syncDirectory(file.getParent());
    }

    public static void replace(Disk disk, Path file, String content) throws IOException {
        replace(disk, file, ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
    }

    /// Replaces the file, its content synced but not its name: for several files of one folder that is synced once afterwards.
    public static void replaceWithoutDirectory(Disk disk, Path file, ByteBuffer content) throws IOException {
        write(disk, file, content, true);
    }

    /// Replaces the file without any sync: it survives the process, not the power. For what is synced later or can be made again.
    public static void replaceUnsynced(Disk disk, Path file, ByteBuffer content) throws IOException {
        write(disk, file, content, false);
    }

    private static void write(Disk disk, Path file, ByteBuffer content, boolean sync) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
        try (DiskFile out = disk.open(aside, Disk.OpenMode.CREATE_READ_WRITE)) {
            out.truncate(0);
            out.write(content.duplicate(), 0);
            if (sync) out.sync();
        }
        disk.rename(aside, file);
    }

    /// @return the content, position 0 to limit
    /// @throws java.nio.file.NoSuchFileException when absent
    public static ByteBuffer read(Disk disk, Path file) throws IOException {
        return disk.readWhole(file, LARGEST);
    }

    public static String readText(Disk disk, Path file) throws IOException {
        ByteBuffer content = read(disk, file);
        return new String(content.array(), content.arrayOffset(), content.limit(), StandardCharsets.UTF_8);
    }

    /// Reads until `target` is full or the file ends.
    public static void readFully(DiskFile file, ByteBuffer target, long position) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int read = file.read(target, at);
            if (read <= 0) return;
            at += read;
        }
    }
}
