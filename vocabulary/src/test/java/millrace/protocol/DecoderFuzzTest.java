package millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Coverage-guided fuzzing (Jazzer), one target for each family of decoders. The first bytes of the input choose message and
/// version, the rest is what arrives. What can be read must be written again, and read back as the same values; what cannot must
/// end in [MalformedMessage].
///
/// In a normal test run every target gets one valid instance of each message; how to fuzz is told in this package's `package-info`.
class DecoderFuzzTest {
    private static final int CHOICE_BYTES = 3;
    /// Longer inputs find nothing that shorter ones do not, and invalid UTF-8 of more than 10,000 bytes may outgrow a string when it is written again.
    private static final int MAX_INPUT_BYTES = 8_192;

    private static final List<AllMessages.Kind> REQUESTS = family(kind -> kind.name().endsWith("Request"));
    private static final List<AllMessages.Kind> RESPONSES = family(kind -> kind.name().endsWith("Response"));
    private static final List<AllMessages.Kind> METADATA = family(kind -> kind.group().equals("metadata"));
    private static final List<AllMessages.Kind> COORDINATORS = family(kind -> List.of("group", "transaction", "share").contains(kind.group()));
    private static final List<AllMessages.Kind> OTHERS = family(kind -> List.of("raft", "storage").contains(kind.group())
        || kind.group().equals("message") && !kind.name().matches(".*(Request|Response)"));

    @MethodSource("requestSeeds") @FuzzTest(maxDuration = "10s")
    void requests(byte[] data) {
        readAndReadBack(REQUESTS, data);
    }

    @MethodSource("responseSeeds") @FuzzTest(maxDuration = "10s")
    void responses(byte[] data) {
        readAndReadBack(RESPONSES, data);
    }

    @MethodSource("metadataSeeds") @FuzzTest(maxDuration = "10s")
    void metadataRecords(byte[] data) {
        readAndReadBack(METADATA, data);
    }

    @MethodSource("coordinatorSeeds") @FuzzTest(maxDuration = "10s")
    void coordinatorRecords(byte[] data) {
        readAndReadBack(COORDINATORS, data);
    }

    @MethodSource("otherSeeds") @FuzzTest(maxDuration = "10s")
    void headersControlRecordsAndFiles(byte[] data) {
        readAndReadBack(OTHERS, data);
    }

    static Stream<byte[]> requestSeeds() {
        return seeds(REQUESTS);
    }

    static Stream<byte[]> responseSeeds() {
        return seeds(RESPONSES);
    }

    static Stream<byte[]> metadataSeeds() {
        return seeds(METADATA);
    }

    static Stream<byte[]> coordinatorSeeds() {
        return seeds(COORDINATORS);
    }

    static Stream<byte[]> otherSeeds() {
        return seeds(OTHERS);
    }

    private static void readAndReadBack(List<AllMessages.Kind> family, byte[] data) {
        if (data.length < CHOICE_BYTES || data.length > MAX_INPUT_BYTES) return;
        AllMessages.Kind kind = family.get(((data[0] & 0xff) << 8 | data[1] & 0xff) % family.size());
        short version = (short) (kind.lowest() + (data[2] & 0xff) % (kind.highest() - kind.lowest() + 1));
        Message message;
        try {
            message = kind.read(WireReader.of(ByteBuffer.wrap(data, CHOICE_BYTES, data.length - CHOICE_BYTES), kind.name(), version), version);
        } catch (MalformedMessage refused) {
            return;
        }
        ByteBuffer written = message.toBytes(version);
        Message back = kind.read(written, version);
        assertThat(back).as("%s version %d", kind, version).isEqualTo(message);
        assertThat(back.toBytes(version)).as("%s version %d", kind, version).isEqualTo(written);
    }

    private static Stream<byte[]> seeds(List<AllMessages.Kind> family) {
        return Stream.iterate(0, index -> index < family.size(), index -> index + 1).map(index -> seed(family.get(index), index));
    }

    private static byte[] seed(AllMessages.Kind kind, int index) {
        var oracle = new ApacheOracle(kind);
        byte[] message = oracle.write(oracle.random(kind.highest(), new Random(index), 0), kind.highest());
        byte[] seed = Arrays.copyOf(new byte[] {(byte) (index >> 8), (byte) index, (byte) (kind.highest() - kind.lowest())}, CHOICE_BYTES + message.length);
        System.arraycopy(message, 0, seed, CHOICE_BYTES, message.length);
        return seed;
    }

    private static List<AllMessages.Kind> family(Predicate<AllMessages.Kind> members) {
        return AllMessages.all().stream().filter(members).toList();
    }
}
