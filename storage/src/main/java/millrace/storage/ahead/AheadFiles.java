package millrace.storage.ahead;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import millrace.ports.Disk;

/// The names of the write-ahead files of a log directory.
final class AheadFiles {
    static final int COUNT = 2;
    private static final String PREFIX = "millrace-ahead-";
    private static final String KEPT = ".kept";

    private AheadFiles() {}

    static Path path(Path directory, int index) {
        return directory.resolve(PREFIX + index);
    }

    static List<Path> found(Disk disk, Path directory) {
        var found = new ArrayList<Path>();
        for (int i = 0; i < COUNT; i++) if (disk.exists(path(directory, i))) found.add(path(directory, i));
        return found;
    }

    static void delete(Disk disk, Path directory, List<Path> files) throws IOException {
        for (Path each : files) disk.delete(each);
        if (!files.isEmpty()) disk.syncDirectory(directory);
    }

    /// Sets them aside for whoever repairs a damaged log, beside those of an earlier time.
    static void keep(Disk disk, Path directory, List<Path> files) throws IOException {
        for (Path each : files) disk.rename(each, unused(disk, each));
        disk.syncDirectory(directory);
    }

    private static Path unused(Disk disk, Path file) {
        Path kept = file.resolveSibling(file.getFileName() + KEPT);
        for (int i = 2; disk.exists(kept); i++) kept = file.resolveSibling(file.getFileName() + KEPT + "-" + i);
        return kept;
    }
}
