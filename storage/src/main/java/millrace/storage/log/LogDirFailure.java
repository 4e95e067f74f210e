package millrace.storage.log;

import java.io.IOException;
import java.nio.file.Path;

/// A log directory's device failed. Whoever owns the directory takes it offline: nothing is tried again, because after a failed
/// write or sync nobody knows what the device holds. Other directories go on.
public final class LogDirFailure extends RuntimeException {
    private final Path directory;

    /// @param directory the partition's folder or the log directory
    /// @param file      what was being used
    /// @param doing     in words: "sync", "append 512 bytes at position 8192"
    public LogDirFailure(Path directory, Path file, String doing, IOException cause) {
        super("log directory of " + directory + " failed: could not " + doing + " (" + file + "): " + cause
                + "; it is offline from now on, check the device and its file system, then restart the node", cause);
        this.directory = directory;
    }

    public Path directory() {
        return directory;
    }
}
