package millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

class DeadlineWheelTest {
    private static final int TICK_MS = 2;

    private final FakeLoop loop = new FakeLoop();
    private final DeadlineWheel wheel = new DeadlineWheel(loop, loop, TICK_MS);
    private final List<Deadline> expired = new ArrayList<>();

    private final class Deadline extends DeadlineWheel.Entry {
        final long ms;

        Deadline(long ms) {
            this.ms = ms;
            wheel.set(this, ms);
        }

        @Override void expired(long nowMs) {
            assertThat(nowMs).as("never early").isGreaterThanOrEqualTo(ms);
            expired.add(this);
        }
    }

    @Test void aDeadlinePassesOnceAndNeverEarly() {
        new Deadline(loop.monotonicMs() + 501);
        loop.advance(500);
        assertThat(expired).isEmpty();
        loop.advance(1 + TICK_MS);
        assertThat(expired).hasSize(1);
        loop.advance(10_000);
        assertThat(expired).hasSize(1);
        assertThat(loop.timers()).isZero();
    }

    @Test void oneThatHasPassedAlreadyComesSoon() {
        new Deadline(loop.monotonicMs() - 100);
        assertThat(expired).isEmpty();
        loop.advance(2 * TICK_MS);
        assertThat(expired).hasSize(1);
    }

    @Test void manyWaitsThatAreTakenBackNeedNoTimersOfTheirOwn() {
        for (int i = 0; i < 10_000; i++) {
            var deadline = new Deadline(loop.monotonicMs() + 500);
            loop.advance(1);
            wheel.clear(deadline);
        }
        assertThat(expired).isEmpty();
        assertThat(loop.timersSet).isLessThan(200);
        loop.advance(2_000);
        assertThat(loop.timers()).isZero();
    }

    @Test void whateverIsSetAndTakenBackTheRestPassesInTime() {
        for (int seed = 0; seed < 50; seed++) {
            var random = new Random(seed);
            var live = new ArrayList<Deadline>();
            expired.clear();
            for (int step = 0; step < 400; step++) {
                long nowMs = loop.monotonicMs();
                switch (random.nextInt(4)) {
                    case 0, 1 -> live.add(new Deadline(nowMs + random.nextInt(random.nextBoolean() ? 20 : 5_000)));
                    case 2 -> {
                        if (!live.isEmpty()) wheel.clear(live.remove(random.nextInt(live.size())));
                    }
                    default -> loop.advance(random.nextInt(random.nextInt(10) == 0 ? 3_000 : 10));
                }
                live.removeAll(expired);
                for (Deadline each : live) assertThat(each.ms).as("seed %d", seed).isGreaterThan(loop.monotonicMs() - 2 * TICK_MS);
            }
            loop.advance(6_000);
            live.removeAll(expired);
            assertThat(live).isEmpty();
            assertThat(wheel.size()).isZero();
        }
    }
}
