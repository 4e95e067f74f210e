package millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class HistogramTest {
    private final Histogram histogram = new Histogram(1);

    @Test void bucketsFollowEachOtherWithoutGapAndAreASixteenthWideFromTheirMiddle() {
        for (long value = 0; value < 100_000; value++) {
            int bucket = Histogram.bucketOf(value);
            long floor = Histogram.floorOf(bucket), next = Histogram.floorOf(bucket + 1);
            assertThat(value).isBetween(floor, next - 1);
            assertThat((next - 1 - floor) / 2.0).isLessThanOrEqualTo(floor / 16.0);
        }
    }

    @Test void anEmptyOneReadsAsZero() {
        for (Attribute each : histogram.attributes()) assertThat(((Number) each.value().get()).doubleValue()).as(each.name()).isZero();
    }

    @Test void itReadsWhatAPlainComputationGives() {
        for (int i = 1; i <= 1_000; i++) histogram.record(i);
        assertThat(histogram.count()).isEqualTo(1_000);
        assertThat(histogram.mean()).isEqualTo(500.5);
        assertThat(histogram.min()).isEqualTo(1);
        assertThat(histogram.max()).isEqualTo(1_000);
        assertThat(histogram.standardDeviation()).isCloseTo(288.8, within(2.0));
        for (double share : List.of(0.5, 0.75, 0.95, 0.98, 0.99, 0.999)) assertThat(histogram.percentile(share)).isCloseTo(share * 1_000, within(share * 1_000 / 16));
    }

    @Test void valuesAreReadInTheUnitThatWasAskedFor() {
        var milliseconds = new Histogram(1_000);
        milliseconds.record(250);
        assertThat(milliseconds.max()).isEqualTo(0.25);
        assertThat(milliseconds.percentile(0.5)).isEqualTo(0.25);
    }

    @Test void whatIsOutOfBoundsCountsAtTheBound() {
        histogram.record(-5);
        histogram.record(Long.MAX_VALUE);
        assertThat(histogram.min()).isZero();
        assertThat(histogram.max()).isEqualTo((1L << 35) - 1);
    }

    @Test void percentilesFavourWhatIsNewAndCountAndMaximumDoNot() {
        for (int i = 0; i < 1_000; i++) histogram.record(8);
        for (int second = 0; second < 600; second += 5) {
            histogram.record(15);
            histogram.tick();
        }
        assertThat(histogram.percentile(0.5)).isEqualTo(15);
        assertThat(histogram.count()).isEqualTo(1_120);
        assertThat(histogram.min()).isEqualTo(8);
    }

    @Test void theWeightOfAValueHalvesIn46Seconds() {
        for (int i = 0; i < 100; i++) histogram.record(8);
        for (int tick = 0; tick < 9; tick++) {      // 45 s, in each of which something negligible has come
            histogram.record(0);
            histogram.tick();
        }
        for (int i = 0; i < 45; i++) histogram.record(15);
        assertThat(histogram.percentile(0.5)).isEqualTo(8);
        for (int i = 0; i < 15; i++) histogram.record(15);
        assertThat(histogram.percentile(0.5)).isEqualTo(15);
    }

    @Test void whileNothingComesPercentilesStay() {
        histogram.record(8);
        histogram.record(8);
        histogram.record(15);
        for (int tick = 0; tick < 100_000; tick++) histogram.tick();
        assertThat(histogram.percentile(0.5)).isEqualTo(8);
        assertThat(histogram.percentile(0.99)).isEqualTo(15);
    }
}
