package millrace.record.compression;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;

/// GZIP: the JDK's deflate inside the members of RFC 1952.
///
///     1f 8b 08 flags mtime*4 xfl os [extra] [name] [comment] [header crc] deflate data crc32 length
final class Gzip implements Compression {
    @Override public InputStream decompress(ByteBuffer compressed, long maxBytes) throws IOException {
        return new Members(compressed.slice().order(ByteOrder.LITTLE_ENDIAN), maxBytes);
    }

    @Override public OutputStream compress(OutputStream target, int level) throws IOException {
        return new Leveled(target, level);
    }

    @Override public int lowestLevel() {
        return Deflater.BEST_SPEED;
    }

    @Override public int highestLevel() {
        return Deflater.BEST_COMPRESSION;
    }

    @Override public int defaultLevel() {
        return Deflater.DEFAULT_COMPRESSION;
    }

    private static final class Leveled extends GZIPOutputStream {
        Leveled(OutputStream target, int level) throws IOException {
            super(target, 8 * 1024);
            def.setLevel(level);
        }
    }

    private static final class Members extends BoundedStream {
        private static final int HEADER_CRC = 2;
        private static final int EXTRA = 4;
        private static final int NAME = 8;
        private static final int COMMENT = 16;
        private static final int FIXED_HEADER_BYTES = 10;
        private static final int TRAILER_BYTES = 8;

        private final ByteBuffer in;
        private final CRC32 crc = new CRC32();
        private final Inflater inflater;
        private boolean ended;

        Members(ByteBuffer in, long maxBytes) throws IOException {
            super(maxBytes);
            this.in = in;
            readHeader();
            this.inflater = new Inflater(true);
            inflater.setInput(in);
        }

        @Override int produce(byte[] target, int offset, int length) throws IOException {
            while (!ended) {
                int count = inflate(target, offset, length);
                if (count > 0) {
                    crc.update(target, offset, count);
                    return count;
                }
                if (inflater.finished()) nextMember();
                else if (inflater.needsDictionary()) throw new Malformed("gzip data asks for a preset dictionary");
                else throw new Malformed("gzip data ends too early");
            }
            return -1;
        }

        /// The inflater moves the position of `in` over what it has used, so what follows the member is found there.
        private int inflate(byte[] target, int offset, int length) throws Malformed {
            try {
                return inflater.inflate(target, offset, length);
            } catch (DataFormatException e) {
                throw new Malformed("gzip data is damaged: " + e.getMessage());
            }
        }

        /// A trailer that does not fit is an error; what follows it and is no header is padding, as gzip itself sees it.
        private void nextMember() throws IOException {
            if (in.remaining() < TRAILER_BYTES) throw new Malformed("gzip data ends within a trailer");
            if (in.getInt() != (int) crc.getValue()) throw new Malformed("gzip checksum differs");
            if (in.getInt() != (int) inflater.getBytesWritten()) throw new Malformed("gzip length differs");
            try {
                readHeader();
            } catch (Malformed padding) {
                ended = true;
                return;
            }
            crc.reset();
            inflater.reset();
            inflater.setInput(in);
        }

        private void readHeader() throws Malformed {
            int start = in.position();
            if (in.remaining() < FIXED_HEADER_BYTES) throw new Malformed("gzip data ends within a header");
            if (in.getShort() != (short) 0x8b1f) throw new Malformed("not gzip data");
            if (in.get() != 8) throw new Malformed("gzip data of an unknown compression method");
            int flags = in.get();
            in.position(start + FIXED_HEADER_BYTES);
            if ((flags & EXTRA) != 0) skip(unsignedShort());
            if ((flags & NAME) != 0) skipText();
            if ((flags & COMMENT) != 0) skipText();
            if ((flags & HEADER_CRC) != 0) checkHeaderCrc(start);
        }

        private void checkHeaderCrc(int start) throws Malformed {
            var headerCrc = new CRC32();
            headerCrc.update(in.slice(start, in.position() - start));
            if (unsignedShort() != (headerCrc.getValue() & 0xffff)) throw new Malformed("gzip header checksum differs");
        }

        private int unsignedShort() throws Malformed {
            if (in.remaining() < 2) throw new Malformed("gzip data ends within a header");
            return Short.toUnsignedInt(in.getShort());
        }

        private void skip(int count) throws Malformed {
            if (count > in.remaining()) throw new Malformed("gzip data ends within a header");
            in.position(in.position() + count);
        }

        private void skipText() throws Malformed {
            while (in.hasRemaining()) if (in.get() == 0) return;
            throw new Malformed("gzip data ends within a header");
        }

        @Override void free() {
            inflater.end();
        }
    }
}
