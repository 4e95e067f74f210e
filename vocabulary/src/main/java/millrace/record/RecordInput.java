package millrace.record;

import static millrace.record.CorruptRecord.invalid;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import millrace.record.compression.Scratch;
import millrace.record.compression.TooMuchData;

/// The bytes behind a batch's header, whether they lie there plainly or come out of a decoder 64 KiB at a time.
///
/// Both are read through one window, so that the code which reads records exists once: over plain bytes the window is the batch
/// itself and is never refilled, over a decoder it is a recycled array. Numbers are protobuf's: zigzag, seven bits per byte.
final class RecordInput implements AutoCloseable {
    private final ByteBuffer window;
    private final InputStream refill;       // null: the window is all there is
    private byte[] scratch;                 // null: the window is the batch
    private int position;
    private int limit;
    private long before;                    // bytes that have left the window

    private RecordInput(ByteBuffer window, int limit, InputStream refill, byte[] scratch) {
        this.window = window;
        this.limit = limit;
        this.refill = refill;
        this.scratch = scratch;
    }

    static RecordInput plain(ByteBuffer bytes) {
        return new RecordInput(bytes, bytes.limit(), null, null);
    }

    static RecordInput compressed(Codec codec, ByteBuffer bytes, DecodeLimits limits) {
        InputStream stream;
        try {
            stream = codec.compression().decompress(bytes, limits.maxDecompressedBytes());
        } catch (IOException e) {
            throw undecodable(e);
        }
        byte[] scratch = Scratch.take();
        return new RecordInput(ByteBuffer.wrap(scratch), 0, stream, scratch);
    }

    /// Bytes read or skipped so far.
    long consumed() {
        return before + position;
    }

    /// No byte is left. Looks into the decoder if need be.
    boolean atEnd() {
        return position == limit && !refilled();
    }

    byte int8() {
        if (position == limit) need();
        return window.get(position++);
    }

    int varint() {
        int first = int8();
        if (first >= 0) return (first >>> 1) ^ -(first & 1);
        int raw = first & 0x7f;
        for (int shift = 7; shift < 35; shift += 7) {
            int next = int8();
            raw |= (next & 0x7f) << shift;
            if (next >= 0) return (raw >>> 1) ^ -(raw & 1);
        }
        throw invalid("a varint has more than 5 bytes");
    }

    long varlong() {
        long raw = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = int8();
            raw |= (long) (next & 0x7f) << shift;
            if (next >= 0) return (raw >>> 1) ^ -(raw & 1);
        }
        throw invalid("a varlong has more than 10 bytes");
    }

    void skip(int count) {
        while (count > limit - position) {
            count -= limit - position;
            position = limit;
            need();
        }
        position += count;
    }

    /// The next bytes: a view of the batch where it is plain, a copy of its own where it is not.
    ByteBuffer take(int count) {
        if (scratch == null) {
            if (count > limit - position) throw ended();
            ByteBuffer view = window.slice(position, count);
            position += count;
            return view;
        }
        return ByteBuffer.wrap(copy(count));
    }

    /// Grows with what arrives and not with what is claimed: a length field alone buys no memory.
    private byte[] copy(int count) {
        byte[] copy = new byte[Math.min(count, Scratch.BYTES)];
        for (int filled = 0; filled < count; ) {
            if (position == limit) need();
            if (filled == copy.length) copy = Arrays.copyOf(copy, (int) Math.min(count, 2L * filled));
            int part = Math.min(copy.length - filled, limit - position);
            System.arraycopy(scratch, position, copy, filled, part);
            position += part;
            filled += part;
        }
        return copy;
    }

    private void need() {
        if (!refilled()) throw ended();
    }

    private boolean refilled() {
        if (refill == null) return false;
        before += limit;
        position = 0;
        limit = 0;
        try {
            limit = Math.max(0, refill.read(scratch, 0, scratch.length));
        } catch (IOException e) {
            throw undecodable(e);
        }
        return limit > 0;
    }

    private static CorruptRecord ended() {
        return invalid("the records end too early");
    }

    private static CorruptRecord undecodable(IOException e) {
        return invalid(e instanceof TooMuchData ? "the batch holds " + e.getMessage() + ", which is all that is allowed" : "records cannot be decompressed: " + e.getMessage());
    }

    @Override public void close() {
        if (scratch == null) return;
        Scratch.giveBack(scratch);
        scratch = null;
        limit = 0;
        position = 0;
        try {
            refill.close();
        } catch (IOException e) {
            throw new IllegalStateException("a decoder over memory cannot fail to close", e);
        }
    }
}
