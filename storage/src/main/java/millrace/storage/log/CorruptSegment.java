package millrace.storage.log;

import java.nio.file.Path;

/// Bytes of the log that are no batch, found while serving. The read that met them is refused; nothing is cut or changed.
public final class CorruptSegment extends RuntimeException {
    private final Path file;
    private final long position;

    /// @param file damaged from `position` on, of which [LogEvent.DamageFound] has told
    static CorruptSegment damaged(Path file, long position, long offset) {
        return new CorruptSegment(file, position, "the record at offset " + offset + " lies in the damaged stretch of " + file + " from position " + position
                + " on; it is refused, the rest of the log is served: restore the file while the node is down, or have the replica copied again");
    }

    private CorruptSegment(Path file, long position, String text) {
        super(text);
        this.file = file;
        this.position = position;
    }

    CorruptSegment(Path file, long position) {
        super("no record batch at position " + position + " of " + file + ": the file was damaged after it was written; stop the node and check the device");
        this.file = file;
        this.position = position;
    }

    public Path file() {
        return file;
    }

    public long position() {
        return position;
    }
}
