package millrace.logtool;

import java.io.IOException;
import java.nio.file.Path;
import millrace.ports.Disk;
import millrace.storage.directory.OfflineDirectory;

/// What a path on the command line stands for.
///
/// @param path as it was given
/// @param home the log directory that it is, or lies in; null where it lies in none, such as a folder that was copied away
record Target(Kind kind, Path path, OfflineDirectory home) {
    enum Kind { LOG_DIRECTORY, PARTITION_FOLDER, FILE }

    static Target of(Disk disk, Path path) throws IOException {
        if (!disk.exists(path)) throw new Unreadable("there is no file or directory " + path + ": check the path");
        if (!disk.isDirectory(path)) return new Target(Kind.FILE, path, homeOf(disk, absolute(path).getParent()));
        if (OfflineDirectory.isOne(disk, path)) return new Target(Kind.LOG_DIRECTORY, path, new OfflineDirectory(disk, path));
        return new Target(Kind.PARTITION_FOLDER, path, homeOf(disk, absolute(path)));
    }

    private static OfflineDirectory homeOf(Disk disk, Path folder) {
        Path above = folder == null ? null : folder.getParent();
        OfflineDirectory home = above == null ? null : new OfflineDirectory(disk, above);
        return home != null && home.isFormatted() ? home : null;
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    /// The folder of the partition that a folder or file belongs to.
    Path folder() {
        if (kind == Kind.PARTITION_FOLDER) return path;
        Path parent = path.getParent();
        return parent == null ? Path.of("") : parent;
    }

    /// The same with a name, however it was given.
    Path namedFolder() {
        return kind == Kind.PARTITION_FOLDER ? absolute(path) : absolute(path).getParent();
    }
}
