package millrace.broker.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.broker.FakeController;
import millrace.broker.metadata.AutoTopicCreation.InternalTopic;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.CreateTopicsRequest;
import millrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import millrace.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import millrace.protocol.message.CreateTopicsResponse;
import millrace.protocol.message.CreateTopicsResponse.CreatableTopicResult;
import millrace.wire.Pending;
import org.junit.jupiter.api.Test;

class AutoTopicCreationTest {
    private final FakeController controller = new FakeController();
    private final AutoTopicCreation creation = new AutoTopicCreation(true, AutoTopicCreationTest::internal, controller);

    @Test void aTopicIsCreatedWithTheClustersDefaults() {
        Pending<ErrorCode> created = create("orders");
        CreatableTopic asked = topicAsked();
        assertThat(asked.numPartitions()).isEqualTo(-1);
        assertThat(asked.replicationFactor()).isEqualTo((short) -1);
        assertThat(created.holds()).isFalse();
        controller.answers(answer(ErrorCode.NONE));
        assertThat(created.get()).isEqualTo(ErrorCode.NONE);
    }

    @Test void anInternalTopicHasSettingsOfItsOwn() {
        create("__consumer_offsets");
        assertThat(topicAsked().numPartitions()).isEqualTo(50);
        assertThat(topicAsked().configs()).containsExactly(new CreatableTopicConfig("cleanup.policy", "compact"));
    }

    @Test void everybodyWaitsForTheSameAnswerAndAfterItTheTopicIsAskedForAnew() {
        Pending<ErrorCode> first = create("orders");
        assertThat(create("orders")).isSameAs(first);
        controller.answers(answer(ErrorCode.INVALID_REPLICATION_FACTOR));
        assertThat(first.get()).isEqualTo(ErrorCode.INVALID_REPLICATION_FACTOR);
        create("orders");
        assertThat(controller.asked).hasSize(2);
    }

    @Test void anAnswerThatNamesNoTopicLetsTheClientAskAgain() {
        Pending<ErrorCode> created = create("orders");
        controller.answers(CreateTopicsResponse.builder().topics(List.of()).build());
        assertThat(created.get()).isEqualTo(ErrorCode.LEADER_NOT_AVAILABLE);
    }

    @Test void anIllegalNameNeverReachesTheController() {
        for (String name : List.of("", ".", "..", "a/b", "ä", "x".repeat(250))) assertThat(create(name).get()).as(name).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(controller.asked).isEmpty();
        assertThat(AutoTopicCreation.isLegalName("x".repeat(249))).isTrue();
    }

    @Test void aThousandAtOnceAreEnough() {
        for (int i = 0; i < 1_000; i++) create("t" + i);
        assertThat(create("one-more").get()).isEqualTo(ErrorCode.LEADER_NOT_AVAILABLE);
        assertThat(create("t7").holds()).as("is under way").isFalse();
        controller.answers(answer(ErrorCode.NONE));
        assertThat(create("one-more").holds()).isFalse();
    }

    private Pending<ErrorCode> create(String name) {
        return creation.create(name, "User:ANONYMOUS", "127.0.0.1");
    }

    private CreatableTopic topicAsked() {
        return ((CreateTopicsRequest) controller.asked.getLast()).topics().getFirst();
    }

    private static CreateTopicsResponse answer(ErrorCode error) {
        return CreateTopicsResponse.builder().topics(List.of(CreatableTopicResult.builder().name("any").errorCode(error.code()).build())).build();
    }

    private static InternalTopic internal(String name) {
        return name.startsWith("__") ? new InternalTopic(50, (short) 1, new TreeMap<>(Map.of("cleanup.policy", "compact"))) : null;
    }
}
