package millrace.protocol;

import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a node reads of other nodes.
class ResponseFuzzTest {
    private static final DecoderFuzz FUZZ = DecoderFuzz.of((_, name) -> name.endsWith("Response"));

    @MethodSource("seeds") @FuzzTest(maxDuration = "10s")
    void responses(byte[] data) {
        FUZZ.readAndReadBack(data);
    }

    static Stream<byte[]> seeds() {
        return FUZZ.seeds();
    }
}
