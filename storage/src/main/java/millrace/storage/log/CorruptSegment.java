package millrace.storage.log;

import java.nio.file.Path;

/// Bytes of the log that are no batch, found while serving. The read that met them is refused; nothing is cut or changed.
public final class CorruptSegment extends RuntimeException {
    private final Path file;
    private final long position;

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
