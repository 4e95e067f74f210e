package millrace.protocol;

import java.util.List;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Headers, control records and files.
class OtherDecoderFuzzTest {
    private static final DecoderFuzz FUZZ = DecoderFuzz.of((group, name) -> List.of("raft", "storage").contains(group)
        || group.equals("message") && !name.matches(".*(Request|Response)"));

    @MethodSource("seeds") @FuzzTest(maxDuration = "10s")
    void headersControlRecordsAndFiles(byte[] data) {
        FUZZ.readAndReadBack(data);
    }

    static Stream<byte[]> seeds() {
        return FUZZ.seeds();
    }
}
