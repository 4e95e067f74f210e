package millrace.storage.scrub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import millrace.common.TopicPartition;
import millrace.storage.scrub.ScrubPlan.Segment;
import org.junit.jupiter.api.Test;

class ScrubPlanTest {
    private static final List<Segment> SEGMENTS = List.of(segment("a", 0), segment("a", 100), segment("b", 0));
    private final ScrubPlan plan = new ScrubPlan();

    private static Segment segment(String topic, long baseOffset) {
        return new Segment(new TopicPartition(topic, 0), baseOffset);
    }

    private Optional<Segment> next(long nowMs) {
        return plan.next(reached -> SEGMENTS.stream().skip(reached == null ? 0 : SEGMENTS.indexOf(reached) + 1L).findFirst(), nowMs, 10_000);
    }

    @Test void aPassGoesOverEverySegmentInOrderAndThenRests() {
        assertThat(next(0)).contains(segment("a", 0));
        assertThat(next(1)).contains(segment("a", 100));
        assertThat(next(2)).contains(segment("b", 0));
        assertThat(next(3)).isEmpty();
        assertThat(next(9_999)).isEmpty();
        assertThat(next(10_000)).contains(segment("a", 0));
    }

    @Test void noMoreIsReadThanTheRateAllows() {
        assertThat(plan.credit(0, 1_000)).isEqualTo(1_000);
        plan.spent(1_500);
        assertThat(plan.credit(100, 1_000)).isZero();
        assertThat(plan.credit(700, 1_000)).isEqualTo(200);
        assertThat(plan.credit(60_000, 1_000)).as("what was not used is not saved up").isEqualTo(1_000);
        assertThat(plan.credit(61_000, 0)).isZero();
    }
}
