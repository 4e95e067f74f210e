package millrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AddOffsetsToTxnRequest;
import millrace.protocol.message.AddOffsetsToTxnResponse;
import millrace.protocol.message.AddPartitionsToTxnRequest;
import millrace.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic;
import millrace.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction;
import millrace.protocol.message.AddPartitionsToTxnResponse;
import millrace.protocol.message.DescribeTransactionsRequest;
import millrace.protocol.message.DescribeTransactionsResponse;
import millrace.protocol.message.EndTxnRequest;
import millrace.protocol.message.EndTxnResponse;
import millrace.protocol.message.InitProducerIdRequest;
import millrace.protocol.message.InitProducerIdResponse;
import millrace.protocol.message.ListTransactionsRequest;
import millrace.protocol.message.ListTransactionsResponse;
import millrace.protocol.message.OffsetFetchRequest;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import millrace.protocol.message.OffsetFetchResponse;
import millrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import millrace.protocol.message.TxnOffsetCommitRequest;
import millrace.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition;
import millrace.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic;
import millrace.protocol.message.TxnOffsetCommitResponse;
import millrace.protocol.message.WriteTxnMarkersRequest.WritableTxnMarker;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactionHandlersTest {
    private static final String ID = "orders-tx";
    private static final int TIMEOUT_MS = 60_000;

    private final Scene scene = new Scene();
    private FakePartition log;

    @BeforeEach void elect() {
        scene.elected();
        log = scene.leadsTransactions(ID);
    }

    @Test void aTransactionOfAnOldClientGoesFromBeginToMarkers() {
        InitProducerIdResponse producer = init(4);
        assertThat(add(producer, 3, "c1").response().resultsByTopicV3AndBelow().getFirst().resultsByPartition()).allMatch(each -> each.partitionErrorCode() == 0);
        assertThat(end(producer, true, 4, "c1").response().errorCode()).isZero();
        WritableTxnMarker marker = scene.markers.getLast().markers().getFirst();
        assertThat(marker.producerId()).isEqualTo(producer.producerId());
        assertThat(marker.transactionResult()).isTrue();
        assertThat(marker.coordinatorEpoch()).isEqualTo(log.leaderEpoch);
        assertThat(marker.transactionVersion()).isZero();
        scene.time.work();
        assertThat(state()).isEqualTo("CompleteCommit");
    }

    @Test void aNewClientHearsOfItsNextEpoch() {
        InitProducerIdResponse producer = init(5);
        addImplicitly(producer);
        EndTxnResponse ended = end(producer, false, 5, "c1").response();
        assertThat(ended.producerId()).isEqualTo(producer.producerId());
        assertThat(ended.producerEpoch()).isEqualTo((short) 1);
        assertThat(scene.markers.getLast().markers().getFirst().producerEpoch()).isEqualTo((short) 1);
        assertThat(scene.markers.getLast().markers().getFirst().transactionVersion()).isEqualTo((byte) 2);
    }

    @Test void markersAreSentUntilEveryPartitionHasTakenThem() {
        InitProducerIdResponse producer = init(4);
        add(producer, 3, "c1");
        scene.markerError = ErrorCode.NOT_LEADER_OR_FOLLOWER;
        end(producer, true, 4, "c1");
        scene.time.work();
        assertThat(state()).isEqualTo("PrepareCommit");
        scene.markerError = ErrorCode.NONE;
        scene.time.pass(1_000);
        assertThat(state()).isEqualTo("CompleteCommit");
    }

    @Test void aPartitionThatIsGoneNeedsNoMarker() {
        InitProducerIdResponse producer = init(4);
        add(producer, 3, "c1");
        scene.cluster.without("t");
        end(producer, true, 4, "c1");
        scene.time.work();
        assertThat(scene.markers).isEmpty();
        assertThat(state()).isEqualTo("CompleteCommit");
    }

    @Test void norDoesOneThatItsTopicCreatedAnewDoesNotHave() {
        InitProducerIdResponse producer = init(4);
        add(producer, 3, "c1");
        scene.cluster.without("t");
        scene.cluster.add("t", new Uuid(7, 8), 1);
        end(producer, true, 4, "c1");
        scene.time.work();
        assertThat(scene.markers.getLast().markers().getFirst().topics().getFirst().partitionIndexes()).containsExactly(0);
        assertThat(state()).isEqualTo("CompleteCommit");
    }

    @Test void noMarkerIsSentBeforeTheOutcomeIsCommittedHoweverLongThatTakes() {
        InitProducerIdResponse producer = init(4);
        add(producer, 3, "c1");
        log.commitsAtOnce = false;
        Scene.Asked<EndTxnResponse> ended = end(producer, true, 4, "c1");
        scene.time.pass(30_000);
        assertThat(ended.response().errorCode()).as("the client does not wait longer").isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
        assertThat(scene.markers).isEmpty();
        log.commitsAtOnce = true;
        log.commit();
        scene.time.work();
        assertThat(scene.markers).hasSize(1);
        assertThat(state()).isEqualTo("CompleteCommit");
    }

    @Test void theNextMarkersAreSentWhileNobodyKnowsYetThatTheLastTransactionIsComplete() {
        InitProducerIdResponse producer = init(4);
        add(producer, 3, "c1");
        scene.markerError = ErrorCode.NOT_LEADER_OR_FOLLOWER;
        end(producer, true, 4, "c1");
        scene.markerError = ErrorCode.NONE;
        log.commitsAtOnce = false;
        scene.time.pass(20);
        scene.time.pass(TransactionCoordinationSettings.DEFAULTS.shell().commitTimeoutMs());
        log.commitsAtOnce = true;
        log.commit();
        scene.time.turn();
        assertThat(state()).as("but who asked for it has lost patience, and will ask again").isEqualTo("CompleteCommit");
        add(producer, 3, "c1");
        end(producer, true, 4, "c1");
        scene.time.pass(2_000);
        assertThat(scene.markers).as("refused, taken, and those of the second transaction").hasSize(3);
        assertThat(state()).isEqualTo("CompleteCommit");
    }

    @Test void aRequestOfAnOldClientThatComesLateEndsItsConnectionAndNothingElse() {
        InitProducerIdResponse producer = init(4);
        add(producer, 3, "c1");
        end(producer, true, 4, "c2");
        scene.time.work();
        add(producer, 3, "c2");
        assertThat(end(producer, true, 4, "c1").closes()).contains("producer " + producer.producerId());
        assertThat(state()).isEqualTo("Ongoing");
        assertThat(end(producer, false, 4, "c2").response().errorCode()).isZero();
    }

    @Test void aPartitionThatDoesNotExistKeepsTheOthersOut() {
        InitProducerIdResponse producer = init(4);
        var topics = List.of(new AddPartitionsToTxnTopic("t", List.of(0)), new AddPartitionsToTxnTopic("nowhere", List.of(0)));
        Scene.Asked<AddPartitionsToTxnResponse> added = scene.ask(AddPartitionsToTxnRequest.builder().v3AndBelowTransactionalId(ID).v3AndBelowProducerId(producer.producerId())
                .v3AndBelowProducerEpoch(producer.producerEpoch()).v3AndBelowTopics(topics).build(), 3);
        assertThat(added.response().resultsByTopicV3AndBelow().stream().flatMap(topic -> topic.resultsByPartition().stream()).map(each -> ErrorCode.forCode(each.partitionErrorCode())))
                .containsExactly(ErrorCode.OPERATION_NOT_ATTEMPTED, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(state()).isEqualTo("Empty");
    }

    @Test void aFencedProducerIsToldInTheWordsOfItsVersion() {
        InitProducerIdResponse first = init(4);
        init(4);
        assertThat(end(first, true, 1, "c1").response().errorCode()).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH.code());
        assertThat(end(first, true, 2, "c1").response().errorCode()).isEqualTo(ErrorCode.PRODUCER_FENCED.code());
    }

    @Test void offsetsOfATransactionCountWhenItsMarkerHasCome() {
        InitProducerIdResponse producer = init(4);
        Scene.Asked<AddOffsetsToTxnResponse> added = scene.ask(new AddOffsetsToTxnRequest(ID, producer.producerId(), producer.producerEpoch(), Scene.GROUP), 3);
        assertThat(added.response().errorCode()).isZero();
        assertThat(commitOffset(producer, 3)).isEqualTo(ErrorCode.NONE);
        assertThat(fetched(true).errorCode()).isEqualTo(ErrorCode.UNSTABLE_OFFSET_COMMIT.code());
        assertThat(fetched(false).committedOffset()).isEqualTo(-1);
        scene.coordinators.endTransaction(scene.partition.topicPartition().partition(), producer.producerId(), producer.producerEpoch(), true, 1, (short) 0);
        assertThat(fetched(true).committedOffset()).isEqualTo(42);
    }

    @Test void offsetsOfATransactionThatIsAbortedAreDropped() {
        InitProducerIdResponse producer = init(5);
        assertThat(commitOffset(producer, 5)).as("v5 adds the partition").isEqualTo(ErrorCode.NONE);
        scene.coordinators.endTransaction(scene.partition.topicPartition().partition(), producer.producerId(), (short) 1, false, 1, (short) 2);
        assertThat(fetched(true).committedOffset()).isEqualTo(-1);
    }

    @Test void offsetsOfATransactionThatDoesNotReachTheGroupAreRefused() {
        InitProducerIdResponse producer = init(4);
        scene.partition.guard = 7;
        assertThat(commitOffset(producer, 3)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(commitOffset(producer, 4)).isEqualTo(ErrorCode.TRANSACTION_ABORTABLE);
    }

    @Test void offsetsWhoseGuardHasFallenMeanwhileAreRefused() {
        InitProducerIdResponse producer = init(5);
        scene.partition.guard = 7;
        scene.partition.refusedGuard = 7;
        assertThat(commitOffset(producer, 5)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(fetched(false).committedOffset()).isEqualTo(-1);
    }

    @Test void listsNameUnknownStatesAndFindWhatIsThere() {
        init(4);
        Scene.Asked<ListTransactionsResponse> all = scene.ask(ListTransactionsRequest.builder().build(), 2);
        assertThat(all.response().transactionStates()).extracting(ListTransactionsResponse.TransactionState::transactionalId).containsExactly(ID);
        Scene.Asked<ListTransactionsResponse> none = scene.ask(ListTransactionsRequest.builder().stateFilters(List.of("Gone")).build(), 2);
        assertThat(none.response().unknownStateFilters()).containsExactly("Gone");
        assertThat(none.response().transactionStates()).isEmpty();
    }

    @Test void whoseCoordinatorIsElsewhereIsSentThere() {
        scene.transactions.onResigned(log.topicPartition().partition());
        Scene.Asked<InitProducerIdResponse> refused = scene.ask(InitProducerIdRequest.builder().transactionalId(ID).transactionTimeoutMs(TIMEOUT_MS).build(), 4);
        assertThat(refused.response().errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR.code());
    }

    // ---- what clients ask ----

    private InitProducerIdResponse init(int version) {
        Scene.Asked<InitProducerIdResponse> asked = scene.ask(InitProducerIdRequest.builder().transactionalId(ID).transactionTimeoutMs(TIMEOUT_MS).build(), version);
        assertThat(asked.response().errorCode()).isZero();
        return asked.response();
    }

    private Scene.Asked<AddPartitionsToTxnResponse> add(InitProducerIdResponse producer, int version, String connection) {
        return scene.ask(AddPartitionsToTxnRequest.builder().v3AndBelowTransactionalId(ID).v3AndBelowProducerId(producer.producerId()).v3AndBelowProducerEpoch(producer.producerEpoch())
                .v3AndBelowTopics(List.of(new AddPartitionsToTxnTopic("t", List.of(0, 1)))).build(), version, connection);
    }

    @Test void oneSyncServesTheEndOfATransactionAndTheBeginningOfTheNext() {
        InitProducerIdResponse producer = init(5);
        addImplicitly(producer);
        scene.markerError = ErrorCode.NOT_LEADER_OR_FOLLOWER;
        EndTxnResponse ended = end(producer, true, 5, "c1").response();
        var reached = scene.transactions.reach(ID, ended.producerId(), ended.producerEpoch(), List.of(new TopicPartition("t", 1)), true);
        assertThat(reached.holds()).as("it waits for the last one's markers").isFalse();
        int syncs = log.syncs;
        int batches = log.batches.size();
        scene.markerError = ErrorCode.NONE;
        scene.time.pass(20);
        assertThat(reached.get()).containsExactly(ErrorCode.NONE);
        assertThat(log.batches).hasSize(batches + 2);
        assertThat(log.syncs).isEqualTo(syncs + 1);
    }

    private void addImplicitly(InitProducerIdResponse producer) {
        Scene.Asked<AddPartitionsToTxnResponse> added = scene.ask(AddPartitionsToTxnRequest.builder().transactions(List.of(new AddPartitionsToTxnTransaction(ID, producer.producerId(),
                producer.producerEpoch(), false, List.of(new AddPartitionsToTxnTopic("t", List.of(0)))))).build(), 5);
        assertThat(added.response().resultsByTransaction().getFirst().topicResults().getFirst().resultsByPartition().getFirst().partitionErrorCode()).isZero();
    }

    private Scene.Asked<EndTxnResponse> end(InitProducerIdResponse producer, boolean commit, int version, String connection) {
        Scene.Asked<EndTxnResponse> ended = scene.ask(new EndTxnRequest(ID, producer.producerId(), producer.producerEpoch(), commit), version, connection);
        scene.time.turn();
        return ended;
    }

    private String state() {
        Scene.Asked<DescribeTransactionsResponse> described = scene.ask(new DescribeTransactionsRequest(List.of(ID)), 0);
        return described.response().transactionStates().getFirst().transactionState();
    }

    private ErrorCode commitOffset(InitProducerIdResponse producer, int version) {
        var topic = new TxnOffsetCommitRequestTopic("t", Uuid.ZERO, List.of(new TxnOffsetCommitRequestPartition(0, 42, -1, "")));
        Scene.Asked<TxnOffsetCommitResponse> committed = scene.ask(TxnOffsetCommitRequest.builder().transactionalId(ID).groupId(Scene.GROUP).producerId(producer.producerId())
                .producerEpoch(producer.producerEpoch()).topics(List.of(topic)).build(), version);
        return ErrorCode.forCode(committed.response().topics().getFirst().partitions().getFirst().errorCode());
    }

    private OffsetFetchResponsePartitions fetched(boolean requireStable) {
        var group = new OffsetFetchRequestGroup(Scene.GROUP, null, -1, List.of(new OffsetFetchRequestTopics("t", Uuid.ZERO, List.of(0))));
        Scene.Asked<OffsetFetchResponse> fetched = scene.ask(OffsetFetchRequest.builder().groups(List.of(group)).requireStable(requireStable).build(), 8);
        return fetched.response().groups().getFirst().topics().getFirst().partitions().getFirst();
    }
}
