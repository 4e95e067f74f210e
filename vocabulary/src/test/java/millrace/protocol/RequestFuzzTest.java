package millrace.protocol;

import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What clients send.
class RequestFuzzTest {
    private static final DecoderFuzz FUZZ = DecoderFuzz.of((_, name) -> name.endsWith("Request"));

    @MethodSource("seeds") @FuzzTest(maxDuration = "10s")
    void requests(byte[] data) {
        FUZZ.readAndReadBack(data);
    }

    static Stream<byte[]> seeds() {
        return FUZZ.seeds();
    }
}
