package millrace.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UuidTest {
    @Test void textAndOrderAreKafkas() {
        var random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            var a = new Uuid(random.nextLong(), random.nextLong());
            var b = new Uuid(i % 2 == 0 ? a.mostSignificantBits() : random.nextLong(), random.nextLong());
            assertThat(a).hasToString(apache(a).toString()).isEqualTo(Uuid.parse(a.toString()));
            assertThat(a.compareTo(b)).isEqualTo(apache(a).compareTo(apache(b)));
        }
    }

    @Test void theReservedIdsLookAsInKafka() {
        assertThat(Uuid.ZERO).hasToString("AAAAAAAAAAAAAAAAAAAAAA");
        assertThat(Uuid.METADATA_TOPIC).hasToString("AAAAAAAAAAAAAAAAAAAAAQ");
        assertThat(Uuid.METADATA_TOPIC.isReserved()).isTrue();
        assertThat(new Uuid(0, 100).isReserved()).isFalse();
    }

    @ParameterizedTest @ValueSource(strings = {"", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAA/AAAAAAAAAA", "00000000-0000-0000-0000"})
    void whatIsNoIdIsRefusedWithTheFormThatWasExpected(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Uuid.parse(text)).withMessageContaining("22 characters of URL-safe base64");
    }

    private static org.apache.kafka.common.Uuid apache(Uuid id) {
        return new org.apache.kafka.common.Uuid(id.mostSignificantBits(), id.leastSignificantBits());
    }
}
