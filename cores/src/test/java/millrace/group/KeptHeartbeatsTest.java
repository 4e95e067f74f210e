package millrace.group;

import static millrace.group.GroupWorld.DELAY_MS;
import static millrace.group.GroupWorld.GROUP;
import static millrace.protocol.ErrorCode.ILLEGAL_GENERATION;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.NOT_ENOUGH_REPLICAS;
import static millrace.protocol.ErrorCode.REBALANCE_IN_PROGRESS;
import static millrace.protocol.ErrorCode.UNKNOWN_MEMBER_ID;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

import org.junit.jupiter.api.Test;

import millrace.group.command.GroupCommand.AnswerHeartbeat;
import millrace.group.command.GroupSettings;

/// When the answer to a heartbeat is kept back, and what ends that.
class KeptHeartbeatsTest {
    private static final int HOLD_MS = 4_000;

    private GroupWorld world = new GroupWorld(GroupSettings.DEFAULTS.withHeartbeatHoldMs(HOLD_MS));
    private final TestMember anna = member("anna");
    private final TestMember bob = member("bob");

    private TestMember member(String name) {
        return world.member(name).timeouts(30_000, 60_000);
    }

    private void stable(TestMember... members) {
        world.stable(members);
    }

    private void answerNow(TestMember member, boolean connectionLost) {
        world.ask(token -> new AnswerHeartbeat(token, member.group, member.memberId, connectionLost));
    }

    // ---- what ends it ----

    @Test void whoLeavesIsHeardOfAtOnceByThoseWhoseHeartbeatIsKept() {
        stable(anna, bob);
        anna.beats();
        assertThat(anna.heard()).isNull();
        bob.leaves();
        assertThat(anna.heard()).isEqualTo(REBALANCE_IN_PROGRESS);
    }

    @Test void whoComesIsHeardOfAtOnce() {
        stable(anna);
        anna.beats();
        bob.joins();
        assertThat(anna.heard()).isEqualTo(REBALANCE_IN_PROGRESS);
    }

    @Test void whoIsPutOutIsHeardOfAtOnce() {
        stable(anna, bob);
        world.pass(27_000);
        anna.beats();
        world.pass(2_999);
        assertThat(anna.heard()).isNull();
        world.pass(1);
        assertThat(anna.heard()).isEqualTo(REBALANCE_IN_PROGRESS);
    }

    @Test void withoutNewsItIsAnsweredWhenItsTimeIsOver() {
        stable(anna);
        anna.beats();
        world.pass(HOLD_MS - 1);
        assertThat(anna.heard()).isNull();
        world.pass(1);
        assertThat(anna.heard()).isEqualTo(NONE);
    }

    @Test void itIsNeverKeptForMoreThanAThirdOfTheSession() {
        stable(anna.timeouts(6_000, 60_000));
        anna.beats();
        world.pass(1_999);
        assertThat(anna.heard()).isNull();
        world.pass(1);
        assertThat(anna.heard()).isEqualTo(NONE);
    }

    @Test void theNextOneAnswersTheOneBefore() {
        stable(anna);
        long first = anna.beats().beatToken;
        world.pass(3_000);
        anna.beats();
        assertThat(world.answers.get(first).error()).isEqualTo(NONE);
        world.pass(HOLD_MS - 1);
        assertThat(anna.heard()).as("its time begins anew").isNull();
        world.pass(1);
        assertThat(anna.heard()).isEqualTo(NONE);
    }

    @Test void itIsAnsweredWhenSomethingWaitsBehindIt() {
        stable(anna, bob);
        anna.beats();
        bob.beats();
        answerNow(anna, false);
        assertThat(anna.heard()).isEqualTo(NONE);
        assertThat(bob.heard()).isNull();
        assertThat(anna.beats().heard()).as("the next one is kept again").isNull();
    }

    @Test void aMemberThatIsPutOutIsToldSo() {
        stable(anna, bob);
        anna.beats();
        world.remove(GROUP, anna.memberId, null);
        assertThat(anna.heard()).isEqualTo(UNKNOWN_MEMBER_ID);
    }

    @Test void whatCannotBeWrittenThrowsTheGroupBackAndItsMembersAreTold() {
        var static1 = member("one").instance("one");
        stable(anna, static1);
        anna.beats();
        world.writesFailWith = NOT_ENOUGH_REPLICAS;
        member("one").instance("one").asksToJoin();     // the instance came back; its new id cannot be written
        assertThat(anna.heard()).isEqualTo(REBALANCE_IN_PROGRESS);
        assertThat(world.state(GROUP)).isEqualTo("PreparingRebalance");
    }

    @Test void aGroupThatBecomesOneOfTheConsumerProtocolTellsItsMembers() {
        var consumers = new ConsumerWorld(GroupSettings.DEFAULTS.withHeartbeatHoldMs(HOLD_MS)).topic("t", 2);
        world = consumers.world;
        TestMember carl = world.member("carl").of(ConsumerWorld.GROUP);
        carl.joins();
        world.pass(DELAY_MS);
        carl.isIn().asksToSync(Map.of());
        carl.beats();
        assertThat(carl.heard()).isNull();
        consumers.consumer("dora").joins();
        assertThat(carl.heard()).isEqualTo(REBALANCE_IN_PROGRESS);
        answerNow(carl, false);
    }

    // ---- who is kept waiting ----

    @Test void theSessionCountsFromWhenItCame() {
        stable(anna.timeouts(6_000, 60_000));
        anna.beats();
        world.pass(5_999);
        assertThat(world.state(GROUP)).isEqualTo("Stable");
        world.pass(1);
        assertThat(world.state(GROUP)).isEqualTo("Empty");
    }

    @Test void whoDoesNotSayThatItMayWaitIsAnsweredAtOnce() {
        stable(anna);
        assertThat(anna.heartbeats()).isEqualTo(NONE);
    }

    @Test void anErrorIsToldAtOnce() {
        stable(anna);
        anna.generation++;
        assertThat(anna.beats().heard()).isEqualTo(ILLEGAL_GENERATION);
        anna.memberId = "nobody";
        assertThat(anna.beats().heard()).isEqualTo(UNKNOWN_MEMBER_ID);
    }

    @Test void whileTheGroupIsNotStableEverybodyIsAnsweredAtOnce() {
        stable(anna, bob);
        bob.leaves();
        assertThat(anna.beats().heard()).isEqualTo(REBALANCE_IN_PROGRESS);
        anna.joins().isIn();
        assertThat(world.state(GROUP)).isEqualTo("CompletingRebalance");
        assertThat(anna.beats().heard()).isEqualTo(NONE);
    }

    /// It stays in its group when it closes, and waits for its open requests.
    @Test void aStaticMemberIsAnsweredAtOnce() {
        stable(anna.instance("a"));
        assertThat(anna.beats().heard()).isEqualTo(NONE);
    }

    @Test void aMemberOfKafkaStreamsIsAnsweredAtOnce() {
        stable(anna.protocols("stream"));
        assertThat(anna.beats().heard()).isEqualTo(NONE);
    }

    @Test void aWorkerOfConnectIsKeptWaitingAndOtherKindsOfGroupsAreNot() {
        anna.type = "connect";
        stable(anna);
        assertThat(anna.beats().heard()).isNull();
        TestMember other = member("other").of("others");
        other.type = "others";
        stable(other);
        assertThat(other.beats().heard()).isEqualTo(NONE);
    }

    @Test void aMemberWhoseConnectionBrokeMeanwhileIsNotKeptWaitingAgain() {
        stable(anna, bob);
        anna.beats();
        answerNow(anna, true);
        assertThat(anna.beats().heard()).isEqualTo(NONE);
        assertThat(bob.beats().heard()).isNull();
    }

    @Test void withoutTimeForItNobodyIsKeptWaiting() {
        world = new GroupWorld(GroupSettings.DEFAULTS.withHeartbeatHoldMs(0));
        TestMember carl = world.member("carl");
        stable(carl);
        assertThat(carl.beats().heard()).isEqualTo(NONE);
    }

    @Test void toAnswerWhatIsNotKeptDoesNothing() {
        stable(anna);
        answerNow(anna, true);
        world.ask(token -> new AnswerHeartbeat(token, GROUP, "nobody", false));
        world.ask(token -> new AnswerHeartbeat(token, "no group", "nobody", false));
        assertThat(anna.beats().heard()).as("that connection had nothing to do with it").isNull();
    }
}
