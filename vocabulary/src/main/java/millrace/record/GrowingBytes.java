package millrace.record;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// An array that grows: where a batch is built. Numbers are protobuf's, as [RecordInput] reads them.
final class GrowingBytes extends OutputStream {
    private static final int LONGEST = Integer.MAX_VALUE - 8;

    private byte[] bytes;
    private int size;

    GrowingBytes(int capacity) {
        this.bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    /// Goes back or forth; what lies between is arbitrary until written.
    void size(int newSize) {
        if (newSize > size) room(newSize - size);
        size = newSize;
    }

    /// What was written, without copying; valid until the next write.
    ByteBuffer written() {
        return ByteBuffer.wrap(bytes, 0, size).slice();
    }

    void writeTo(OutputStream target) throws java.io.IOException {
        target.write(bytes, 0, size);
    }

    private void room(int more) {
        if (more <= bytes.length - size) return;
        long needed = (long) size + more;
        if (needed > LONGEST) throw new IllegalStateException("a record batch of " + needed + " bytes cannot exist, the most is " + LONGEST);
        bytes = Arrays.copyOf(bytes, (int) Math.min(LONGEST, Math.max(needed, 2L * bytes.length)));
    }

    @Override public void write(int value) {
        room(1);
        bytes[size++] = (byte) value;
    }

    @Override public void write(byte[] source, int offset, int length) {
        room(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    /// From position to limit, which stay where they are.
    void write(ByteBuffer source) {
        int length = source.remaining();
        room(length);
        source.get(source.position(), bytes, size, length);
        size += length;
    }

    void varint(int value) {
        int raw = (value << 1) ^ (value >> 31);
        room(5);
        while ((raw & ~0x7f) != 0) {
            bytes[size++] = (byte) (raw | 0x80);
            raw >>>= 7;
        }
        bytes[size++] = (byte) raw;
    }

    void varlong(long value) {
        long raw = (value << 1) ^ (value >> 63);
        room(10);
        while ((raw & ~0x7fL) != 0) {
            bytes[size++] = (byte) (raw | 0x80);
            raw >>>= 7;
        }
        bytes[size++] = (byte) raw;
    }

    static int sizeOfVarint(int value) {
        int raw = (value << 1) ^ (value >> 31);
        return 1 + (31 - Integer.numberOfLeadingZeros(raw | 1)) / 7;
    }

    static int sizeOfVarlong(long value) {
        long raw = (value << 1) ^ (value >> 63);
        return 1 + (63 - Long.numberOfLeadingZeros(raw | 1)) / 7;
    }
}
