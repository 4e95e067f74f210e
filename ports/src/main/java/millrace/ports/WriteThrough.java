package millrace.ports;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A file whose every write is followed by a sync.
final class WriteThrough extends FileThrough {
    WriteThrough(DiskFile file) {
        super(file);
    }

    @Override public void write(ByteBuffer source, long position) throws IOException {
        file.write(source, position);
        file.sync();
    }

    @Override public void write(ByteBuffer[] sources, long position) throws IOException {
        file.write(sources, position);
        file.sync();
    }
}
