package millrace.storage.log;

import java.nio.file.Path;

/// A log whose files lack what they are known to have held on the device. It is not opened, because to cut it there would turn
/// acknowledged records into records that never were. The other logs of the directory go on.
public final class DamagedLog extends Exception {
    private final Path file;
    private final String found;

    public DamagedLog(Path file, String found) {
        super("log is damaged below its durable mark: " + found + " (" + file + "); it stays closed and its files untouched: restore them,"
                + " or delete the partition's folder to have it copied again from another replica");
        this.file = file;
        this.found = found;
    }

    /// What is wrong, without a word about what to do.
    public String found() {
        return found;
    }

    public Path file() {
        return file;
    }
}
