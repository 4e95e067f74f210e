package millrace.record;

import static millrace.record.RecordBatchFuzzTest.readTwice;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Coverage-guided fuzzing (Jazzer) of records and of each codec. The header is sound, so that the fuzzer spends itself on what
/// is behind it. What can be read survives being written again; what cannot ends in a [CorruptRecord].
class RecordsFuzzTest {
    private static final int CHOICE_BYTES = 2;

    @MethodSource("recordBytes") @FuzzTest(maxDuration = "10s")
    void recordsBehindASoundHeader(byte[] data) {
        if (data.length < CHOICE_BYTES) return;
        int records = data.length - CHOICE_BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(RecordBatch.HEADER_BYTES + records);
        bytes.put(0, new RecordBatchBuilder().lastOffset(0).build(), 0, RecordBatch.HEADER_BYTES).put(RecordBatch.HEADER_BYTES, data, CHOICE_BYTES, records);
        bytes.putInt(RecordBatch.LENGTH_AT, bytes.limit() - RecordBatch.LOG_OVERHEAD).putShort(RecordBatch.ATTRIBUTES_AT, (short) Math.floorMod(data[0], 5))
                .putInt(RecordBatch.RECORD_COUNT_AT, data[1] & 0xff);
        try {
            List<Record> read = readTwice(RecordBatch.at(bytes, 0));
            assertThat(PlainRecord.read(written(read))).hasSameSizeAs(read);
        } catch (CorruptRecord refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }

    private static ByteBuffer written(List<Record> records) {
        var builder = new RecordBatchBuilder().lastOffset(Math.max(0, records.size() - 1));
        for (Record record : records) builder.copy(record.timestamp(), record);
        return builder.build();
    }

    static Stream<byte[]> recordBytes() {
        return Arrays.stream(Codec.values()).map(RecordsFuzzTest::recordBytes);
    }

    private static byte[] recordBytes(Codec codec) {
        ByteBuffer batch = RandomBatch.of(codec.id() + 30, codec).write();
        int records = batch.limit() - RecordBatch.HEADER_BYTES;
        byte[] data = new byte[CHOICE_BYTES + records];
        data[0] = (byte) codec.id();
        data[1] = (byte) RecordBatch.at(batch, 0).recordCount();
        batch.get(RecordBatch.HEADER_BYTES, data, CHOICE_BYTES, records);
        return data;
    }
}
