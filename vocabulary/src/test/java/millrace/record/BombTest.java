package millrace.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import millrace.protocol.ErrorCode;
import net.jpountz.xxhash.XXHashFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Little that claims to be, or becomes, a lot: refused early, and without the memory that it asks for.
class BombTest {
    private static final long LIMIT = 1 << 20;
    private static final long EXTRA_HEAP = 16 << 20;

    @BeforeAll static void librariesAreLoaded() {
        for (Codec codec : Codec.values()) PlainRecord.read(RandomBatch.of(1, codec).write());
    }

    @ParameterizedTest @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aRecordOfManyZerosIsRefusedAtTheLimit(Codec codec) {
        ByteBuffer bomb = zeros(codec, 256 << 20);
        assertThat(bomb.remaining()).isLessThan(16 << 20);
        assertRefusedCheaply(bomb);
    }

    private static ByteBuffer zeros(Codec codec, int size) {
        var out = new ByteArrayOutputStream();
        try (OutputStream compressed = codec.compression().compress(out, codec.defaultLevel())) {
            byte[] head = new byte[8];
            ByteBuffer.wrap(head).put((byte) 0xfe).put((byte) 0xff).put((byte) 0xff).put((byte) 0xff).put((byte) 0x01);
            compressed.write(head);
            byte[] zeros = new byte[1 << 20];
            for (int written = 0; written < size; written += zeros.length) compressed.write(zeros);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return batch(codec, 1, out.toByteArray());
    }

    @ParameterizedTest @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void manySmallRecordsAreRefusedAtTheLimitToo(Codec codec) throws IOException {
        var out = new ByteArrayOutputStream();
        int count = 4_000_000;
        try (OutputStream compressed = codec.compression().compress(out, codec.defaultLevel())) {
            byte[] record = {12, 0, 0, 0, 1, 1, 0};
            byte[] thousand = new byte[7_000];
            for (int i = 0; i < 1_000; i++) System.arraycopy(record, 0, thousand, i * 7, 7);
            for (int i = 0; i < count / 1_000; i++) compressed.write(thousand);
        }
        assertRefusedCheaply(batch(codec, count, out.toByteArray()));
    }

    @ParameterizedTest @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void whatFitsIsReadAndOneByteMoreIsNot(Codec codec) {
        ByteBuffer bytes = new RecordBatchBuilder().codec(codec).append(0, null, ByteBuffer.allocate(300_000)).build();
        int size = new RecordBatchBuilder().append(0, null, ByteBuffer.allocate(300_000)).build().limit() - RecordBatch.HEADER_BYTES;
        RecordBatch batch = RecordBatch.at(bytes, 0);
        try (RecordCursor cursor = batch.records(new DecodeLimits(size))) {
            assertThat(cursor.next().value().remaining()).isEqualTo(300_000);
            assertThat(cursor.hasNext()).isFalse();
        }
        assertRefusedCheaply(bytes, new DecodeLimits(size - 1));
        assertRefusedCheaply(bytes, new DecodeLimits(1));
        assertRefusedCheaply(bytes, DecodeLimits.ofSetting(size - 4));          // without its own three-byte length
        try (RecordCursor cursor = batch.records(DecodeLimits.ofSetting(size - 3))) {
            assertThat(cursor.advance()).isTrue();
            assertThat(cursor.advance()).isFalse();
        }
    }

    @Test void aLengthFieldAloneBuysNoMemory() {
        for (Codec codec : Codec.values()) {
            if (codec == Codec.NONE) continue;
            assertRefusedCheaply(compressedBatch(codec, new byte[] {(byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0e, 0, 0, 0, 1, 1, 0}), DecodeLimits.DEFAULT);
        }
    }

    private static ByteBuffer compressedBatch(Codec codec, byte[] records) {
        var out = new ByteArrayOutputStream();
        try (OutputStream compressed = codec.compression().compress(out, codec.defaultLevel())) {
            compressed.write(records);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return batch(codec, 1, out.toByteArray());
    }

    @Test void snappyMayNotClaimMoreThanSnappyCanHold() {
        byte[] claims2GB = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        assertRefusedCheaply(batch(Codec.SNAPPY, 1, claims2GB), DecodeLimits.DEFAULT);
        assertRefusedCheaply(batch(Codec.SNAPPY, 1, snappyChunk(claims2GB.length, claims2GB)), DecodeLimits.DEFAULT);
        for (int size : new int[] {Integer.MAX_VALUE, -1, Integer.MIN_VALUE, 0, 512 << 20, 21})
            assertRefusedCheaply(batch(Codec.SNAPPY, 1, snappyChunk(size, claims2GB)), DecodeLimits.DEFAULT);
    }

    private static byte[] snappyChunk(int size, byte[] data) {
        return ByteBuffer.allocate(20 + data.length).put(new byte[] {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0}).putInt(1).putInt(1).putInt(size).put(data).array();
    }

    @Test void largeLz4BlocksAreNotUnpackedBeyondTheLimit() {
        byte[] data = new byte[4 << 20];
        var compressor = net.jpountz.lz4.LZ4Factory.fastestInstance().fastCompressor();
        byte[] block = compressor.compress(data);
        ByteBuffer frame = ByteBuffer.allocate(15 + block.length).order(ByteOrder.LITTLE_ENDIAN).putInt(0x184D2204).put((byte) 0x60).put((byte) 0x70);
        frame.put((byte) (XXHashFactory.fastestInstance().hash32().hash(frame, 4, 2, 0) >> 8)).putInt(block.length).put(block).putInt(0);
        assertRefusedCheaply(batch(Codec.LZ4, 1, frame.array()), new DecodeLimits(1_000));
        for (int claim : new int[] {Integer.MAX_VALUE, -1, (4 << 20) + 1})
            assertRefusedCheaply(batch(Codec.LZ4, 1, frame.putInt(7, claim).array()), DecodeLimits.DEFAULT);
    }

    @Test void manyEmptyGzipMembersNeitherRecurseNorLast() throws IOException {
        var member = new ByteArrayOutputStream();
        new GZIPOutputStream(member).close();
        var members = new ByteArrayOutputStream();
        while (members.size() < 1 << 20) member.writeTo(members);
        assertRefusedCheaply(batch(Codec.GZIP, 1, members.toByteArray()));
    }

    /// A window of 2 GiB: more than the library takes. One of 128 MiB is what level 22 asks for, and costs nothing until data comes.
    @Test void aHugeZstdWindowIsRefusedOrCostsNothing() {
        for (int descriptor : new int[] {0xa8, 0xa9, 0x88})
            assertRefusedCheaply(batch(Codec.ZSTD, 1, new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) descriptor, 1, 0, 0}), DecodeLimits.DEFAULT);
        assertRefusedCheaply(batch(Codec.ZSTD, 1, new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, (byte) 0xe0, -1, -1, -1, -1, -1, -1, -1, 0x7f, 1, 0, 0}), DecodeLimits.DEFAULT);
    }

    @ParameterizedTest @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void hundredsOfDamagedBombsCostLittle(Codec codec) {
        ByteBuffer bomb = zeros(codec, 8 << 20);
        var random = new Random(codec.id());
        for (int round = 0; round < 100; round++) {
            ByteBuffer damaged = Kafka.copy(bomb);
            damaged.put(RecordBatch.HEADER_BYTES + random.nextInt(Math.min(64, bomb.limit() - RecordBatch.HEADER_BYTES)), (byte) random.nextInt());
            try (RecordCursor cursor = RecordBatch.at(damaged, 0).records(new DecodeLimits(100_000))) {
                while (cursor.advance()) assertThat(cursor.index()).isNotNegative();
            } catch (CorruptRecord corrupt) {
                assertThat(corrupt.error()).isEqualTo(ErrorCode.INVALID_RECORD);
            }
        }
    }

    private static ByteBuffer batch(Codec codec, int count, byte[] compressed) {
        ByteBuffer bytes = ByteBuffer.allocate(RecordBatch.HEADER_BYTES + compressed.length);
        bytes.put(0, new RecordBatchBuilder().lastOffset(count - 1).build(), 0, RecordBatch.HEADER_BYTES);
        bytes.put(RecordBatch.HEADER_BYTES, compressed);
        return bytes.putInt(RecordBatch.LENGTH_AT, bytes.limit() - RecordBatch.LOG_OVERHEAD)
                .putShort(RecordBatch.ATTRIBUTES_AT, (short) codec.id()).putInt(RecordBatch.RECORD_COUNT_AT, count);
    }

    private static void assertRefusedCheaply(ByteBuffer bytes) {
        assertRefusedCheaply(bytes, new DecodeLimits(LIMIT));
    }

    private static void assertRefusedCheaply(ByteBuffer bytes, DecodeLimits limits) {
        RecordBatch batch = RecordBatch.at(bytes, 0);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
        for (boolean reading : new boolean[] {false, true}) {
            assertThatThrownBy(() -> {
                try (RecordCursor cursor = batch.records(limits)) {
                    while (cursor.advance()) if (reading) cursor.record();
                }
            }).isInstanceOfSatisfying(CorruptRecord.class, corrupt -> assertThat(corrupt.error()).isEqualTo(ErrorCode.INVALID_RECORD));
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - allocatedBefore).as("bytes allocated").isLessThan(2 * EXTRA_HEAP);
    }
}
