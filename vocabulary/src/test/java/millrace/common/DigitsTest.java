package millrace.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;

import org.junit.jupiter.api.Test;

class DigitsTest {
    @Test void numbersHaveTheirWidth() {
        assertThat(Digits.padded(0, 20)).isEqualTo("00000000000000000000");
        assertThat(Digits.padded(1234, 10)).isEqualTo("0000001234");
        assertThat(Digits.padded(Long.MAX_VALUE, 10)).isEqualTo("9223372036854775807");
    }

    @Test void theLocaleDoesNotMatter() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(Digits.padded(42, 4)).isEqualTo("0042");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test void aNegativeNumberIsNone() {
        assertThatThrownBy(() -> Digits.padded(-1, 20)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("-1");
    }
}
