package millrace.transaction;

import static millrace.transaction.ConnectionFence.Purpose.COORDINATION;
import static millrace.transaction.ConnectionFence.Purpose.RECORDS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionFenceTest {
    private static final String ID = "orders";

    private final ConnectionFence fence = new ConnectionFence(2);

    @Test void whatComesLateOverAnOlderConnectionIsRefused() {
        fence.begins(ID, 5);
        assertThat(fence.admits(ID, COORDINATION, 5)).isTrue();
        assertThat(fence.admits(ID, COORDINATION, 8)).isTrue();
        assertThat(fence.admits(ID, COORDINATION, 5)).isFalse();
        assertThat(fence.admits(ID, COORDINATION, 6)).as("even when nothing had come over it before").isFalse();
        assertThat(fence.admits(ID, COORDINATION, 8)).isTrue();
    }

    @Test void oneConnectionForCoordinatorAndRecordsIsGivenUpForBoth() {
        fence.begins(ID, 5);
        assertThat(fence.admits(ID, RECORDS, 5)).isTrue();
        assertThat(fence.admits(ID, COORDINATION, 8)).isTrue();
        assertThat(fence.admits(ID, RECORDS, 5)).as("records that were on their way").isFalse();
        assertThat(fence.admits(ID, RECORDS, 8)).isTrue();
    }

    @Test void aClientWithAConnectionForEachPurposeIsNotDisturbed() {
        fence.begins(ID, 7);
        assertThat(fence.admits(ID, RECORDS, 3)).isTrue();
        assertThat(fence.admits(ID, COORDINATION, 7)).isTrue();
        assertThat(fence.admits(ID, COORDINATION, 9)).isTrue();
        assertThat(fence.admits(ID, RECORDS, 3)).isTrue();
    }

    @Test void whoUsesTwoByTurnsGetsOnByOpeningNewOnes() {
        fence.begins(ID, 1);
        long newest = 2;
        assertThat(fence.admits(ID, COORDINATION, newest)).isTrue();
        for (int turn = 0; turn < 100; turn++) {
            assertThat(fence.admits(ID, COORDINATION, newest - 1)).isFalse();
            assertThat(fence.admits(ID, COORDINATION, ++newest)).isTrue();
        }
    }

    @Test void aProducerThatBeginsAnewMayDoSoOverAnyConnection() {
        fence.begins(ID, 9);
        fence.begins(ID, 4);
        assertThat(fence.admits(ID, COORDINATION, 4)).isTrue();
    }

    @Test void transactionalIdsDoNotDisturbEachOtherAndTheSilentOneIsForgotten() {
        fence.begins("a", 5);
        fence.begins("b", 6);
        assertThat(fence.admits("a", COORDINATION, 5)).isTrue();
        fence.begins("c", 7);
        assertThat(fence.admits("b", COORDINATION, 1)).as("forgotten").isTrue();
        assertThat(fence.admits("c", COORDINATION, 1)).isFalse();
    }
}
