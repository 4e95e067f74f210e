package millrace.record.compression;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG.Bits;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyError;
import org.xerial.snappy.SnappyOutputStream;

/// Frames as other producers write them: what Kafka's decoder takes, ours takes, and what it makes of them is the same.
class ForeignFramesTest {
    private interface Frame {
        OutputStream over(OutputStream target) throws IOException;
    }

    private static byte[] data(int size) {
        var random = new Random(size);
        byte[] data = new byte[size];
        for (int i = 0; i < size; i++) data[i] = (byte) (random.nextInt(10) < 3 ? random.nextInt() : 'x');
        return data;
    }

    private static byte[] framed(byte[] data, Frame frame) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (OutputStream out = frame.over(bytes)) {
            out.write(data);
        }
        return bytes.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        var bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) bytes.writeBytes(part);
        return bytes.toByteArray();
    }

    private static byte[] ours(Compression compression, byte[] frame) throws IOException {
        ByteBuffer direct = ByteBuffer.allocateDirect(frame.length).put(frame).flip();
        byte[] fromDirect;
        try (InputStream in = compression.decompress(direct, Integer.MAX_VALUE)) {
            fromDirect = in.readAllBytes();
        }
        try (InputStream in = compression.decompress(ByteBuffer.wrap(frame), Integer.MAX_VALUE)) {
            var small = new ByteArrayOutputStream();                               // in odd little steps, to cross every boundary
            byte[] step = new byte[977];
            for (int count; (count = in.read(step)) >= 0; ) small.write(step, 0, count);
            assertThat(small.toByteArray()).isEqualTo(fromDirect);
        }
        return fromDirect;
    }

    private static byte[] kafkas(Compression compression, byte[] frame) throws IOException {
        String name = compression.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
        try (InputStream in = org.apache.kafka.common.compress.Compression.of(CompressionType.forName(name)).build()
                .wrapForInput(ByteBuffer.wrap(frame), (byte) 2, BufferSupplier.create())) {
            return in.readAllBytes();
        }
    }

    private static void sameAsKafka(Compression compression, byte[] frame, byte[] data) throws IOException {
        assertThat(kafkas(compression, frame)).isEqualTo(data);
        assertThat(ours(compression, frame)).isEqualTo(data);
    }

    private static void refusedLikeKafka(Compression compression, byte[] frame) {
        assertThatThrownBy(() -> kafkas(compression, frame)).isInstanceOfAny(Exception.class, SnappyError.class);
        assertThatThrownBy(() -> ours(compression, frame)).isInstanceOf(IOException.class);
    }

    @Test void lz4FramesOfEveryBlockSizeAndFlag() throws IOException {
        for (BLOCKSIZE blockSize : BLOCKSIZE.values()) {
            for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 300_000, 5_000_000}) {
                byte[] data = data(size);
                sameAsKafka(Compression.LZ4, framed(data, out -> new LZ4FrameOutputStream(out, blockSize, Bits.BLOCK_INDEPENDENCE)), data);
                sameAsKafka(Compression.LZ4, framed(data, out -> new LZ4FrameOutputStream(out, blockSize, size, Bits.BLOCK_INDEPENDENCE, Bits.CONTENT_CHECKSUM,
                        Bits.CONTENT_SIZE)), data);
            }
        }
    }

    @Test void lz4FramesOfKafkasOwnWriterWithBlockChecksums() throws IOException {
        byte[] data = data(200_000);
        for (boolean checksum : new boolean[] {false, true})
            sameAsKafka(Compression.LZ4, framed(data, out -> new org.apache.kafka.common.compress.Lz4BlockOutputStream(out, 4, 9, checksum, false)), data);
        byte[] damaged = framed(data, out -> new org.apache.kafka.common.compress.Lz4BlockOutputStream(out, 4, 9, true, false));
        damaged[damaged.length - 6] ^= 1;
        refusedLikeKafka(Compression.LZ4, damaged);
    }

    @Test void lz4FramesThatKafkaRefuses() throws IOException {
        byte[] good = framed(data(100), out -> new LZ4FrameOutputStream(out, BLOCKSIZE.SIZE_64KB, Bits.BLOCK_INDEPENDENCE));
        for (int flags : new int[] {0x40, 0x61, 0x62, 0x20, 0xa0}) {
            byte[] frame = good.clone();
            frame[4] = (byte) flags;
            refusedLikeKafka(Compression.LZ4, headerChecksum(frame));
        }
        for (int descriptor : new int[] {0x30, 0x41, 0xc0, 0x00}) {
            byte[] frame = good.clone();
            frame[5] = (byte) descriptor;
            refusedLikeKafka(Compression.LZ4, headerChecksum(frame));
        }
        byte[] wrongChecksum = good.clone();
        wrongChecksum[6]++;
        refusedLikeKafka(Compression.LZ4, wrongChecksum);
        refusedLikeKafka(Compression.LZ4, java.util.Arrays.copyOf(good, good.length - 4));
    }

    private static byte[] headerChecksum(byte[] frame) {
        frame[6] = (byte) (net.jpountz.xxhash.XXHashFactory.fastestInstance().hash32().hash(frame, 4, 2, 0) >> 8);
        return frame;
    }

    @Test void whatFollowsAnLz4FrameIsIgnored() throws IOException {
        byte[] frame = framed(data(100), out -> new LZ4FrameOutputStream(out, BLOCKSIZE.SIZE_64KB, Bits.BLOCK_INDEPENDENCE));
        sameAsKafka(Compression.LZ4, joined(frame, frame), data(100));
        sameAsKafka(Compression.LZ4, joined(frame, new byte[] {1, 2, 3}), data(100));
    }

    @Test void snappyInTheFramingOfTheJavaLibraryAtEveryBlockSize() throws IOException {
        for (int blockSize : new int[] {1_024, 32 * 1_024, 1 << 20}) {
            for (int size : new int[] {0, 1, 1_023, 1_024, 70_000, 3_000_000}) {
                byte[] data = data(size);
                sameAsKafka(Compression.SNAPPY, framed(data, out -> new SnappyOutputStream(out, blockSize)), data);
            }
        }
    }

    @Test void snappyAsOneBareBlock() throws IOException {
        for (int size : new int[] {1, 10, 60_000, 200_000, 3_000_000}) sameAsKafka(Compression.SNAPPY, Snappy.compress(data(size)), data(size));
        byte[] zeros = new byte[1 << 20];
        sameAsKafka(Compression.SNAPPY, Snappy.compress(zeros), zeros);
    }

    /// The header that KafkaJS and others write: xerial's, with their own version numbers, and 32 KiB chunks.
    @Test void snappyAsJavaScriptClientsFrameIt() throws IOException {
        byte[] data = data(100_000);
        var frame = new ByteArrayOutputStream();
        frame.write(new byte[] {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1});
        for (int from = 0; from < data.length; from += 32 * 1024) {
            byte[] block = Snappy.compress(java.util.Arrays.copyOfRange(data, from, Math.min(data.length, from + 32 * 1024)));
            frame.write(ByteBuffer.allocate(4).putInt(block.length).array());
            frame.write(block);
        }
        sameAsKafka(Compression.SNAPPY, frame.toByteArray(), data);
    }

    @Test void snappyStreamsOneBehindTheOtherAndCrumbsAtTheEnd() throws IOException {
        byte[] frame = framed(data(50_000), SnappyOutputStream::new);
        sameAsKafka(Compression.SNAPPY, joined(frame, frame), joined(data(50_000), data(50_000)));
        sameAsKafka(Compression.SNAPPY, joined(frame, new byte[] {0, 0, 1}), data(50_000));
        refusedLikeKafka(Compression.SNAPPY, joined(frame, new byte[] {0, 0, 1, 0}));
        refusedLikeKafka(Compression.SNAPPY, java.util.Arrays.copyOf(frame, frame.length - 1));
        byte[] oldVersion = frame.clone();
        oldVersion[11] = 0;
        sameAsKafka(Compression.SNAPPY, oldVersion, data(50_000));
        refusedLikeKafka(Compression.SNAPPY, joined(frame, oldVersion));
    }

    @Test void gzipMembersOneBehindTheOther() throws IOException {
        byte[] one = framed(data(100_000), GZIPOutputStream::new), two = framed(data(3), GZIPOutputStream::new), none = framed(new byte[0], GZIPOutputStream::new);
        sameAsKafka(Compression.GZIP, one, data(100_000));
        sameAsKafka(Compression.GZIP, joined(none, one, none, two, none), joined(data(100_000), data(3)));
        sameAsKafka(Compression.GZIP, joined(one, "padding that is no gzip header".getBytes(US_ASCII)), data(100_000));
        sameAsKafka(Compression.GZIP, joined(one, new byte[] {0x1f}), data(100_000));
        byte[] wrongCrc = one.clone();
        wrongCrc[one.length - 8]++;
        refusedLikeKafka(Compression.GZIP, wrongCrc);
        byte[] wrongLength = one.clone();
        wrongLength[one.length - 1]++;
        refusedLikeKafka(Compression.GZIP, wrongLength);
    }

    @Test void gzipHeadersWithNameCommentExtraAndChecksum() throws IOException {
        byte[] plain = framed(data(1_000), GZIPOutputStream::new);
        byte[] rest = java.util.Arrays.copyOfRange(plain, 10, plain.length);
        byte[] header = {0x1f, (byte) 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9, 'n', 0, 'c', 'c', 0};
        var crc = new java.util.zip.CRC32();
        crc.update(header);
        byte[] headerCrc = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort((short) crc.getValue()).array();
        sameAsKafka(Compression.GZIP, joined(header, headerCrc, rest), data(1_000));
        headerCrc[0]++;
        refusedLikeKafka(Compression.GZIP, joined(header, headerCrc, rest));
        for (int size = 0; size < header.length; size++) refusedLikeKafka(Compression.GZIP, java.util.Arrays.copyOf(header, size));
    }

    @Test void zstdFramesOneBehindTheOtherAndAtTheHighestLevel() throws IOException {
        byte[] one = framed(data(300_000), out -> new ZstdOutputStreamNoFinalizer(out, 22)), two = framed(data(5), ZstdOutputStreamNoFinalizer::new);
        sameAsKafka(Compression.ZSTD, one, data(300_000));
        sameAsKafka(Compression.ZSTD, joined(two, one, two), joined(data(5), data(300_000), data(5)));
        refusedLikeKafka(Compression.ZSTD, java.util.Arrays.copyOf(one, one.length - 1));
        refusedLikeKafka(Compression.ZSTD, joined(two, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
    }

    @Test void aStreamStopsAtMost64KibAfterItsLimit() throws IOException {
        byte[] zeros = new byte[8 << 20];
        for (Compression compression : new Compression[] {Compression.GZIP, Compression.SNAPPY, Compression.LZ4, Compression.ZSTD}) {
            byte[] frame = framed(zeros, out -> compression.compress(out, compression.defaultLevel()));
            for (int limit : new int[] {1, 1_000, 65_536, 1 << 20}) {
                int[] seen = {0};
                try (InputStream in = compression.decompress(ByteBuffer.wrap(frame), limit)) {
                    assertThatThrownBy(() -> {
                        byte[] step = new byte[1 << 20];
                        for (int count; (count = in.read(step)) >= 0; ) seen[0] += count;
                    }).isInstanceOf(TooMuchData.class);
                }
                assertThat(seen[0]).isLessThanOrEqualTo(limit);
            }
        }
    }
}
