package millrace.record.compression;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.xerial.snappy.SnappyOutputStream;

/// Snappy: in the framing of snappy-java, which is what Kafka writes, or as one bare block, which some clients write.
///
///     82 'SNAPPY' 00  version*4  oldest compatible version*4     (length*4  block)*          all numbers big endian
///
/// The header may come again between chunks (streams put one behind the other). As snappy-java has it: the version is looked at
/// only there, and up to three bytes after the last chunk are ignored.
final class Snappy implements Compression {
    @Override public InputStream decompress(ByteBuffer compressed, long maxBytes) {
        return new Chunks(compressed.slice(), maxBytes);
    }

    @Override public OutputStream compress(OutputStream target, int level) {
        return new SnappyOutputStream(target);
    }

    @Override public int lowestLevel() {
        return 0;
    }

    @Override public int highestLevel() {
        return 0;
    }

    @Override public int defaultLevel() {
        return 0;
    }

    private static final class Chunks extends BoundedStream {
        private static final long MAGIC = 0x82_53_4e_41_50_50_59_00L;
        private static final int MAGIC_HEAD = (int) (MAGIC >>> 32);
        private static final int HEADER_BYTES = 16;
        /// No element of a block yields more: three bytes copy up to 64.
        private static final long HIGHEST_RATIO = 22;

        private final ByteBuffer in;
        private final boolean framed;

        /// A block that was unpacked before it was asked for in full.
        private byte[] block = {};
        private int blockPosition;
        private int blockLimit;

        Chunks(ByteBuffer in, long maxBytes) {
            super(maxBytes);
            this.in = in;
            this.framed = in.remaining() >= HEADER_BYTES && in.getLong(0) == MAGIC;
            if (framed) in.position(HEADER_BYTES);
        }

        @Override int produce(byte[] target, int offset, int length) throws IOException {
            while (blockPosition == blockLimit) {
                int size = framed ? nextChunk() : in.remaining();
                if (size == 0) return -1;
                int direct = unpack(size, target, offset, length);
                if (direct > 0) return direct;
            }
            int count = Math.min(length, blockLimit - blockPosition);
            System.arraycopy(block, blockPosition, target, offset, count);
            blockPosition += count;
            return count;
        }

        /// Bytes of the next block, which begins at the position; 0 at the end.
        private int nextChunk() throws Malformed {
            while (in.remaining() >= Integer.BYTES) {
                int size = in.getInt();
                if (size == MAGIC_HEAD) {
                    if (!atRepeatedHeader()) return 0;
                    continue;
                }
                if (size <= 0) throw new Malformed("snappy chunk of " + size + " bytes");
                if (size > in.remaining()) throw new Malformed("snappy stream ends within a chunk");
                return size;
            }
            return 0;
        }

        private boolean atRepeatedHeader() throws Malformed {
            int start = in.position() - Integer.BYTES;
            if (in.limit() - start < HEADER_BYTES) throw new Malformed("snappy stream ends within a header");
            if (in.getLong(start) != MAGIC) return false;
            if (in.getInt(start + 8) < 1) throw new Malformed("snappy stream of version " + in.getInt(start + 8) + ", the oldest known is 1");
            in.position(start + HEADER_BYTES);
            return true;
        }

        /// Unpacks one block, straight into the target when it fits there.
        /// @return bytes in the target; 0 when the block was put aside or is empty
        private int unpack(int size, byte[] target, int offset, int length) throws IOException {
            byte[] source;
            int from;
            if (in.hasArray()) {
                source = in.array();
                from = in.arrayOffset() + in.position();
            } else {
                source = new byte[size];
                from = 0;
                in.get(in.position(), source);
            }
            in.position(in.position() + size);

            int unpacked = unpackedLength(source, from, size);
            if (unpacked > worthProducing()) throw tooMuch();
            if (unpacked <= length) return rawUnpack(source, from, size, target, offset, unpacked);
            if (block.length < unpacked) replaceBlock(unpacked);
            blockPosition = 0;
            blockLimit = 0;
            blockLimit = rawUnpack(source, from, size, block, 0, unpacked);
            return 0;
        }

        private void replaceBlock(int atLeast) {
            free();
            block = atLeast <= Scratch.BYTES ? Scratch.take() : new byte[atLeast];
        }

        private static int unpackedLength(byte[] source, int from, int size) throws IOException {
            int length = org.xerial.snappy.Snappy.uncompressedLength(source, from, size);
            if (length < 0 || length > size * HIGHEST_RATIO) throw new Malformed("snappy block of " + size + " bytes claims to hold " + length);
            return length;
        }

        private static int rawUnpack(byte[] source, int from, int size, byte[] target, int offset, int unpacked) throws IOException {
            int count = org.xerial.snappy.Snappy.rawUncompress(source, from, size, target, offset);
            if (count != unpacked) throw new Malformed("snappy block holds " + count + " bytes and claims " + unpacked);
            return count;
        }

        @Override void free() {
            if (block.length == Scratch.BYTES) Scratch.giveBack(block);
            block = new byte[0];
        }
    }
}
