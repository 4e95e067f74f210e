package millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import millrace.ports.Clock;
import org.junit.jupiter.api.Test;

class RateMeterTest {
    private final HandClock clock = new HandClock();
    private final RateMeter meter = new RateMeter(clock, "requests");

    private static final class HandClock implements Clock {
        private long nanos;

        @Override public long monotonicNanos() {
            return nanos;
        }

        @Override public long timestampMs() {
            return 0;
        }
    }

    @Test void aSteadyStreamHasTheSameRateOverAllTimes() {
        goOn(20 * 60, 7);
        assertThat(meter.count()).isEqualTo(20 * 60 * 7);
        assertThat(read(meter, "MeanRate")).isCloseTo(7, within(0.001));
        for (String each : new String[] {"OneMinuteRate", "FiveMinuteRate", "FifteenMinuteRate"}) assertThat(read(meter, each)).as(each).isCloseTo(7, within(0.001));
    }

    @Test void whenItStopsTheShortRatesFallFirst() {
        goOn(20 * 60, 100);
        goOn(60, 0);
        assertThat(read(meter, "OneMinuteRate")).isCloseTo(100 / Math.E, within(0.1));
        assertThat(read(meter, "FiveMinuteRate")).isCloseTo(100 / Math.exp(0.2), within(0.1));
        assertThat(read(meter, "FifteenMinuteRate")).isCloseTo(100 / Math.exp(1 / 15.0), within(0.1));
        assertThat(meter.count()).isEqualTo(20 * 60 * 100);
    }

    @Test void nanosecondsPerNanosecondAreAShare() {
        var idle = new RateMeter(clock, "percent", TimeUnit.NANOSECONDS);
        for (int tick = 0; tick < 12; tick++) {
            clock.nanos += TimeUnit.MILLISECONDS.toNanos(Metrics.TICK_MS);
            idle.mark(TimeUnit.MILLISECONDS.toNanos(Metrics.TICK_MS * 3 / 4));
            idle.tick();
        }
        assertThat(read(idle, "MeanRate")).isCloseTo(0.75, within(0.0001));
        assertThat(read(idle, "OneMinuteRate")).isCloseTo(0.75, within(0.0001));
    }

    @Test void beforeTimeHasPassedThereIsNoRate() {
        meter.mark(5);
        assertThat(read(meter, "MeanRate")).isZero();
    }

    private void goOn(int seconds, int perSecond) {
        for (int second = 0; second < seconds; second++) {
            clock.nanos += TimeUnit.SECONDS.toNanos(1);
            meter.mark(perSecond);
            if (second % 5 == 4) meter.tick();
        }
    }

    private static double read(Metric metric, String attribute) {
        return metric.attributes().stream().filter(each -> each.name().equals(attribute)).map(each -> (Double) each.value().get()).findFirst().orElseThrow();
    }
}
