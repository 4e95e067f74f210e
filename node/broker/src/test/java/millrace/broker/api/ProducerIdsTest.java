package millrace.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import millrace.broker.FakeController;
import millrace.coordination.ProducerIdSource.Given;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AllocateProducerIdsRequest;
import millrace.protocol.message.AllocateProducerIdsResponse;
import millrace.wire.Pending;
import org.junit.jupiter.api.Test;

class ProducerIdsTest {
    private final FakeController controller = new FakeController();
    private final ProducerIds ids = new ProducerIds(1, () -> 42, controller);

    @Test void theFirstIdAsksForABlockAndTheRestOfTheBlockAsksForNothing() {
        Pending<Given> first = ids.next();
        assertThat(controller.asked).containsExactly(new AllocateProducerIdsRequest(1, 42));
        assertThat(first.holds()).isFalse();
        controller.answers(block(1_000, 2));
        assertThat(first.get()).isEqualTo(new Given(ErrorCode.NONE, 1_000));
        assertThat(ids.next().get().producerId()).isEqualTo(1_001);
        assertThat(controller.asked).hasSize(1);
    }

    @Test void anExhaustedBlockIsFollowedByTheNext() {
        ids.next();
        controller.answers(block(0, 1));
        Pending<Given> next = ids.next();
        assertThat(next.holds()).isFalse();
        controller.answers(block(5_000, 1));
        assertThat(next.get().producerId()).isEqualTo(5_000);
    }

    @Test void whoComesMeanwhileWaitsInLineAndABlockTooSmallForAllIsFollowedByAnother() {
        List<Pending<Given>> line = IntStream.range(0, 3).mapToObj(_ -> ids.next()).toList();
        assertThat(controller.asked).as("one question for all").hasSize(1);
        controller.answers(block(10, 2));
        assertThat(line.get(2).holds()).isFalse();
        controller.answers(block(20, 2));
        assertThat(line).extracting(each -> each.get().producerId()).containsExactly(10L, 11L, 20L);
    }

    @Test void aRefusalReachesEverybodyInLineAndTheNextOneAsksAgain() {
        List<Pending<Given>> line = List.of(ids.next(), ids.next());
        controller.answers(AllocateProducerIdsResponse.builder().errorCode(ErrorCode.NOT_CONTROLLER.code()).build());
        assertThat(line).extracting(Pending::get).containsOnly(new Given(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, -1));
        ids.next();
        assertThat(controller.asked).hasSize(2);
    }

    @Test void aLineThatIsFullTurnsAwayAtOnce() {
        for (int i = 0; i < 10_000; i++) ids.next();
        assertThat(ids.next().get().error()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    }

    private static AllocateProducerIdsResponse block(long start, int length) {
        return AllocateProducerIdsResponse.builder().producerIdStart(start).producerIdLen(length).build();
    }
}
