package millrace.record.compression;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/// LZ4 in the frame format, in the dialect of Kafka: independent blocks, no dictionary, one frame.
///
///     04 22 4d 18  FLG BD [content size*8] HC     (block length*4 [high bit: stored] data [checksum*4])*   00 00 00 00 [content checksum*4]
///
/// What Kafka's reader refuses is refused (dependent blocks, reserved bits); what it skips is skipped (content size, content checksum,
/// bytes after the end mark), so that no batch is readable on one side and not on the other.
final class Lz4 implements Compression {
    /// The level that stands for the fast compressor: `compression.lz4.level` defaults to it (KIP-390).
    private static final int FAST = 9;

    @Override public InputStream decompress(ByteBuffer compressed, long maxBytes) throws IOException {
        return new Frame(compressed.slice().order(ByteOrder.LITTLE_ENDIAN), maxBytes);
    }

    @Override public OutputStream compress(OutputStream target, int level) throws IOException {
        return new LZ4FrameOutputStream(target, LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB, -1L, compressor(level), Library.HASH,
                LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE);
    }

    private static LZ4Compressor compressor(int level) {
        return level == FAST ? Library.FACTORY.fastCompressor() : Library.FACTORY.highCompressor(level);
    }

    @Override public int lowestLevel() {
        return 1;
    }

    @Override public int highestLevel() {
        return 17;
    }

    @Override public int defaultLevel() {
        return FAST;
    }

    /// Loaded with the first LZ4 batch: it unpacks native code where there is some for this machine.
    private static final class Library {
        static final LZ4Factory FACTORY = LZ4Factory.fastestInstance();
        static final LZ4SafeDecompressor DECOMPRESSOR = FACTORY.safeDecompressor();
        static final XXHash32 HASH = XXHashFactory.fastestInstance().hash32();
    }

    private static final class Frame extends BoundedStream {
        private static final int MAGIC = 0x184D2204;
        private static final int STORED = 0x8000_0000;

        private final ByteBuffer in;
        private final boolean blockChecksums;
        private final boolean contentChecksum;
        private final int maxBlockBytes;
        private boolean ended;

        /// A block that was unpacked before it was asked for in full.
        private byte[] block;
        private int blockPosition;
        private int blockLimit;

        Frame(ByteBuffer in, long maxBytes) throws IOException {
            super(maxBytes);
            this.in = in;
            if (in.remaining() < 7) throw new Malformed("LZ4 frame ends within its header");
            if (in.getInt() != MAGIC) throw new Malformed("not an LZ4 frame");
            int flags = in.get() & 0xff;
            int blockDescriptor = in.get() & 0xff;
            checkFlags(flags);
            if ((flags & 0x08) != 0) skip(Long.BYTES);
            checkHeaderChecksum();
            this.blockChecksums = (flags & 0x10) != 0;
            this.contentChecksum = (flags & 0x04) != 0;
            this.maxBlockBytes = maxBlockBytes(blockDescriptor);
        }

        private static void checkFlags(int flags) throws Malformed {
            if (flags >>> 6 != 1) throw new Malformed("LZ4 frame of version " + (flags >>> 6) + ", known is 1");
            if ((flags & 0x20) == 0) throw new Malformed("LZ4 frame with dependent blocks");
            if ((flags & 0x03) != 0) throw new Malformed("LZ4 frame with a dictionary or reserved flags");
        }

        /// The second byte of the hash over what lies between magic and checksum (Kafka's format 0 also hashed the magic; it is gone).
        private void checkHeaderChecksum() throws Malformed {
            int end = in.position();
            if (!in.hasRemaining()) throw new Malformed("LZ4 frame ends within its header");
            int expected = Library.HASH.hash(in, 4, end - 4, 0) >> 8 & 0xff;
            if ((in.get() & 0xff) != expected) throw new Malformed("LZ4 frame header checksum differs");
        }

        private static int maxBlockBytes(int descriptor) throws Malformed {
            int code = descriptor >>> 4 & 0x07;
            if ((descriptor & 0x8f) != 0 || code < 4) throw new Malformed("LZ4 frame with an unknown block size " + descriptor);
            return 1 << (2 * code + 8);
        }

        @Override int produce(byte[] target, int offset, int length) throws IOException {
            while (blockPosition == blockLimit) {
                if (ended) return -1;
                int direct = nextBlock(target, offset, length);
                if (direct > 0) return direct;
            }
            int count = Math.min(length, blockLimit - blockPosition);
            System.arraycopy(block, blockPosition, target, offset, count);
            blockPosition += count;
            return count;
        }

        /// Unpacks the next block, straight into the target when any block of this frame fits there.
        /// @return bytes in the target; 0 when the block was put aside or there is none
        private int nextBlock(byte[] target, int offset, int length) throws IOException {
            int word = int32();
            int size = word & ~STORED;
            if (size == 0) {
                if (contentChecksum) int32();
                ended = true;
                return 0;
            }
            if (size > maxBlockBytes) throw new Malformed("LZ4 block of " + size + " bytes in a frame of blocks up to " + maxBlockBytes);
            if (size > in.remaining()) throw new Malformed("LZ4 frame ends within a block");
            boolean stored = (word & STORED) != 0;
            int at = in.position();
            in.position(at + size);
            if (blockChecksums && int32() != Library.HASH.hash(in, at, size, 0)) throw new Malformed("LZ4 block checksum differs");

            if (length >= maxBlockBytes) return unpack(stored, at, size, target, offset, maxBlockBytes);
            int room = (int) Math.min(maxBlockBytes, worthProducing());
            if (block == null) block = room <= Scratch.BYTES ? Scratch.take() : new byte[room];
            blockPosition = 0;
            blockLimit = 0;
            blockLimit = unpack(stored, at, size, block, 0, Math.min(room, block.length));
            return 0;
        }

        private int unpack(boolean stored, int at, int size, byte[] target, int offset, int room) throws IOException {
            if (stored) {
                if (size > room) throw tooMuch();
                in.get(at, target, offset, size);
                return size;
            }
            try {
                return Library.DECOMPRESSOR.decompress(in, at, size, ByteBuffer.wrap(target), offset, room);
            } catch (LZ4Exception e) {
                if (room < maxBlockBytes) throw tooMuch();
                throw new Malformed("LZ4 block is damaged");
            }
        }

        private int int32() throws Malformed {
            if (in.remaining() < Integer.BYTES) throw new Malformed("LZ4 frame ends without its end mark");
            return in.getInt();
        }

        private void skip(int count) throws Malformed {
            if (count > in.remaining()) throw new Malformed("LZ4 frame ends within its header");
            in.position(in.position() + count);
        }

        @Override void free() {
            if (block != null && block.length == Scratch.BYTES) Scratch.giveBack(block);
            block = null;
        }
    }
}
