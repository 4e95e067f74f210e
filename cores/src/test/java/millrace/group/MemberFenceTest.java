package millrace.group;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemberFenceTest {
    private final MemberFence fence = new MemberFence(2);

    @Test void whatComesLateOverAnOlderConnectionIsRefused() {
        assertThat(fence.admits("orders", "a", 5)).isTrue();
        assertThat(fence.admits("orders", "a", 5)).isTrue();
        assertThat(fence.admits("orders", "a", 8)).isTrue();
        assertThat(fence.admits("orders", "a", 5)).isFalse();
        assertThat(fence.admits("orders", "a", 6)).as("even when nothing had come over it before").isFalse();
        assertThat(fence.admits("orders", "a", 8)).isTrue();
    }

    @Test void membersDoNotDisturbEachOther() {
        assertThat(fence.admits("orders", "a", 8)).isTrue();
        assertThat(fence.admits("orders", "b", 5)).isTrue();
        assertThat(fence.admits("payments", "a", 3)).isTrue();
    }

    @Test void beyondItsBoundWhoWasSilentLongestIsForgotten() {
        fence.admits("orders", "a", 5);
        fence.admits("orders", "b", 5);
        fence.admits("orders", "a", 6);
        fence.admits("orders", "c", 5);
        assertThat(fence.admits("orders", "a", 5)).isFalse();
        assertThat(fence.admits("orders", "b", 4)).isTrue();
    }
}
