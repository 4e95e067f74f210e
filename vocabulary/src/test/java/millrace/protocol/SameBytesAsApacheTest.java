package millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// For every message and every version: what Apache Kafka's own generated classes write, we write, byte for byte, and what they
/// refuse, we refuse; and what they wrote we read back as the same values.
///
/// The seed of an instance follows from message, version and round, so a failure repeats itself; `-Dprotocol.rounds=1000` looks longer.
class SameBytesAsApacheTest {
    private static final int ROUNDS = Integer.getInteger("protocol.rounds", 25);
    /// 286 schemas, of which the eight of the removed APIs 4 to 7 have no valid version.
    private static final int MESSAGES = 278;

    static List<AllMessages.Kind> messages() {
        return AllMessages.all();
    }

    @Test void everySchemaIsThere() {
        assertThat(AllMessages.all()).hasSize(MESSAGES);
    }

    @ParameterizedTest @MethodSource("messages")
    void everyVersionIsTheSame(AllMessages.Kind kind) {
        var oracle = new ApacheOracle(kind);
        kind.versions().forEach(version -> {
            for (int round = 0; round < ROUNDS; round++) compare(kind, oracle, (short) version, round);
        });
    }

    private static void compare(AllMessages.Kind kind, ApacheOracle oracle, short version, int round) {
        var random = new Random(kind.name().hashCode() * 31L + version * 1_000L + round);
        Object apache = oracle.random(version, random, round % 3 == 2 ? 0.2 : 0);
        Message ours = oracle.ours(apache);
        byte[] expected = oracle.write(apache, version);
        String context = kind + " version " + version + " round " + round + ": " + apache;
        if (expected == null) {
            assertThatExceptionOfType(UnsupportedField.class).as(context).isThrownBy(() -> ours.toBytes(version));
            return;
        }
        assertThat(ours.toBytes(version).array()).as(context).isEqualTo(expected);
        assertThat(ours.size(version)).as(context).isEqualTo(expected.length);
        Message back = kind.read(ByteBuffer.wrap(expected), version);
        assertThat(back).as(context).isEqualTo(oracle.ours(oracle.read(expected, version)));
        assertThat(back.toBytes(version).array()).as(context).isEqualTo(expected);
        assertThat(kind.read(direct(expected), version)).as(context).isEqualTo(back);
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length + 3).put(new byte[3]).put(bytes).position(3);
    }
}
