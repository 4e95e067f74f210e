package millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

class RequestMemoryTest {
    private final RequestMemory memory = RequestMemory.undivided(64 << 10);
    private final List<String> granted = new ArrayList<>();

    @Test void buffersHaveTheSizeAskedForAndComeBack() {
        RequestMemory.Lease lease = memory.take(5_001, null);
        assertThat(lease.buffer().remaining()).isEqualTo(5_001);
        assertThat(lease.buffer().capacity()).isEqualTo(5 << 10);
        assertThat(memory.usedBytes()).isEqualTo(5 << 10);
        lease.buffer().put((byte) 1);
        var first = lease.buffer();
        lease.giveBack();
        assertThat(memory.usedBytes()).isZero();
        RequestMemory.Lease again = memory.take(5_100, null);
        assertThat(again.buffer()).isSameAs(first);
        assertThat(again.buffer().position()).isZero();
    }

    @Test void atMostAFifthOfABufferIsEmptyAboveTheSmallest() {
        for (int wanted = 1; wanted < 40 << 20; wanted += 1 + wanted / 37) {
            int capacity = RequestMemory.capacityFor(wanted);
            assertThat(capacity).isGreaterThanOrEqualTo(wanted);
            if (wanted > RequestMemory.SMALLEST_BYTES) assertThat(capacity - wanted).as("%d", wanted).isLessThanOrEqualTo(capacity / 5);
        }
    }

    @Test void whoAsksWhenItIsFullWaitsItsTurn() {
        RequestMemory.Lease all = memory.take(64 << 10, null);
        RequestMemory.Lease overdraft = memory.take(32 << 10, null);
        assertThat(memory.take(20 << 10, lease -> granted.add("first"))).isNull();
        assertThat(memory.take(4 << 10, lease -> granted.add("second"))).isNull();
        overdraft.giveBack();
        assertThat(granted).containsExactly("first");
        all.giveBack();
        assertThat(granted).containsExactly("first", "second");
        assertThat(memory.usedBytes()).isEqualTo(24 << 10);
    }

    @Test void onlyOneLeaseOverdrawsAtATime() {
        memory.take(60 << 10, null);
        assertThat(memory.take(60 << 10, lease -> granted.add("never"))).isNotNull();
        assertThat(memory.take(1, lease -> granted.add("waits"))).isNull();
        assertThat(memory.usedBytes()).isLessThanOrEqualTo(128 << 10);
        assertThat(granted).isEmpty();
    }

    @Test void whoIsForgottenGetsNothing() {
        RequestMemory.Lease all = memory.take(64 << 10, null);
        RequestMemory.Lease overdraft = memory.take(4 << 10, null);
        RequestMemory.Waiter waiter = lease -> granted.add("forgotten");
        memory.take(4 << 10, waiter);
        assertThat(memory.forget(waiter)).isTrue();
        assertThat(memory.forget(waiter)).isFalse();
        all.giveBack();
        overdraft.giveBack();
        assertThat(granted).isEmpty();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test void largeFramesKeepNobodysSmallerOnesWaiting() {
        var divided = new RequestMemory(16 << 20);
        RequestMemory.Lease first = divided.take(6 << 20, null);
        RequestMemory.Lease overdraft = divided.take(6 << 20, null);
        assertThat(divided.take(6 << 20, lease -> granted.add("large"))).isNull();
        assertThat(first.isWanted()).isTrue();
        RequestMemory.Lease small = divided.take(256 << 10, null);
        assertThat(small).isNotNull();
        assertThat(small.isWanted()).isFalse();
        assertThat(divided.usedBytes()).isEqualTo((12 << 20) + (256 << 10));
        overdraft.giveBack();
        assertThat(granted).containsExactly("large");
        RequestMemory.Waiter waiter = lease -> granted.add("forgotten");
        divided.take(6 << 20, waiter);
        assertThat(divided.forget(waiter)).isTrue();
    }

    @Test void givingBackTwiceIsAMistake() {
        RequestMemory.Lease lease = memory.take(1, null);
        lease.giveBack();
        assertThatThrownBy(lease::giveBack).isInstanceOf(IllegalStateException.class);
    }
}
