package millrace.transaction;

import static millrace.transaction.ConnectionFence.Purpose.COORDINATION;
import static millrace.transaction.ConnectionFence.Purpose.OFFSETS;
import static millrace.transaction.ConnectionFence.Purpose.RECORDS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionFenceTest {
    private final ConnectionFence fence = new ConnectionFence(2);

    @Test void whatComesLateOverAnOlderConnectionIsRefused() {
        assertThat(admits(COORDINATION, 5)).isTrue();
        assertThat(admits(COORDINATION, 8)).isTrue();
        assertThat(admits(COORDINATION, 5)).isFalse();
        assertThat(admits(COORDINATION, 6)).as("even when nothing had come over it before").isFalse();
        assertThat(admits(COORDINATION, 8)).isTrue();
    }

    @Test void oneConnectionForEverythingIsGivenUpForEverything() {
        assertThat(admits(COORDINATION, 5)).isTrue();
        assertThat(admits(RECORDS, 5)).isTrue();
        assertThat(admits(COORDINATION, 8)).isTrue();
        assertThat(admits(RECORDS, 5)).as("records that were on their way").isFalse();
        assertThat(admits(OFFSETS, 5)).isFalse();
        assertThat(admits(RECORDS, 8)).isTrue();
    }

    @Test void aClientWithAConnectionForEachPurposeIsNotDisturbed() {
        assertThat(admits(COORDINATION, 7)).isTrue();
        assertThat(admits(RECORDS, 3)).isTrue();
        assertThat(admits(OFFSETS, 4)).isTrue();
        assertThat(admits(COORDINATION, 9)).isTrue();
        assertThat(admits(RECORDS, 3)).isTrue();
        assertThat(admits(OFFSETS, 4)).isTrue();
    }

    @Test void whoUsesTwoByTurnsGetsOnByOpeningNewOnes() {
        long newest = 2;
        assertThat(admits(COORDINATION, newest)).isTrue();
        for (int turn = 0; turn < 100; turn++) {
            assertThat(admits(COORDINATION, newest - 1)).isFalse();
            assertThat(admits(COORDINATION, ++newest)).isTrue();
        }
    }

    @Test void theOwnerBeforeDoesNotDisturbTheOwnerOfNow() {
        assertThat(fence.admits(1, (short) 0, COORDINATION, 3)).isTrue();
        assertThat(fence.admits(1, (short) 1, COORDINATION, 4)).isTrue();
        assertThat(fence.admits(1, (short) 0, COORDINATION, 9)).isTrue();
        assertThat(fence.admits(1, (short) 1, COORDINATION, 4)).isTrue();
    }

    @Test void whoWasSilentLongestIsForgotten() {
        assertThat(fence.admits(1, (short) 0, COORDINATION, 5)).isTrue();
        assertThat(fence.admits(2, (short) 0, COORDINATION, 6)).isTrue();
        assertThat(fence.admits(1, (short) 0, COORDINATION, 5)).isTrue();
        assertThat(fence.admits(3, (short) 0, COORDINATION, 7)).isTrue();
        assertThat(fence.admits(1, (short) 0, COORDINATION, 4)).as("remembered").isFalse();
        assertThat(fence.admits(2, (short) 0, COORDINATION, 1)).as("forgotten").isTrue();
    }

    private boolean admits(ConnectionFence.Purpose purpose, long connection) {
        return fence.admits(1, (short) 0, purpose, connection);
    }
}
