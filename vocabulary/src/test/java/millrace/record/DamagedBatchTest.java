package millrace.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import millrace.protocol.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.SnappyError;

/// Every byte of a batch turned into something else, with and without the CRC put right: what comes out are records or a
/// [CorruptRecord], never another exception; and Kafka takes the same ones.
class DamagedBatchTest {
    private static final DecodeLimits LIMITS = new DecodeLimits(1 << 20);

    private static ByteBuffer batch(Codec codec) {
        var builder = new RecordBatchBuilder().codec(codec).producer(5, (short) 1, 9);
        for (int i = 0; i < 6; i++)
            builder.append(1_700_000_000_000L + i * 77, ByteBuffer.wrap(("key-" + i).getBytes()), i == 3 ? null : ByteBuffer.wrap("some value, some value, some value".getBytes()),
                    i % 2 == 0 ? List.of() : List.of(new Header("trace", ByteBuffer.wrap(new byte[] {1, 2, 3})), new Header("none", null)));
        return builder.build();
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void noDamagedByteGoesUnnoticedByTheChecksum(Codec codec) {
        ByteBuffer bytes = batch(codec);
        for (int at = 17; at < bytes.limit(); at++) {
            byte kept = bytes.get(at);
            for (int bit = 0; bit < 8; bit++) {
                bytes.put(at, (byte) (kept ^ 1 << bit));
                assertThat(RecordBatch.at(bytes, 0).crcMatches()).isFalse();
            }
            bytes.put(at, kept);
        }
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void whatTheChecksumDoesNotCatchIsReadAsKafkaReadsItOrRefused(Codec codec) {
        ByteBuffer bytes = batch(codec);
        int taken = 0;
        for (int at = RecordBatch.ATTRIBUTES_AT; at < bytes.limit(); at++) {
            byte kept = bytes.get(at);
            for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff, kept ^ 1, kept ^ 2, kept ^ 0x10, kept ^ 0x80, kept + 1, kept - 1}) {
                bytes.put(at, (byte) value);
                bytes.putInt(RecordBatch.CRC_AT, (int) RecordBatch.crcOf(bytes));
                Object ours = ours(bytes);
                if (ours instanceof List) taken++;
                assertThat(ours).as("byte %s = %s", at, value).isEqualTo(kafkas(bytes));
            }
            bytes.put(at, kept);
        }
        assertThat(taken).isPositive();
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void aBatchCutShortIsRefused(Codec codec) {
        ByteBuffer whole = batch(codec);
        int least = codec == Codec.GZIP ? 8 : 1;
        for (int cut = least; cut < whole.limit() - RecordBatch.HEADER_BYTES; cut++) {
            ByteBuffer bytes = Kafka.copy(whole.slice(0, whole.limit() - cut));
            bytes.putInt(RecordBatch.LENGTH_AT, bytes.limit() - RecordBatch.LOG_OVERHEAD);
            bytes.putInt(RecordBatch.CRC_AT, (int) RecordBatch.crcOf(bytes));
            assertThat(ours(bytes)).as("without the last %s bytes", cut).isEqualTo("refused");
        }
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void noiseIsRefusedAndNothingElseHappens(Codec codec) {
        var random = new Random(42);
        for (int round = 0; round < 1_000; round++) {
            ByteBuffer bytes = batch(codec);
            for (int hits = 1 + random.nextInt(8); hits > 0; hits--)
                bytes.put(RecordBatch.HEADER_BYTES + random.nextInt(bytes.limit() - RecordBatch.HEADER_BYTES), (byte) random.nextInt());
            ours(bytes);
        }
    }

    private static Object ours(ByteBuffer bytes) {
        Object read;
        try (RecordCursor cursor = RecordBatch.at(bytes, 0).records(LIMITS)) {
            var all = new java.util.ArrayList<PlainRecord>();
            cursor.forEachRemaining(record -> all.add(PlainRecord.of(record)));
            read = all;
        } catch (CorruptRecord corrupt) {
            read = "refused";
        }
        assertThat(advanced(bytes)).as("advancing agrees with reading").isEqualTo(read instanceof List);
        return read;
    }

    private static boolean advanced(ByteBuffer bytes) {
        try (RecordCursor cursor = RecordBatch.at(bytes, 0).records(LIMITS)) {
            while (cursor.advance()) assertThat(cursor.index()).isNotNegative();
            return true;
        } catch (CorruptRecord corrupt) {
            return false;
        }
    }

    private static Object kafkas(ByteBuffer bytes) {
        try {
            return Kafka.read(bytes);
        } catch (RuntimeException | SnappyError refused) {
            return "refused";
        }
    }

    private static void refused(ByteBuffer records, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(RecordBatch.HEADER_BYTES + records.remaining());
        bytes.put(0, new RecordBatchBuilder().lastOffset(Math.max(0, count - 1)).build(), 0, RecordBatch.HEADER_BYTES);
        bytes.put(RecordBatch.HEADER_BYTES, records, 0, records.remaining());
        bytes.putInt(RecordBatch.LENGTH_AT, bytes.limit() - RecordBatch.LOG_OVERHEAD).putInt(RecordBatch.RECORD_COUNT_AT, count);
        assertThatThrownBy(() -> PlainRecord.read(bytes)).isInstanceOfSatisfying(CorruptRecord.class, corrupt -> assertThat(corrupt.error()).isEqualTo(ErrorCode.INVALID_RECORD));
        assertThat(advanced(bytes)).isFalse();
    }

    @Test void claimsThatTheBytesDoNotJustifyAreRefused() {
        refused(claim(Integer.MAX_VALUE), 1);                                                     // record length
        refused(claim(-1), 1);
        refused(claim(40, 0, 0, 0, Integer.MAX_VALUE), 1);                                        // key length
        refused(claim(8, 0, 0, 0, -1, Integer.MAX_VALUE), 1);                                     // value length
        refused(claim(8, 0, 0, 0, -1, -1, Integer.MAX_VALUE), 1);                                 // header count
        refused(claim(8, 0, 0, 0, -1, -1, -1), 1);
        refused(claim(9, 0, 0, 0, -1, -1, 1, -1), 1);                                             // a header without a key
        refused(claim(6, 0, 0, 0, -1, -1, 0), Integer.MAX_VALUE);                                 // record count
        refused(claim(6, 0, 0, 0, -1, -1, 0), -1);
        refused(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1, -1, -1, -1}), 1);                     // a varint without end
        refused(ByteBuffer.wrap(new byte[] {40, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}), 1);
    }

    /// A record's numbers: length, attributes, timestamp delta, offset delta, key length, value length, header count ...
    private static ByteBuffer claim(int... numbers) {
        var bytes = new GrowingBytes(16);
        for (int i = 0; i < numbers.length; i++) {
            if (i == 1) bytes.write(numbers[i]);
            else bytes.varint(numbers[i]);
        }
        return bytes.written();
    }
}
