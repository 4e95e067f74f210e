package millrace.record.compression;

import java.io.IOException;

/// Compressed data that does not follow its format.
final class Malformed extends IOException {
    Malformed(String message) {
        super(message);
    }

    @Override public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
