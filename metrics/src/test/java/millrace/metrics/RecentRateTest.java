package millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import millrace.ports.Clock;
import org.junit.jupiter.api.Test;

class RecentRateTest {
    private long seconds = 100;
    private final Clock clock = new Clock() {
        @Override public long monotonicNanos() {
            return TimeUnit.SECONDS.toNanos(seconds);
        }

        @Override public long timestampMs() {
            return 0;
        }
    };
    private final RecentRate rate = new RecentRate(clock);

    @Test void atFirstItIsThatOfAHalfMinute() {
        rate.mark(6);
        assertThat(rate.rate()).isEqualTo(0.2);
    }

    @Test void aSteadyStreamHasItsRate() {
        for (int i = 0; i < 60; i++) second(4);
        assertThat(rate.rate()).isCloseTo(4, within(0.01));
        assertThat(rate.count()).isEqualTo(240);
    }

    @Test void whatIsOlderThanHalfAMinuteIsCountedAndHasNoRate() {
        rate.mark(1_000);
        for (int i = 0; i < 36; i++) second(0);
        assertThat(rate.rate()).isZero();
        assertThat(rate.count()).isEqualTo(1_000);
    }

    private void second(int events) {
        seconds++;
        rate.mark(events);
        if (seconds % 5 == 0) rate.tick(clock.monotonicNanos());
    }
}
