package millrace.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import millrace.broker.FakeController;
import millrace.broker.api.ProducerIds.Allocation;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AllocateProducerIdsRequest;
import millrace.protocol.message.AllocateProducerIdsResponse;
import millrace.wire.Pending;
import org.junit.jupiter.api.Test;

class ProducerIdsTest {
    private final FakeController controller = new FakeController();
    private final ProducerIds ids = new ProducerIds(1, () -> 42, controller);

    @Test void theFirstIdAsksForABlockAndTheRestOfTheBlockAsksForNothing() {
        Pending<Allocation> first = ids.allocate();
        assertThat(controller.asked).containsExactly(new AllocateProducerIdsRequest(1, 42));
        assertThat(first.holds()).isFalse();
        controller.answers(block(1_000, 2));
        assertThat(first.get()).isEqualTo(new Allocation(ErrorCode.NONE, 1_000));
        assertThat(ids.allocate().get().producerId()).isEqualTo(1_001);
        assertThat(controller.asked).hasSize(1);
    }

    @Test void anExhaustedBlockIsFollowedByTheNext() {
        ids.allocate();
        controller.answers(block(0, 1));
        Pending<Allocation> next = ids.allocate();
        assertThat(next.holds()).isFalse();
        controller.answers(block(5_000, 1));
        assertThat(next.get().producerId()).isEqualTo(5_000);
    }

    @Test void whoComesMeanwhileWaitsInLineAndABlockTooSmallForAllIsFollowedByAnother() {
        List<Pending<Allocation>> line = IntStream.range(0, 3).mapToObj(_ -> ids.allocate()).toList();
        assertThat(controller.asked).as("one question for all").hasSize(1);
        controller.answers(block(10, 2));
        assertThat(line.get(2).holds()).isFalse();
        controller.answers(block(20, 2));
        assertThat(line).extracting(each -> each.get().producerId()).containsExactly(10L, 11L, 20L);
    }

    @Test void aRefusalReachesEverybodyInLineAndTheNextOneAsksAgain() {
        List<Pending<Allocation>> line = List.of(ids.allocate(), ids.allocate());
        controller.answers(AllocateProducerIdsResponse.builder().errorCode(ErrorCode.NOT_CONTROLLER.code()).build());
        assertThat(line).extracting(Pending::get).containsOnly(new Allocation(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, -1));
        ids.allocate();
        assertThat(controller.asked).hasSize(2);
    }

    @Test void aLineThatIsFullTurnsAwayAtOnce() {
        for (int i = 0; i < 10_000; i++) ids.allocate();
        assertThat(ids.allocate().get().error()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    }

    private static AllocateProducerIdsResponse block(long start, int length) {
        return AllocateProducerIdsResponse.builder().producerIdStart(start).producerIdLen(length).build();
    }
}
