package millrace.protocol;

import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the metadata log and its snapshots hold.
class MetadataRecordFuzzTest {
    private static final DecoderFuzz FUZZ = DecoderFuzz.of((group, _) -> group.equals("metadata"));

    @MethodSource("seeds") @FuzzTest(maxDuration = "10s")
    void metadataRecords(byte[] data) {
        FUZZ.readAndReadBack(data);
    }

    static Stream<byte[]> seeds() {
        return FUZZ.seeds();
    }
}
