package millrace.protocol;

import java.util.List;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the coordinators' internal topics hold.
class CoordinatorRecordFuzzTest {
    private static final DecoderFuzz FUZZ = DecoderFuzz.of((group, _) -> List.of("group", "transaction", "share").contains(group));

    @MethodSource("seeds") @FuzzTest(maxDuration = "10s")
    void coordinatorRecords(byte[] data) {
        FUZZ.readAndReadBack(data);
    }

    static Stream<byte[]> seeds() {
        return FUZZ.seeds();
    }
}
