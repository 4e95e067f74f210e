package millrace.storage.cleaner;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// SipHash-2-4 with 128 bits: a hash under a secret key, of which nobody who does not know it can make two inputs collide.
/// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", and their reference vectors.
///
/// For one thread.
final class KeyHash {
    private final long key0;
    private final long key1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private long high;
    private long low;

    KeyHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /// @param bytes position to limit, not moved
    void hash(ByteBuffer bytes) {
        ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int length = in.remaining();
        v0 = key0 ^ 0x736f6d6570736575L;
        v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
        v2 = key0 ^ 0x6c7967656e657261L;
        v3 = key1 ^ 0x7465646279746573L;
        while (in.remaining() >= Long.BYTES) take(in.getLong());
        long last = (long) length << 56;
        for (int shift = 0; in.hasRemaining(); shift += Byte.SIZE) last |= (in.get() & 0xffL) << shift;
        take(last);
        v2 ^= 0xee;
        high = fourRounds();
        v1 ^= 0xdd;
        low = fourRounds();
    }

    private void take(long word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }

    private long fourRounds() {
        for (int i = 0; i < 4; i++) round();
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
    }

    /// First half of the last hash.
    long high() {
        return high;
    }

    long low() {
        return low;
    }
}
