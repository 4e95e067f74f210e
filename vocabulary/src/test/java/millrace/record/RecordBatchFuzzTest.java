package millrace.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Coverage-guided fuzzing (Jazzer) of whole batches. What can be read is read alike in both ways; what cannot ends in a
/// [CorruptRecord]. A normal test run replays the seeds; how to fuzz is told in the `package-info` of `millrace.protocol`'s tests.
class RecordBatchFuzzTest {
    private static final DecodeLimits LIMITS = new DecodeLimits(1 << 20);

    @MethodSource("batches") @FuzzTest(maxDuration = "10s")
    void batchesAsTheyArrive(byte[] data) {
        try {
            for (RecordBatch batch : RecordBatches.of(ByteBuffer.wrap(data))) {
                assertThat(batch.toString()).isNotEmpty();
                readTwice(batch);
            }
        } catch (CorruptRecord refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }

    static List<Record> readTwice(RecordBatch batch) {
        var records = new ArrayList<Record>();
        CorruptRecord refused = null;
        try (RecordCursor cursor = batch.records(LIMITS)) {
            cursor.forEachRemaining(records::add);
        } catch (CorruptRecord e) {
            refused = e;
        }
        int advanced = 0;
        try (RecordCursor cursor = batch.records(LIMITS)) {
            while (cursor.advance()) advanced++;
            assertThat(refused).isNull();
            assertThat(advanced).isEqualTo(records.size());
        } catch (CorruptRecord e) {
            assertThat(refused).isNotNull();
        }
        if (refused != null) throw refused;
        return records;
    }

    static Stream<byte[]> batches() {
        return Arrays.stream(Codec.values()).map(codec -> RandomBatch.of(codec.id() + 30, codec).write()).map(Kafka::bytes);
    }
}
