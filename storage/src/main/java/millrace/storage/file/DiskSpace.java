package millrace.storage.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import millrace.ports.Disk;

/// Tells a full disk from a broken one.
public final class DiskSpace {
    /// How Linux, macOS and Windows put it; the JDK passes the words on and keeps the number to itself.
    private static final List<String> WORDS = List.of("No space left on device", "Disk quota exceeded", "There is not enough space on the disk");
    /// A file system with less than this left may refuse any write.
    private static final long PRACTICALLY_FULL = 4096;

    private DiskSpace() {}

    /// @param bytes that were to be written
    public static boolean isShort(Disk disk, Path directory, IOException failure, long bytes) {
        String message = failure.getMessage();
        if (message != null && WORDS.stream().anyMatch(message::contains)) return true;
        try {
            return disk.usableBytes(directory) < Math.max(bytes, PRACTICALLY_FULL);
        } catch (IOException broken) {
            return false;
        }
    }
}
