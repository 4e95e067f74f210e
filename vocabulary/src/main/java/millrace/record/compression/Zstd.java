package millrace.record.compression;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// Zstandard: the library's streams as they are; they bound what they allocate.
///
/// The window is bounded by the library's own default (2^27 bytes, what level 22 asks for). A hostile frame that asks for it costs
/// address space; memory is touched only as far as data comes out, and that is bounded here.
final class Zstd implements Compression {
    @Override public InputStream decompress(ByteBuffer compressed, long maxBytes) throws IOException {
        return new Frames(compressed.slice(), maxBytes);
    }

    @Override public OutputStream compress(OutputStream target, int level) throws IOException {
        return new ZstdOutputStreamNoFinalizer(target, RecyclingBufferPool.INSTANCE, level);
    }

    /// The library's least level; written out so that a look at the bounds does not load it.
    @Override public int lowestLevel() {
        return -131_072;
    }

    @Override public int highestLevel() {
        return 22;
    }

    @Override public int defaultLevel() {
        return 3;
    }

    private static final class Frames extends BoundedStream {
        private final ZstdInputStreamNoFinalizer in;

        Frames(ByteBuffer compressed, long maxBytes) throws IOException {
            super(maxBytes);
            this.in = new ZstdInputStreamNoFinalizer(new BufferStream(compressed), RecyclingBufferPool.INSTANCE);
        }

        @Override int produce(byte[] target, int offset, int length) throws IOException {
            return in.read(target, offset, length);
        }

        @Override void free() {
            try {
                in.close();
            } catch (IOException e) {
                throw new IllegalStateException("a stream over memory cannot fail to close", e);
            }
        }
    }
}
