package millrace.group;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import millrace.core.Deadlines;

/// Deadlines come out when they are due, in order, and never a moment before.
class DeadlinesTest {
    private final Deadlines<String> deadlines = new Deadlines<>();

    @Test void whatIsDueComesOutInOrder() {
        deadlines.set("b", 20);
        deadlines.set("a", 10);
        deadlines.set("c", 20);
        assertThat(deadlines.poll(9)).isNull();
        assertThat(deadlines.poll(20)).isEqualTo("a");
        assertThat(deadlines.poll(20)).isEqualTo("b");
        assertThat(deadlines.poll(20)).isEqualTo("c");
        assertThat(deadlines.poll(20)).isNull();
        assertThat(deadlines.next()).isEqualTo(Long.MAX_VALUE);
    }

    @Test void whatWasPutOffDoesNotComeOutAtItsOldTime() {
        deadlines.set("a", 10);
        deadlines.set("a", 30);
        assertThat(deadlines.next()).as("may be early, never late").isLessThanOrEqualTo(30);
        assertThat(deadlines.poll(29)).isNull();
        assertThat(deadlines.next()).isEqualTo(30);
        assertThat(deadlines.poll(30)).isEqualTo("a");
    }

    @Test void whatWasBroughtForwardComesOutEarlier() {
        deadlines.set("a", 30);
        deadlines.set("a", 10);
        assertThat(deadlines.poll(10)).isEqualTo("a");
        assertThat(deadlines.poll(30)).isNull();
    }

    @Test void whatWasClearedDoesNotComeOut() {
        deadlines.set("a", 10);
        deadlines.clear("a");
        deadlines.clear("never set");
        assertThat(deadlines.has("a")).isFalse();
        assertThat(deadlines.poll(100)).isNull();
        assertThat(deadlines.size()).isZero();
    }
}
