package millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/// What the fuzz targets of decoders share: a family of messages, its seeds, and what must hold of any input. The first bytes of
/// the input choose message and version, the rest is what arrives. What can be read must be written again, and read back as the
/// same values; what cannot must end in [MalformedMessage].
///
/// @param messages the family
record DecoderFuzz(List<AllMessages.Kind> messages) {
    private static final int CHOICE_BYTES = 3;
    /// Longer inputs find nothing that shorter ones do not, and invalid UTF-8 of more than 10,000 bytes may outgrow a string when it is written again.
    private static final int MAX_INPUT_BYTES = 8_192;

    /// @param members group and name of each
    static DecoderFuzz of(BiPredicate<String, String> members) {
        return new DecoderFuzz(AllMessages.of(members));
    }

    /// @return one valid instance of each message
    Stream<byte[]> seeds() {
        return Stream.iterate(0, index -> index < messages.size(), index -> index + 1).map(index -> seed(messages.get(index), index));
    }

    void readAndReadBack(byte[] data) {
        if (data.length < CHOICE_BYTES || data.length > MAX_INPUT_BYTES) return;
        AllMessages.Kind kind = messages.get(((data[0] & 0xff) << 8 | data[1] & 0xff) % messages.size());
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

    private static byte[] seed(AllMessages.Kind kind, int index) {
        var oracle = new ApacheOracle(kind);
        byte[] message = oracle.write(oracle.random(kind.highest(), new Random(index), 0), kind.highest());
        byte[] seed = Arrays.copyOf(new byte[] {(byte) (index >> 8), (byte) index, (byte) (kind.highest() - kind.lowest())}, CHOICE_BYTES + message.length);
        System.arraycopy(message, 0, seed, CHOICE_BYTES, message.length);
        return seed;
    }
}
