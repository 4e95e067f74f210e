package millrace.broker.api;

import static millrace.broker.partition.BrokerUnderTest.batch;
import static millrace.broker.partition.BrokerUnderTest.caller;
import static millrace.broker.partition.BrokerUnderTest.leads;
import static millrace.broker.partition.BrokerUnderTest.topic;
import static millrace.broker.partition.BrokerUnderTest.topicId;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import millrace.bindings.time.SystemClock;
import millrace.broker.partition.BrokerUnderTest;
import millrace.coordination.ClusterView;
import millrace.coordination.TransactionCoordinationSettings;
import millrace.coordination.TransactionCoordinators;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.metadata.MetadataImage;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.ProduceRequest.PartitionProduceData;
import millrace.protocol.message.ProduceRequest.TopicProduceData;
import millrace.protocol.message.ProduceResponse;
import millrace.protocol.message.ProduceResponse.PartitionProduceResponse;
import millrace.record.MemoryRecords;
import millrace.wire.Answer;
import millrace.wire.Pending;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProduceHandlerTest {
    private static final int BY_NAME = 12;
    private static final int BY_ID = 13;
    private static final int ALL = -1;

    @TempDir Path folder;
    private BrokerUnderTest broker;
    private ProduceHandler handler;

    @BeforeEach void start() {
        broker = new BrokerUnderTest(folder);
        handler = new ProduceHandler(broker.partitions, broker.metadata, transactions());
        broker.commits(topic("a", 1)).commits(topic("b", 2));
    }

    /// Transactions of a broker that leads no partition of `__transaction_state`.
    private TransactionCoordinators transactions() {
        var cluster = new ClusterView() {
            @Override public MetadataImage image() {
                return broker.metadata.image();
            }

            @Override public Pending<ErrorCode> ensureInternalTopic(String name) {
                return Pending.of(ErrorCode.NONE);
            }

            @Override public ConsumerTimes consumerTimes(String groupId) {
                return ConsumerTimes.DEFAULTS;
            }
        };
        return new TransactionCoordinators(cluster, TransactionCoordinationSettings.DEFAULTS, Pending::new, (_, _) -> new Pending<>(), new SystemClock(), List.of(), null);
    }

    @AfterEach void stop() {
        broker.close();
    }

    @Test void acksZeroHasNoResponse() {
        assertThat(produce(0, BY_NAME, to("a", batch("x")))).isInstanceOf(Answer.Nothing.class);
        assertThat(broker.partition(1).logEndOffset()).isEqualTo(1);
    }

    @Test void acksZeroThatIsRefusedClosesTheConnectionAndSaysWhy() {
        assertThat(produce(0, BY_NAME, to("nowhere", batch("x")))).isInstanceOfSatisfying(Answer.Close.class,
                close -> assertThat(close.reason()).contains("nowhere-0", "UNKNOWN_TOPIC_OR_PARTITION"));
    }

    @Test void acksOneAnswersWithoutTheDevice() {
        PartitionProduceResponse part = parts(produce(1, BY_NAME, to("a", batch("x", "y")))).getFirst();
        assertThat(part.errorCode()).isEqualTo(ErrorCode.NONE.code());
        assertThat(part.baseOffset()).isZero();
        assertThat(broker.partition(1).highWatermark()).isZero();
    }

    @Test void acksAllWaitsUntilEveryPartitionIsOnTheDevice() {
        var waiting = waiting(produce(ALL, BY_NAME, to("a", batch("x")), to("b", batch("y"))));
        assertThat(waiting.deadlineMs()).isEqualTo(BrokerUnderTest.NOW_MS + 3_000);
        assertThat(waiting.condition().holds()).isFalse();
        broker.sync();
        assertThat(waiting.condition().holds()).isTrue();
        assertThat(parts(waiting.then().get())).extracting(PartitionProduceResponse::errorCode).containsOnly(ErrorCode.NONE.code());
    }

    @Test void whatIsNotCommittedInTimeMayHaveHappened() {
        var waiting = waiting(produce(ALL, BY_NAME, to("a", batch("x"))));
        PartitionProduceResponse part = parts(waiting.then().get()).getFirst();
        assertThat(part.errorCode()).isEqualTo(ErrorCode.REQUEST_TIMED_OUT.code());
        assertThat(part.baseOffset()).isEqualTo(-1);
    }

    @Test void aLeaderThatIsOneNoMoreSendsItsProducersOn() {
        var waiting = waiting(produce(ALL, BY_NAME, to("a", batch("x"))));
        broker.commits(leads(2, 1));
        assertThat(waiting.condition().holds()).isTrue();
        PartitionProduceResponse part = parts(waiting.then().get()).getFirst();
        assertThat(part.errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(part.currentLeader().leaderId()).isEqualTo(2);
        assertThat(part.currentLeader().leaderEpoch()).isEqualTo(1);
    }

    @Test void oneRefusedPartitionDoesNotKeepTheOthers() {
        ByteBuffer corrupt = batch("x");
        corrupt.put(corrupt.limit() - 1, (byte) 99);
        var waiting = waiting(produce(ALL, BY_NAME, to("a", corrupt), to("b", batch("y")), to("nowhere", batch("z"))));
        broker.sync();
        assertThat(parts(waiting.then().get())).extracting(PartitionProduceResponse::errorCode)
                .containsExactly(ErrorCode.CORRUPT_MESSAGE.code(), ErrorCode.NONE.code(), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(broker.partition(1).logEndOffset()).isZero();
    }

    @Test void acksAllWithNothingAcceptedWaitsForNothing() {
        assertThat(produce(ALL, BY_NAME, to("nowhere", batch("x")))).isInstanceOf(Answer.Now.class);
    }

    @Test void fromVersion13OnTopicsAreKnownByTheirId() {
        var byId = TopicProduceData.builder().topicId(topicId(2)).partitionData(List.of(new PartitionProduceData(0, new MemoryRecords(batch("x"))))).build();
        var unknown = byId.toBuilder().topicId(topicId(9)).build();
        ProduceResponse response = now(produce(1, BY_ID, byId, unknown));
        assertThat(response.responses()).extracting(ProduceResponse.TopicProduceResponse::topicId).containsExactly(topicId(2), topicId(9));
        assertThat(parts(Answer.now(response))).extracting(PartitionProduceResponse::errorCode).containsExactly(ErrorCode.NONE.code(), ErrorCode.UNKNOWN_TOPIC_ID.code());
        assertThat(broker.partition(2).logEndOffset()).isEqualTo(1);
    }

    @Test void otherAcksThanTheThreeAreRefusedBeforeAnythingIsWritten() {
        assertThat(parts(produce(2, BY_NAME, to("a", batch("x"))))).extracting(PartitionProduceResponse::errorCode).containsExactly(ErrorCode.INVALID_REQUIRED_ACKS.code());
        assertThat(broker.partition(1).logEndOffset()).isZero();
    }

    @Test void afterAFailedSyncProducersHearThatTheStorageHasFailed() {
        produce(ALL, BY_NAME, to("a", batch("x")));
        broker.disk.failSyncs();
        broker.sync();
        assertThat(parts(produce(1, BY_NAME, to("b", batch("y"))))).extracting(PartitionProduceResponse::errorCode).containsExactly(ErrorCode.KAFKA_STORAGE_ERROR.code());
    }

    private Answer<ProduceResponse> produce(int acks, int version, TopicProduceData... topics) {
        return handler.handle(ProduceRequest.builder().acks((short) acks).timeoutMs(3_000).topicData(Arrays.asList(topics)).build(), caller(version));
    }

    private static TopicProduceData to(String topic, ByteBuffer records) {
        return TopicProduceData.builder().name(topic).partitionData(List.of(new PartitionProduceData(0, new MemoryRecords(records)))).build();
    }

    private static ProduceResponse now(Answer<ProduceResponse> answer) {
        return ((Answer.Now<ProduceResponse>) answer).response();
    }

    private static Answer.Waiting<ProduceResponse> waiting(Answer<ProduceResponse> answer) {
        return (Answer.Waiting<ProduceResponse>) answer;
    }

    private static List<PartitionProduceResponse> parts(Answer<ProduceResponse> answer) {
        return now(answer).responses().stream().flatMap(topic -> topic.partitionResponses().stream()).toList();
    }
}
