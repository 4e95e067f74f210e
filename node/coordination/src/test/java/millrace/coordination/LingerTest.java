package millrace.coordination;

import static millrace.coordination.Scene.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import millrace.common.Uuid;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.ConsumerHeard;
import millrace.group.command.GroupAnswer.OffsetsFetched;
import millrace.group.command.GroupCommand.CommitOffsets;
import millrace.group.command.GroupCommand.ConsumerHeartbeat;
import millrace.group.command.GroupCommand.FetchOffsets;
import millrace.group.command.GroupCommand.OffsetToCommit;
import millrace.group.command.GroupCommand.TopicPartitions;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.stored.Partitions;
import millrace.protocol.ErrorCode;
import millrace.record.Codec;
import millrace.record.RecordBatch;
import millrace.wire.Pending;

/// What waits for company before it is written, for how long, and what becomes of it.
class LingerTest {
    private static final int LINGER_MS = 10;

    private final Scene fixed = scene(LINGER_MS);
    private final Scene adaptive = scene(Linger.ADAPTIVE);

    private static Scene scene(int lingerMs) {
        CoordinationSettings defaults = CoordinationSettings.DEFAULTS;
        return new Scene(new CoordinationSettings(defaults.groups(), defaults.offsetsPartitions(), new ShellSettings(Codec.NONE, 5_000, 1 << 20, 1_000, new Linger(lingerMs)), true)).elected();
    }

    private static Pending<GroupAnswer> commit(Scene scene, long offset) {
        return commit(scene, List.of(new OffsetToCommit("t", Uuid.ZERO, 0, offset, -1, null)));
    }

    private static Pending<GroupAnswer> commit(Scene scene, List<OffsetToCommit> offsets) {
        return scene.coordinators.ask(GROUP, token -> new CommitOffsets(token, GROUP, "", null, -1, true, -1, offsets));
    }

    private static Pending<GroupAnswer> fetch(Scene scene) {
        return scene.coordinators.ask(GROUP, token -> new FetchOffsets(token, GROUP, null, -1, true, List.of(new TopicPartitions("t", Uuid.ZERO, List.of(0)))));
    }

    private static long offsetIn(Pending<GroupAnswer> fetched) {
        assertThat(fetched.holds()).as("it is answered").isTrue();
        return ((OffsetsFetched) fetched.get()).topics().getFirst().partitions().getFirst().offset();
    }

    private static ErrorCode errorIn(Pending<GroupAnswer> answer) {
        assertThat(answer.holds()).as("it is answered").isTrue();
        return answer.get().error();
    }

    private static int recordsIn(Scene scene, int batch) {
        return RecordBatch.at(scene.partition.batches.get(batch), 0).recordCount();
    }

    // ---- for the time of the setting ----

    @Test void whatIsDecidedWithinTheTimeIsOneBatchAndOneSync() {
        var first = commit(fixed, 1);
        fixed.time.pass(LINGER_MS - 1);
        var second = commit(fixed, 2);
        assertThat(fixed.partition.batches).isEmpty();
        assertThat(first.holds()).isFalse();
        fixed.time.pass(1);
        assertThat(errorIn(first)).isEqualTo(ErrorCode.NONE);
        assertThat(errorIn(second)).isEqualTo(ErrorCode.NONE);
        assertThat(fixed.partition.batches).hasSize(1);
        assertThat(recordsIn(fixed, 0)).isEqualTo(2);
        assertThat(fixed.partition.syncs).isEqualTo(1);
    }

    @Test void noAnswerIsGivenBeforeTheBatchIsCommitted() {
        fixed.partition.commitsAtOnce = false;
        var committed = commit(fixed, 1);
        fixed.time.pass(LINGER_MS);
        assertThat(fixed.partition.batches).hasSize(1);
        assertThat(committed.holds()).isFalse();
        fixed.partition.commit();
        fixed.time.turn();
        assertThat(errorIn(committed)).isEqualTo(ErrorCode.NONE);
    }

    @Test void whoeverReadsSeesWhatGathersAndWaitsWithIt() {
        commit(fixed, 7);
        var fetched = fetch(fixed);
        assertThat(fetched.holds()).isFalse();
        fixed.time.pass(LINGER_MS);
        assertThat(offsetIn(fetched)).isEqualTo(7);
    }

    @Test void moreThanABatchHoldsGoesOn() {
        List<Pending<GroupAnswer>> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) all.add(commit(fixed, i));
        assertThat(fixed.partition.batches.size()).isBetween(2, 10);
        fixed.time.pass(LINGER_MS);
        assertThat(all).allSatisfy(each -> assertThat(errorIn(each)).isEqualTo(ErrorCode.NONE));
        assertThat(offsetIn(fetch(fixed))).isEqualTo(999);
    }

    @Test void whatIsLargeIsWrittenByItselfAndBehindWhatCameBefore() {
        var small = commit(fixed, 1);
        List<OffsetToCommit> many = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) many.add(new OffsetToCommit("t", Uuid.ZERO, i, i, -1, null));
        var large = commit(fixed, many);
        assertThat(errorIn(small)).isEqualTo(ErrorCode.NONE);
        assertThat(errorIn(large)).isEqualTo(ErrorCode.NONE);
        assertThat(recordsIn(fixed, 0)).isEqualTo(1);
        assertThat(recordsIn(fixed, 1)).isEqualTo(1_000);
    }

    @Test void theEndOfATransactionWaitsForNothingAndTakesAlongWhatDoes() {
        commit(fixed, 1);
        var ended = fixed.coordinators.endTransaction(fixed.partition.topicPartition().partition(), 5, (short) 0, true, 0, (short) 0);
        assertThat(errorIn(ended)).isEqualTo(ErrorCode.NONE);
        assertThat(RecordBatch.at(fixed.partition.batches.get(0), 0).isControl()).isFalse();
        assertThat(RecordBatch.at(fixed.partition.batches.get(1), 0).isControl()).isTrue();
    }

    @Test void zeroWritesEachDecisionByItself() {
        Scene none = scene(0);
        commit(none, 1);
        commit(none, 2);
        assertThat(none.partition.batches).hasSize(2);
    }

    // ---- when it cannot be written ----

    @Test void whatIsRefusedTogetherIsToldToAllAndTakenBack() {
        commit(fixed, 1);
        fixed.time.pass(LINGER_MS);
        fixed.partition.refuses = ErrorCode.NOT_ENOUGH_REPLICAS;
        var first = commit(fixed, 2);
        var second = commit(fixed, 3);
        fixed.time.pass(LINGER_MS);
        assertThat(errorIn(first)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(errorIn(second)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(errorIn(fetch(fixed))).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        fixed.time.pass(1_000);
        fixed.time.work();
        assertThat(offsetIn(fetch(fixed))).isEqualTo(1);
    }

    @Test void whileNothingIsTakenEachIsRefusedByItselfAndTheCoordinatorGoesOn() {
        fixed.partition.refuses = ErrorCode.NOT_ENOUGH_REPLICAS;
        commit(fixed, 2);
        fixed.time.pass(LINGER_MS + 1_000);
        fixed.time.work();
        assertThat(errorIn(commit(fixed, 3))).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(offsetIn(fetch(fixed))).isEqualTo(-1);
        fixed.partition.refuses = null;
        assertThat(errorIn(commit(fixed, 4))).as("by itself once more").isEqualTo(ErrorCode.NONE);
        var gathering = commit(fixed, 5);
        assertThat(gathering.holds()).isFalse();
        fixed.time.pass(LINGER_MS);
        assertThat(errorIn(gathering)).isEqualTo(ErrorCode.NONE);
    }

    @Test void whereSoMuchIsTooLargeForTheTopicNothingGathersAnyMore() {
        fixed.partition.refuses = ErrorCode.RECORD_LIST_TOO_LARGE;
        var refused = commit(fixed, 1);
        fixed.time.pass(LINGER_MS);
        assertThat(errorIn(refused)).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        fixed.partition.refuses = null;
        fixed.time.pass(1_000);
        fixed.time.work();
        assertThat(errorIn(commit(fixed, 2))).isEqualTo(ErrorCode.NONE);
        assertThat(errorIn(commit(fixed, 3))).isEqualTo(ErrorCode.NONE);
    }

    @Test void aCoordinatorThatResignsTakesBackWhatGathers() {
        commit(fixed, 1);
        fixed.time.pass(LINGER_MS);
        var committed = commit(fixed, 2);
        fixed.coordinators.onResigned(fixed.partition.topicPartition().partition());
        assertThat(errorIn(committed)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        fixed.time.pass(LINGER_MS);
        fixed.partition.leaderEpoch = 2;
        fixed.elected();
        assertThat(offsetIn(fetch(fixed))).isEqualTo(1);
    }

    @Test void somebodyElsesBatchInBetweenIsNoticed() {
        commit(fixed, 1);
        fixed.time.pass(LINGER_MS);
        var committed = commit(fixed, 2);
        fixed.partition.append(fixed.partition.batches.getFirst().duplicate());
        fixed.time.pass(LINGER_MS);
        assertThat(errorIn(committed)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        fixed.time.pass(1_000);
        fixed.time.work();
        assertThat(offsetIn(fetch(fixed))).as("what was written all the same").isEqualTo(2);
    }

    // ---- as it comes ----

    private static ConsumerHeard beat(Pending<GroupAnswer> answer) {
        assertThat(answer.holds()).as("it is answered").isTrue();
        return (ConsumerHeard) answer.get();
    }

    private static Pending<GroupAnswer> heartbeat(Scene scene, int member, int epoch, Partitions owned) {
        List<String> topics = epoch == 0 ? List.of("t") : null;
        return scene.coordinators.ask("consumers", token -> new ConsumerHeartbeat(token, "consumers", new Uuid(1, member).toString(), epoch, null, null, epoch == 0 ? 300_000 : -1,
                topics, null, null, owned, "anna", "/127.0.0.1", true, ConsumerTimes.DEFAULTS, scene.cluster.image(), new Uuid(2, member)));
    }

    private FakePartition consumers;
    private final int[] epochs = new int[6];
    private final Partitions[] given = new Partitions[6];

    /// Four members on two partitions, who have all taken up the newest epoch, each having told what it was given.
    private void settled() {
        consumers = new FakePartition(OffsetsTopic.partitionOf("consumers", Scene.OFFSETS_PARTITIONS));
        adaptive.coordinators.onElected(consumers);
        adaptive.time.work();
        for (int round = 0; round < 8; round++) {
            for (int member = 1; member <= 4; member++) settle(member, round == 0 ? Partitions.NONE : given[member]);
        }
        for (int member = 2; member <= 4; member++) assertThat(epochs[member]).isEqualTo(epochs[1]);
    }

    private void settle(int member, Partitions owned) {
        var answer = heartbeat(adaptive, member, epochs[member], owned);
        adaptive.time.pass(2_000);
        epochs[member] = beat(answer).memberEpoch();
        given[member] = beat(answer).assigned();
    }

    @Test void membersThatTakeUpAnEpochAreWrittenTogether() {
        settled();
        var joined = heartbeat(adaptive, 5, 0, Partitions.NONE);
        assertThat(beat(joined).error()).as("who joins does not wait").isEqualTo(ErrorCode.NONE);
        adaptive.time.pass(1);
        int before = consumers.batches.size();
        int syncs = consumers.syncs;
        List<Pending<GroupAnswer>> answers = new ArrayList<>();
        for (int member = 1; member <= 4; member++) answers.add(heartbeat(adaptive, member, epochs[member], null));
        assertThat(answers).noneMatch(Pending::holds);
        adaptive.time.pass(Linger.PATIENT_MS);
        for (Pending<GroupAnswer> each : answers) assertThat(beat(each).memberEpoch()).isEqualTo(beat(joined).memberEpoch());
        assertThat(consumers.batches).hasSize(before + 1);
        assertThat(consumers.syncs).isEqualTo(syncs + 1);
    }

    @Test void whoCannotWaitTakesThemAlong() {
        settled();
        heartbeat(adaptive, 5, 0, Partitions.NONE);
        int before = consumers.batches.size();
        var beat = heartbeat(adaptive, 1, epochs[1], null);
        assertThat(beat.holds()).isFalse();
        var committed = adaptive.coordinators.ask("consumers", token -> new CommitOffsets(token, "consumers", new Uuid(1, 2).toString(), null, epochs[2], true, -1,
                List.of(new OffsetToCommit("t", Uuid.ZERO, 0, 1, -1, null))));
        assertThat(errorIn(committed)).isEqualTo(ErrorCode.NONE);
        assertThat(beat(beat).error()).isEqualTo(ErrorCode.NONE);
        assertThat(consumers.batches).hasSize(before + 1);
    }

    @Test void aHeartbeatThatChangesNothingIsAnsweredAtOnce() {
        settled();
        assertThat(beat(heartbeat(adaptive, 1, epochs[1], null)).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test void whatComesAloneIsWrittenAtOnce() {
        assertThat(errorIn(commit(adaptive, 1))).isEqualTo(ErrorCode.NONE);
        adaptive.time.pass(1);
        assertThat(errorIn(commit(adaptive, 2))).isEqualTo(ErrorCode.NONE);
        assertThat(adaptive.partition.batches).hasSize(2);
    }
}
