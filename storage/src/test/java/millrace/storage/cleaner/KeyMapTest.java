package millrace.storage.cleaner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyMapTest {
    private static ByteBuffer key(Object of) {
        return ByteBuffer.wrap(("key-" + of).getBytes(UTF_8));
    }

    @Test void tellsTheLastOffsetOfEveryKeyAsAnOrdinaryMapDoes() {
        var random = new Random(3);
        var expected = new HashMap<Integer, Long>();
        try (var map = new KeyMap(24 * 4_000, 0.9, 1_000_000, new KeyHash(1, 2))) {
            for (long offset = 0; offset < 20_000; offset++) {
                int key = random.nextInt(3_000);
                map.put(key(key), offset);
                expected.put(key, offset);
            }
            for (int key = 0; key < 3_500; key++) assertThat(map.get(key(key))).isEqualTo(expected.getOrDefault(key, KeyMap.NOT_FOUND));
            assertThat(map.keys()).isEqualTo(expected.size());
            assertThat(map.latestOffset()).isEqualTo(19_999);
        }
    }

    @Test void takesNoMoreMemoryThanItIsGivenAndNoMoreThanTheKeysNeed() {
        try (var small = new KeyMap(24 * 100, 0.9, 1_000_000, new KeyHash(1, 2)); var needed = new KeyMap(1L << 40, 0.5, 99, new KeyHash(1, 2))) {
            assertThat(small.bytes()).isEqualTo(2_400);
            assertThat(needed.bytes()).isEqualTo(24 * 200);
            for (int i = 0; !small.isFull(); i++) small.put(key(i), i);
            assertThat(small.keys()).isEqualTo(90);
            assertThat(small.get(key("absent"))).isEqualTo(KeyMap.NOT_FOUND);
        }
    }

    @Test void holdsAKeyHoweverSmallItIs() {
        try (var least = new KeyMap(0, 7.5, 0, new KeyHash(1, 2))) {
            assertThat(least.isFull()).isFalse();
            least.put(key(1), 5);
            assertThat(least.isFull()).isTrue();
            assertThat(least.get(key(1))).isEqualTo(5);
        }
    }
}
