package millrace.record.compression;

import java.io.IOException;
import java.io.InputStream;

/// What every decoder here has in common: it produces blocks, and gives up past a bound.
///
/// Subclasses say how to produce; closing is idempotent and frees what the subclass holds.
abstract class BoundedStream extends InputStream {
    private final long maxBytes;
    private long produced;
    private boolean closed;

    BoundedStream(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /// Some bytes into `target`.
    /// @return how many, 1 or more; -1 at the end of the data
    abstract int produce(byte[] target, int offset, int length) throws IOException;

    abstract void free();

    /// How large a block may become before it is certainly too much: one that is larger need not be unpacked to be refused.
    final long worthProducing() {
        return Math.max(0, maxBytes - produced) + Scratch.BYTES;
    }

    final TooMuchData tooMuch() {
        return new TooMuchData(maxBytes);
    }

    @Override public final int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) return 0;
        if (closed) throw new IOException("the stream is closed");
        int count = produce(target, offset, Math.min(length, Scratch.BYTES));
        if (count > 0) produced += count;
        if (produced > maxBytes) throw tooMuch();
        return count;
    }

    @Override public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override public final void close() {
        if (closed) return;
        closed = true;
        free();
    }
}
