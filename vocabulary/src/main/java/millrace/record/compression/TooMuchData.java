package millrace.record.compression;

import java.io.IOException;

/// Decompressed data goes past what the reader allowed.
public final class TooMuchData extends IOException {
    public TooMuchData(long maxBytes) {
        super("more than " + maxBytes + " bytes after decompression");
    }

    /// Costs nothing to throw: a sender of bombs must not be able to make us walk stacks.
    @Override public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
