package millrace.bindings.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemRandomnessTest {
    private static final int MANY = 10_000;

    @TempDir private Path directory;

    @Test void noTwoNumbersAreAlike() {
        assertThat(distinct(new SystemRandomness())).isEqualTo(MANY);
    }

    @Test void withoutTheDeviceTheJdkGivesThem() {
        assertThat(distinct(new SystemRandomness(directory.resolve("none")))).isEqualTo(MANY);
    }

    @Test void aDeviceThatEndsIsToldAndNothingIsMadeUp() throws Exception {
        Path shortOne = Files.write(directory.resolve("short"), new byte[10]);
        var random = new SystemRandomness(shortOne);
        assertThatThrownBy(random::nextLong).isInstanceOf(UncheckedIOException.class).hasMessageContaining("random bytes");
    }

    @Test void everyNumberBelowTheBoundComes() {
        var random = new SystemRandomness();
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < MANY; i++) seen.add(random.nextInt(7));
        assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
        assertThatThrownBy(() -> random.nextInt(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static int distinct(SystemRandomness random) {
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < MANY; i++) seen.add(random.nextLong());
        return seen.size();
    }
}
