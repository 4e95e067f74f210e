package millrace.broker.fetch;

import static millrace.broker.partition.BrokerUnderTest.SELF;
import static millrace.broker.partition.BrokerUnderTest.batch;
import static millrace.broker.partition.BrokerUnderTest.caller;
import static millrace.broker.partition.BrokerUnderTest.leads;
import static millrace.broker.partition.BrokerUnderTest.topic;
import static millrace.broker.partition.BrokerUnderTest.topicId;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import millrace.broker.partition.BrokerUnderTest;
import millrace.ports.FileRecords;
import millrace.ports.Randomness;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.FetchRequest;
import millrace.protocol.message.FetchRequest.FetchPartition;
import millrace.protocol.message.FetchRequest.FetchTopic;
import millrace.protocol.message.FetchResponse;
import millrace.protocol.message.FetchResponse.PartitionData;
import millrace.storage.log.AppendOrigin;
import millrace.wire.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchHandlerTest {
    private static final int LATEST = 13;
    private static final int MEBIBYTE = 1 << 20;
    private static final int BATCH_BYTES = batch("0123456789").remaining();

    @TempDir Path folder;
    private BrokerUnderTest broker;
    private FetchHandler handler;

    @BeforeEach void start() {
        broker = new BrokerUnderTest(folder);
        handler = new FetchHandler(broker.partitions, broker.metadata, new FetchSessions(10, zeroes()), 50 * MEBIBYTE, broker.traffic);
        broker.commits(topic("a", 1)).commits(topic("b", 2)).commits(topic("c", 3));
    }

    @AfterEach void stop() {
        broker.holdsNothing();
        broker.close();
    }

    @Test void committedRecordsComeAtOnceAsARegionOfTheFile() {
        append(1);
        broker.sync();
        PartitionData data = only(now(fetch(request(1, wants(1, 0)))));
        assertThat(data.records()).isInstanceOf(FileRecords.class);
        assertThat(data.records().sizeInBytes()).isEqualTo(BATCH_BYTES);
        assertThat(data.highWatermark()).isEqualTo(1);
        release(data);
    }

    @Test void nothingIsReadBeyondTheHighWatermark() {
        append(1);
        broker.sync();
        append(1);
        PartitionData data = only(now(fetch(request(1, wants(1, 0)))));
        assertThat(data.records().sizeInBytes()).isEqualTo(BATCH_BYTES);
        release(data);
        assertThat(fetch(request(1, wants(1, 1)))).as("appended, not committed").isInstanceOf(Answer.Waiting.class);
    }

    @Test void anEmptyFetchWaitsUntilRecordsAreCommittedAndIsWoken() {
        var waiting = waiting(fetch(request(1, wants(1, 0))));
        assertThat(waiting.deadlineMs()).isEqualTo(BrokerUnderTest.NOW_MS + 500);
        AtomicInteger woken = watch(waiting);
        append(1);
        assertThat(waiting.condition().holds()).isFalse();
        int before = woken.get();
        broker.sync();
        assertThat(woken).hasValueGreaterThan(before);
        assertThat(waiting.condition().holds()).isTrue();
        PartitionData data = only(now(waiting.then().get()));
        assertThat(data.records().sizeInBytes()).isEqualTo(BATCH_BYTES);
        release(data);
    }

    @Test void aFetchWaitsForItsMinimumOverAllPartitionsAndHoldsNoFileMeanwhile() {
        append(1);
        broker.sync();
        var waiting = waiting(fetch(request(2 * BATCH_BYTES, wants(1, 0), wants(2, 0))));
        broker.holdsNothing();
        assertThat(waiting.condition().holds()).isFalse();
        broker.holdsNothing();
        append(2);
        broker.sync();
        assertThat(waiting.condition().holds()).isTrue();
        broker.holdsNothing();
        all(now(waiting.then().get())).forEach(FetchHandlerTest::release);
    }

    @Test void atTheDeadlineWhatIsThereIsSent() {
        append(1);
        broker.sync();
        var waiting = waiting(fetch(request(MEBIBYTE, wants(1, 0))));
        PartitionData data = only(now(waiting.then().get()));
        assertThat(data.records().sizeInBytes()).isEqualTo(BATCH_BYTES);
        release(data);
    }

    @Test void aLostLeadershipEndsTheWait() {
        var waiting = waiting(fetch(request(1, wants(1, 0))));
        AtomicInteger woken = watch(waiting);
        broker.commits(leads(2, 1));
        assertThat(woken).hasPositiveValue();
        assertThat(waiting.condition().holds()).isTrue();
        assertThat(only(now(waiting.then().get())).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
    }

    @Test void aNewLeaderEpochEndsTheWaitOfWhoNamedTheOldOne() {
        var waiting = waiting(fetch(request(1, wants(1, FetchPartition.builder().currentLeaderEpoch(0).partitionMaxBytes(MEBIBYTE).build()))));
        broker.commits(leads(SELF, 1));
        assertThat(waiting.condition().holds()).isTrue();
        assertThat(only(now(waiting.then().get())).errorCode()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH.code());
    }

    @Test void aDeletedTopicEndsTheWait() {
        var waiting = waiting(fetch(request(1, wants(1, 0))));
        broker.commits(BrokerUnderTest.removed(1));
        assertThat(waiting.condition().holds()).isTrue();
        assertThat(only(now(waiting.then().get())).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
    }

    @Test void anErrorAnswersAtOnceBesideEmptyPartitions() {
        List<PartitionData> data = all(now(fetch(request(1, wants(1, 0), wants(9, 0)))));
        assertThat(data).extracting(PartitionData::errorCode).containsExactly(ErrorCode.NONE.code(), ErrorCode.UNKNOWN_TOPIC_ID.code());
    }

    @Test void anOffsetOutsideTheLogIsOutOfRange() {
        assertThat(only(now(fetch(request(1, wants(1, 7))))).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
    }

    @Test void theFirstBatchComesHoweverLargeAndTheOthersOnlyAsFarAsThereIsRoom() {
        for (int topic = 1; topic <= 3; topic++) append(topic);
        broker.sync();
        FetchRequest small = request(1, wants(1, 0), wants(2, 0), wants(3, 0)).toBuilder().maxBytes(BATCH_BYTES / 2).build();
        List<PartitionData> data = all(now(fetch(small)));
        assertThat(data).extracting(each -> each.records().sizeInBytes()).containsExactly(BATCH_BYTES, 0, 0);
        data.forEach(FetchHandlerTest::release);

        data = all(now(fetch(small.toBuilder().maxBytes(2 * BATCH_BYTES + 10).build())));
        assertThat(data).extracting(each -> each.records().sizeInBytes()).as("no part of a batch").containsExactly(BATCH_BYTES, BATCH_BYTES, 0);
        data.forEach(FetchHandlerTest::release);
    }

    @Test void aLogThatClosesBetweenTwoReadsGivesAnErrorAndTheOthersTheirRecords() {
        append(1);
        broker.sync();
        broker.partition(2).log().close();
        List<PartitionData> data = all(now(fetch(request(1, wants(1, 0), wants(2, 0)))));
        assertThat(data).extracting(PartitionData::errorCode).containsExactly(ErrorCode.NONE.code(), ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
        data.forEach(FetchHandlerTest::release);
    }

    @Test void anIncrementalFetchCarriesOnlyWhatIsNew() {
        append(1);
        broker.sync();
        FetchResponse first = now(fetch(request(1, wants(1, 0), wants(2, 0)).toBuilder().sessionEpoch(0).build()));
        assertThat(all(first)).hasSize(2);
        all(first).forEach(FetchHandlerTest::release);
        assertThat(first.sessionId()).isPositive();

        var waiting = waiting(fetch(request(1, wants(1, 1)).toBuilder().sessionId(first.sessionId()).sessionEpoch(1).build()));
        append(2);
        broker.sync();
        assertThat(waiting.condition().holds()).as("partitions of the session count, named in this request or not").isTrue();
        FetchResponse second = now(waiting.then().get());
        assertThat(second.responses()).singleElement().satisfies(topic -> assertThat(topic.topicId()).isEqualTo(topicId(2)));
        all(second).forEach(FetchHandlerTest::release);
    }

    @Test void aSessionWithTheWrongEpochIsRefusedAsAWhole() {
        FetchResponse first = now(fetch(request(1, wants(9, 0)).toBuilder().sessionEpoch(0).build()));
        FetchResponse wrong = now(fetch(request(1).toBuilder().sessionId(first.sessionId()).sessionEpoch(5).build()));
        assertThat(wrong.errorCode()).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH.code());
    }

    private Answer<FetchResponse> fetch(FetchRequest request) {
        return handler.handle(request, caller(LATEST));
    }

    private void append(int topic) {
        broker.partition(topic).append(batch("0123456789"), AppendOrigin.CLIENT, true);
    }

    private static FetchTopic wants(int topic, long offset) {
        return wants(topic, FetchPartition.builder().fetchOffset(offset).partitionMaxBytes(MEBIBYTE).build());
    }

    private static FetchTopic wants(int topic, FetchPartition partition) {
        return FetchTopic.builder().topicId(topicId(topic)).partitions(List.of(partition)).build();
    }

    /// Without a session.
    private static FetchRequest request(int minBytes, FetchTopic... topics) {
        return FetchRequest.builder().maxWaitMs(500).minBytes(minBytes).maxBytes(MEBIBYTE).sessionEpoch(-1).topics(Arrays.asList(topics)).build();
    }

    private static FetchResponse now(Answer<FetchResponse> answer) {
        return ((Answer.Now<FetchResponse>) answer).response();
    }

    private static Answer.Waiting<FetchResponse> waiting(Answer<FetchResponse> answer) {
        return (Answer.Waiting<FetchResponse>) answer;
    }

    private static List<PartitionData> all(FetchResponse response) {
        return response.responses().stream().flatMap(topic -> topic.partitions().stream()).toList();
    }

    private static PartitionData only(FetchResponse response) {
        assertThat(all(response)).hasSize(1);
        return all(response).getFirst();
    }

    /// As the connection does once it has sent them.
    private static void release(PartitionData sent) {
        if (sent.records() instanceof FileRecords region) region.release();
    }

    private static AtomicInteger watch(Answer.Waiting<?> waiting) {
        var woken = new AtomicInteger();
        waiting.condition().watch(woken::incrementAndGet);
        return woken;
    }

    private static Randomness zeroes() {
        return new Randomness() {
            @Override public long nextLong() {
                return 0;
            }

            @Override public int nextInt(int bound) {
                return 0;
            }
        };
    }
}
