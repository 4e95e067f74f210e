package millrace.coordination;

import static millrace.coordination.Scene.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import millrace.common.Uuid;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.OffsetsCommitted;
import millrace.group.command.GroupAnswer.OffsetsFetched;
import millrace.group.command.GroupCommand.CommitOffsets;
import millrace.group.command.GroupCommand.DeleteGroup;
import millrace.group.command.GroupCommand.DeletedTopic;
import millrace.group.command.GroupCommand.FetchOffsets;
import millrace.group.command.GroupCommand.OffsetToCommit;
import millrace.group.command.GroupCommand.TopicPartitions;
import millrace.protocol.ErrorCode;
import millrace.record.RecordBatch;
import millrace.settings.SettingTable;
import millrace.settings.SettingValues;
import millrace.wire.Pending;

/// How a coordinator lives on its partition.
class CoordinatorShellTest {
    private final Scene scene = new Scene();
    private final FakePartition partition = scene.partition;

    private Pending<GroupAnswer> commit(long offset) {
        return scene.coordinators.ask(GROUP, token -> new CommitOffsets(token, GROUP, "", null, -1, true, -1,
                List.of(new OffsetToCommit("t", Uuid.ZERO, 0, offset, -1, null))));
    }

    private Pending<GroupAnswer> fetch() {
        return scene.coordinators.ask(GROUP, token -> new FetchOffsets(token, GROUP, null, -1, true, List.of(new TopicPartitions("t", Uuid.ZERO, List.of(0)))));
    }

    private static long offsetIn(Pending<GroupAnswer> fetched) {
        return ((OffsetsFetched) fetched.get()).topics().getFirst().partitions().getFirst().offset();
    }

    private static ErrorCode errorIn(Pending<GroupAnswer> answer) {
        assertThat(answer.holds()).as("it is answered").isTrue();
        return answer.get().error();
    }

    @Test void whoIsNotElectedSendsClientsAway() {
        assertThat(errorIn(commit(1))).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test void whileTheLogIsReadClientsAreAskedToWait() {
        scene.coordinators.onElected(partition);
        assertThat(errorIn(commit(1))).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(scene.coordinators.isLoading(GROUP)).isTrue();
        scene.time.work();
        assertThat(errorIn(commit(1))).isEqualTo(ErrorCode.NONE);
    }

    @Test void anAnswerWaitsUntilItsChangeIsCommitted() {
        scene.elected();
        partition.commitsAtOnce = false;
        var committed = commit(1);
        assertThat(committed.holds()).isFalse();
        partition.commit();
        scene.time.turn();
        assertThat(committed.get()).isInstanceOf(OffsetsCommitted.class);
    }

    @Test void theDeviceIsAskedOnceForEachThatIsWritten() {
        scene.elected();
        int before = partition.syncs;
        commit(1);
        commit(2);
        fetch();
        assertThat(partition.syncs).isEqualTo(before + 2);
    }

    @Test void soDoesWhoeverReadsMeanwhile() {
        scene.elected();
        partition.commitsAtOnce = false;
        commit(1);
        var fetched = fetch();
        assertThat(fetched.holds()).isFalse();
        partition.commit();
        scene.time.turn();
        assertThat(offsetIn(fetched)).isEqualTo(1);
    }

    @Test void whatTakesTooLongToCommitIsGivenUpButNotUndone() {
        scene.elected();
        partition.commitsAtOnce = false;
        var committed = commit(1);
        scene.time.pass(4_999);
        assertThat(committed.holds()).isFalse();
        scene.time.pass(1);
        assertThat(errorIn(committed)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        partition.commit();
        assertThat(offsetIn(fetch())).isEqualTo(1);
    }

    @Test void oneDecisionIsOneBatch() {
        scene.elected();
        scene.coordinators.ask(GROUP, token -> new CommitOffsets(token, GROUP, "", null, -1, true, -1,
                List.of(new OffsetToCommit("t", Uuid.ZERO, 0, 1, -1, null), new OffsetToCommit("t", Uuid.ZERO, 1, 2, -1, null))));
        assertThat(partition.batches).hasSize(1);
        RecordBatch batch = RecordBatch.at(partition.batches.getFirst(), 0);
        assertThat(batch.recordCount()).isEqualTo(2);
        assertThat(batch.partitionLeaderEpoch()).isEqualTo(1);
        assertThat(batch.hasProducerId()).isFalse();
    }

    @Test void theNextCoordinatorReadsWhatThisOneWrote() {
        scene.elected();
        for (int i = 0; i < 100; i++) commit(i);
        scene.coordinators.onResigned(partition.topicPartition().partition());
        partition.leaderEpoch = 2;
        scene.elected();
        assertThat(offsetIn(fetch())).isEqualTo(99);
    }

    @Test void whoeverWaitsWhenItResignsLooksForTheNextOne() {
        scene.elected();
        partition.commitsAtOnce = false;
        var committed = commit(1);
        scene.coordinators.onResigned(partition.topicPartition().partition());
        assertThat(errorIn(committed)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(errorIn(commit(2))).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test void aLostPartitionIsNoticedEvenIfNobodyHasSaidSo() {
        scene.elected();
        partition.commitsAtOnce = false;
        var committed = commit(1);
        partition.lose();
        scene.time.turn();
        assertThat(errorIn(committed)).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test void anotherLeaderEpochIsAnotherCoordinator() {
        scene.elected();
        commit(1);
        partition.leaderEpoch = 2;
        assertThat(errorIn(commit(2))).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test void refusedWritesAreToldInTheWordsOfACoordinator() {
        scene.elected();
        partition.refuses = ErrorCode.NOT_ENOUGH_REPLICAS;
        assertThat(errorIn(commit(1))).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        partition.refuses = ErrorCode.RECORD_LIST_TOO_LARGE;
        assertThat(errorIn(commit(1))).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        partition.refuses = null;
        assertThat(offsetIn(fetch())).isEqualTo(-1);
        assertThat(errorIn(commit(1))).isEqualTo(ErrorCode.NONE);
        partition.refuses = ErrorCode.NOT_LEADER_OR_FOLLOWER;
        assertThat(errorIn(commit(2))).isEqualTo(ErrorCode.NOT_COORDINATOR);
        partition.refuses = ErrorCode.KAFKA_STORAGE_ERROR;
        assertThat(errorIn(commit(2))).isEqualTo(ErrorCode.NOT_COORDINATOR);
        partition.refuses = null;
        assertThat(errorIn(commit(2))).as("a full disk has room again").isEqualTo(ErrorCode.NONE);
    }

    @Test void whenSomebodyElseHasWrittenItReadsEverythingAgain() {
        scene.elected();
        commit(1);
        partition.append(partition.batches.getFirst().duplicate());
        assertThat(errorIn(commit(2))).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(errorIn(commit(3))).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        scene.time.pass(1_000);
        scene.time.work();
        assertThat(offsetIn(fetch())).isEqualTo(2);
    }

    @Test void aLogThatCannotBeReadIsNotServedUntilItCan() {
        scene.elected();
        commit(1);
        byte good = partition.batches.getFirst().get(RecordBatch.HEADER_BYTES + 8);
        partition.batches.getFirst().put(RecordBatch.HEADER_BYTES + 8, (byte) ~good);
        partition.leaderEpoch = 2;
        scene.elected();
        assertThat(errorIn(commit(2))).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(scene.coordinators.isLoading(GROUP)).isFalse();
        scene.time.pass(1_000);
        scene.time.work();
        assertThat(errorIn(commit(2))).isEqualTo(ErrorCode.NOT_COORDINATOR);
        partition.batches.getFirst().put(RecordBatch.HEADER_BYTES + 8, good);
        scene.time.pass(2_000);
        scene.time.work();
        assertThat(offsetIn(fetch())).isEqualTo(1);
    }

    @Test void whoeverIsAnsweredMayAskTheNextThingAtOnce() {
        scene.elected();
        partition.commitsAtOnce = false;
        var later = new AtomicReference<Pending<GroupAnswer>>();
        commit(1).whenDone(_ -> later.set(commit(2)));
        partition.commit();
        scene.time.turn();
        assertThat(later.get().holds()).isFalse();
        partition.commit();
        scene.time.turn();
        assertThat(errorIn(later.get())).isEqualTo(ErrorCode.NONE);
        assertThat(offsetIn(fetch())).isEqualTo(2);
    }

    @Test void whoAsksForWhatCannotBeDoneOnThisStackIsAnsweredAndTheCoordinatorGoesOn() {
        scene.elected();
        partition.appending = () -> { throw new StackOverflowError("as the test wishes"); };
        assertThat(errorIn(commit(1))).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
        partition.appending = () -> { };
        scene.time.pass(10_000);
        scene.time.work();
        assertThat(errorIn(commit(2))).isEqualTo(ErrorCode.NONE);
    }

    @Test void whoeverMakesNothingOfHisAnswerDoesNotKeepTheOthersFromTheirs() {
        scene.elected();
        partition.commitsAtOnce = false;
        commit(1).whenDone(_ -> { throw new IllegalStateException("as the test wishes"); });
        var second = commit(2);
        partition.commit();
        scene.time.turn();
        assertThat(errorIn(second)).isEqualTo(ErrorCode.NONE);
    }

    @Test void beingElectedTwiceInOneEpochIsBeingElectedOnce() {
        scene.elected();
        partition.commitsAtOnce = false;
        var committed = commit(1);
        scene.coordinators.onElected(partition);
        assertThat(committed.holds()).isFalse();
        partition.commit();
        scene.time.turn();
        assertThat(errorIn(committed)).isEqualTo(ErrorCode.NONE);
    }

    @Test void kafkasSettingsHaveKafkasDefaults() {
        assertThat(CoordinationSettings.of(SettingValues.defaultsOf(SettingTable.BROKER))).isEqualTo(CoordinationSettings.DEFAULTS);
    }

    @Test void timeIsTheCoresOwn() {
        scene.elected();
        commit(1);
        scene.time.pass(8L * 24 * 3_600_000);
        assertThat(offsetIn(fetch())).as("offsets of a group without members have grown old").isEqualTo(-1);
    }

    @Test void aDeletedTopicIsForgotten() {
        scene.elected();
        commit(1);
        scene.coordinators.onTopicsDeleted(List.of(new DeletedTopic("t", Scene.TOPIC_ID)));
        assertThat(offsetIn(fetch())).isEqualTo(-1);
    }

    @Test void aCommandThatTakesSeveralWritesIsAnsweredOnce() {
        scene.elected();
        List<OffsetToCommit> many = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) many.add(new OffsetToCommit("topic-with-a-rather-long-name-to-fill-the-room", Uuid.ZERO, i, i, -1, null));
        scene.coordinators.ask(GROUP, token -> new CommitOffsets(token, GROUP, "", null, -1, true, -1, many));
        int before = partition.batches.size();
        assertThat(errorIn(scene.coordinators.ask(GROUP, token -> new DeleteGroup(token, GROUP)))).isEqualTo(ErrorCode.NONE);
        assertThat(partition.batches.size() - before).isGreaterThan(1);
    }

    @Test void groupsArePlacedAsKafkaPlacesThem() {
        assertThat(OffsetsTopic.partitionOf("polygenelubricants", 50)).as("whose hash has no positive counterpart").isZero();
        assertThat(OffsetsTopic.partitionOf("orders", 50)).isEqualTo(Math.abs("orders".hashCode()) % 50);
        assertThat(OffsetsTopic.partitionOf("", 50)).isZero();
    }
}
