package millrace.group;

import static millrace.protocol.ErrorCode.COORDINATOR_NOT_AVAILABLE;
import static millrace.protocol.ErrorCode.FENCED_INSTANCE_ID;
import static millrace.protocol.ErrorCode.FENCED_MEMBER_EPOCH;
import static millrace.protocol.ErrorCode.GROUP_ID_NOT_FOUND;
import static millrace.protocol.ErrorCode.GROUP_MAX_SIZE_REACHED;
import static millrace.protocol.ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC;
import static millrace.protocol.ErrorCode.INVALID_REGULAR_EXPRESSION;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.NON_EMPTY_GROUP;
import static millrace.protocol.ErrorCode.STALE_MEMBER_EPOCH;
import static millrace.protocol.ErrorCode.UNKNOWN_MEMBER_ID;
import static millrace.protocol.ErrorCode.UNRELEASED_INSTANCE_ID;
import static millrace.protocol.ErrorCode.UNSUPPORTED_ASSIGNOR;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import millrace.group.command.ConsumerSettings;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.GroupCommand.FetchOffsets;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.MemberState;
import millrace.group.stored.Partitions;
import millrace.protocol.ErrorCode;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConsumerGroupTest {
    private ConsumerWorld world = ConsumerWorld.with(4);

    private MemberState stateOf(TestConsumer consumer) {
        return world.group().member(consumer.memberId).current().state();
    }

    @Nested class Assignments {
        @Test void theFirstMemberGetsEverythingAtOnce() {
            var anna = world.consumer("anna").joins();
            assertThat(anna.has()).containsExactly(0, 1, 2, 3);
            assertThat(anna.epoch).isEqualTo(2);
            assertThat(anna.heard.heartbeatIntervalMs()).as("somebody else is likely to come").isEqualTo(250);
            assertThat(world.state()).isEqualTo("Stable");
        }

        @Test void aNewOwnerWaitsUntilTheOldOneHasGivenUp() {
            var anna = world.consumer("anna").joins();
            var bob = world.consumer("bob").joins();
            assertThat(bob.has()).isEmpty();
            assertThat(bob.epoch).isEqualTo(3);
            assertThat(stateOf(bob)).isEqualTo(MemberState.UNRELEASED_PARTITIONS);
            anna.beats();                                           // told what she may keep; has not given up yet
            assertThat(anna.has()).hasSize(2);
            assertThat(anna.epoch).isEqualTo(2);
            assertThat(stateOf(anna)).isEqualTo(MemberState.UNREVOKED_PARTITIONS);
            assertThat(bob.beats().has()).isEmpty();
            anna.givesUp();
            assertThat(anna.epoch).isEqualTo(3);
            assertThat(bob.beats().has()).hasSize(2).doesNotContainAnyElementsOf(anna.has());
            assertThat(world.state()).isEqualTo("Stable");
        }

        @Test void aMemberThatSaysNothingOfItsPartitionsHasNotGivenThemUp() {
            var anna = world.consumer("anna").joins();
            world.consumer("bob").joins();
            anna.beats();
            assertThat(anna.beatsAt(2, null)).isEqualTo(NONE);
            assertThat(stateOf(anna)).isEqualTo(MemberState.UNREVOKED_PARTITIONS);
        }

        @Test void aHeartbeatWithoutNewsChangesNothing() {
            var anna = world.consumer("anna").joins();
            int written = world.world.log.size();
            anna.beats();
            assertThat(anna.heard.assigned()).isNull();
            assertThat(world.world.log).hasSize(written);
        }

        @Test void aMemberThatLeavesMakesRoomAtOnce() {
            var anna = world.consumer("anna").joins();
            var bob = world.consumer("bob").joins();
            anna.beats();
            assertThat(anna.leaves()).isEqualTo(NONE);
            assertThat(bob.beats().has()).containsExactly(0, 1, 2, 3);
            assertThat(bob.epoch).isEqualTo(4);
        }

        @Test void newPartitionsAreAssigned() {
            var anna = world.consumer("anna").joins();
            world.topic("t", 6);
            assertThat(anna.beats().has()).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(anna.epoch).isEqualTo(3);
        }

        @Test void aTopicThatIsGoneIsTakenAway() {
            world.topic("u", 1);
            var anna = world.consumer("anna").subscribedTo("t", "u").joins();
            world.withoutTopic("u");
            anna.beats();
            assertThat(anna.has("u")).isEmpty();
            anna.givesUp();
            assertThat(anna.epoch).isEqualTo(3);
            assertThat(anna.has()).hasSize(4);
        }

        @Test void aTopicThatComesLaterIsAssigned() {
            var anna = world.consumer("anna").subscribedTo("later").joins();
            assertThat(anna.owned.isEmpty()).isTrue();
            assertThat(anna.epoch).isEqualTo(2);
            world.topic("later", 2);
            assertThat(anna.beats().has("later")).containsExactly(0, 1);
        }

        @Test void aChangedSubscriptionIsObeyedAtOnce() {
            world.topic("u", 2);
            var anna = world.consumer("anna").joins();
            anna.subscribedTo("u").changesSubscription();
            assertThat(anna.has()).isEmpty();
            anna.givesUp();
            assertThat(anna.has("u")).containsExactly(0, 1);
        }

        @Test void theSameTopicsInAnotherOrderAreNoOtherSubscription() {
            world.topic("u", 1);
            var anna = world.consumer("anna").subscribedTo("u", "t", "u").joins();
            int records = world.world.log.size();
            anna.subscribedTo("t", "u").changesSubscription();
            assertThat(anna.epoch).isEqualTo(2);
            assertThat(world.world.log).hasSize(records);
            assertThat(world.group().member("anna").metadata().subscribedTopicNames()).containsExactly("t", "u");
        }

        @Test void theNextTargetWaitsForTheAssignmentInterval() {
            world.times = new ConsumerTimes(45_000, 5_000, 1_000);
            world.consumer("anna").joins();
            world.world.pass(400);
            var bob = world.consumer("bob").joins();
            assertThat(world.state()).isEqualTo("Assigning");
            assertThat(bob.epoch).isEqualTo(2);
            world.world.pass(599);
            bob.beats();
            assertThat(world.group().assignmentEpoch()).isEqualTo(2);
            world.world.pass(1);
            bob.beats();
            assertThat(world.group().assignmentEpoch()).isEqualTo(3);
        }

        @Test void mostVotesChooseTheAssignor() {
            var anna = world.consumer("anna").assignedBy("range").joins();
            world.consumer("bob").assignedBy("range").joins();
            world.consumer("carl").assignedBy("uniform").joins();
            assertThat(world.describe().assignor()).isEqualTo("range");
            assertThat(world.targets("t")).isEqualTo(Map.of("anna", List.of(0, 1), "bob", List.of(2), "carl", List.of(3)));
            assertThat(anna.assignedBy("sticky").changesSubscription().error()).isEqualTo(UNSUPPORTED_ASSIGNOR);
        }
    }

    /// Who is told when to come back: `Pace`.
    @Nested class Heartbeats {
        @Test void whoWaitsForAPartitionComesBackSoon() {
            var anna = world.consumer("anna").joins();
            var bob = world.consumer("bob").joins();
            assertThat(bob.heard.heartbeatIntervalMs()).isBetween(250, 251);
            world.world.pass(5_000);
            anna.beats().givesUp();
            assertThat(anna.heard.heartbeatIntervalMs()).isEqualTo(5_000);
            assertThat(bob.beats().heard.heartbeatIntervalMs()).isEqualTo(5_000);
        }

        @Test void whoHasNothingToWaitForRestsAsLongAsTheTargetHasHeld() {
            var anna = world.consumer("anna").joins();
            assertThat(anna.heard.heartbeatIntervalMs()).isEqualTo(250);
            world.world.pass(1_200);
            assertThat(anna.beats().heard.heartbeatIntervalMs()).as("whoever comes next waits for her no longer than that").isEqualTo(1_200);
            world.world.pass(10_000);
            assertThat(anna.beats().heard.heartbeatIntervalMs()).isEqualTo(5_000);
        }

        @Test void aLargeGroupIsHeardOfOftenEnough() {
            world = ConsumerWorld.with(600);
            world.times = new ConsumerTimes(45_000, 5_000, 1_000);
            var members = new ArrayList<TestConsumer>();
            for (int i = 0; i < 500; i++) members.add(world.consumer("c" + i).joins());
            for (int round = 0; round < 3; round++) {
                world.world.pass(1_000);
                for (TestConsumer each : members) each.beats().givesUp();
            }
            assertThat(members.getFirst().heard.heartbeatIntervalMs()).isEqualTo(5_000);
        }

        @Test void whoComesWhileATargetIsNotDueComesBackWhenItIs() {
            world.times = new ConsumerTimes(45_000, 5_000, 1_000);
            var anna = world.consumer("anna").joins();
            assertThat(anna.heard.heartbeatIntervalMs()).as("whoever comes next waits for the next target, which takes from anna").isEqualTo(1_000);
            world.world.pass(400);
            var bob = world.consumer("bob").joins();
            assertThat(bob.heard.heartbeatIntervalMs()).isBetween(600, 601);
            world.world.pass(602);
            assertThat(bob.beats().heard.heartbeatIntervalMs()).isBetween(250, 251);
            anna.beats().givesUp();
            assertThat(bob.beats().has()).hasSize(2);
        }

        @Test void whoHasRestedGoesOnResting() {
            world.times = new ConsumerTimes(45_000, 5_000, 1_000);
            var anna = world.consumer("anna").joins();
            world.world.pass(7_000);
            assertThat(anna.beats().heard.heartbeatIntervalMs()).isEqualTo(5_000);
            world.consumer("bob").joins();
            assertThat(anna.beatsAt(anna.epoch, null)).isEqualTo(NONE);
            assertThat(anna.heard.heartbeatIntervalMs()).as("she has not moved yet, and the target is new").isEqualTo(250);
        }

        @Test void nobodyIsToldToComeBackLaterThanTheSettingsSay() {
            world.times = new ConsumerTimes(45_000, 100, 0);
            world.consumer("anna").joins();
            assertThat(world.consumer("bob").joins().heard.heartbeatIntervalMs()).isEqualTo(100);
        }

        @Test void whatAMemberLeavesBehindGoesToThoseThatAreHeardOfNext() {
            world = ConsumerWorld.with(8);
            var anna = world.consumer("anna").joins();
            var bob = world.consumer("bob").joins();
            var carl = world.consumer("carl").joins();
            for (int i = 0; i < 3; i++) for (TestConsumer each : List.of(anna, bob, carl)) each.beats();
            var dora = world.consumer("dora").joins();
            for (int i = 0; i < 3; i++) for (TestConsumer each : List.of(anna, bob, carl, dora)) each.beats();
            for (TestConsumer each : List.of(anna, dora, bob, carl)) {
                world.world.pass(10);
                each.beats();
            }
            carl.leaves();
            assertThat(anna.beats().has()).as("first of those who rested longest").hasSize(3);
            assertThat(world.targets("t").get("dora")).hasSize(3);
            assertThat(world.targets("t").get("bob")).hasSize(2);
        }
    }

    @Nested class Fencing {
        @Test void whoIsUnknownIsTold() {
            assertThat(world.consumer("anna").beatsAt(2, null)).isEqualTo(GROUP_ID_NOT_FOUND);
            world.consumer("anna").joins();
            assertThat(world.consumer("bob").beatsAt(2, null)).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(world.consumer("bob").leaves()).isEqualTo(UNKNOWN_MEMBER_ID);
        }

        @Test void anotherEpochIsFenced() {
            var anna = world.consumer("anna").joins();
            assertThat(anna.beatsAt(3, Partitions.NONE)).isEqualTo(FENCED_MEMBER_EPOCH);
            world.consumer("bob").joins();
            anna.beats().givesUp();
            assertThat(anna.epoch).isEqualTo(3);
            assertThat(anna.beatsAt(2, anna.owned)).as("the answer with epoch 3 may have been lost").isEqualTo(NONE);
            assertThat(anna.beatsAt(2, TestConsumer.of("t", 0, 1, 2, 3))).as("it has what it gave up").isEqualTo(FENCED_MEMBER_EPOCH);
            assertThat(anna.beatsAt(2, null)).isEqualTo(FENCED_MEMBER_EPOCH);
        }

        @Test void whoWasFencedJoinsAgainWithWhatItHad() {
            var anna = world.consumer("anna").joins();
            assertThat(anna.beatsAt(10, null)).isEqualTo(FENCED_MEMBER_EPOCH);
            assertThat(anna.joins().has()).containsExactly(0, 1, 2, 3);
            assertThat(anna.epoch).isEqualTo(2);
        }

        @Test void aSilentMemberIsPutOut() {
            var anna = world.consumer("anna").joins();
            world.world.pass(44_999);
            assertThat(world.group().memberCount()).isEqualTo(1);
            world.world.pass(1);
            assertThat(world.state()).isEqualTo("Empty");
            assertThat(world.group().groupEpoch()).isEqualTo(3);
            assertThat(world.group().assignmentEpoch()).as("an empty group has nothing to assign").isEqualTo(3);
            assertThat(anna.beats().error()).isEqualTo(UNKNOWN_MEMBER_ID);
        }

        @Test void whoNeverGivesUpIsPutOut() {
            var anna = world.consumer("anna");
            anna.rebalanceTimeoutMs = 10_000;
            anna.joins();
            var bob = world.consumer("bob").joins();
            anna.beats();
            for (int i = 0; i < 4; i++) {
                world.world.pass(2_500);
                anna.beatsAt(2, TestConsumer.of("t", 0, 1, 2, 3));
                bob.beats();
            }
            assertThat(anna.error()).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(bob.has()).containsExactly(0, 1, 2, 3);
        }

        @Test void oneMoreThanTheGroupHoldsIsRefused() {
            world = ConsumerWorld.with(4, ConsumerSettings.DEFAULTS.withMaxSize(1));
            world.consumer("anna").joins();
            assertThat(world.consumer("bob").joins().error()).isEqualTo(GROUP_MAX_SIZE_REACHED);
            assertThat(world.consumer("anna").joins().error()).isEqualTo(NONE);
        }
    }

    @Nested class Commits {
        @Test void areForMembersInTheirEpoch() {
            var anna = world.consumer("anna").joins();
            assertThat(world.commit("anna", 2, "t", 0)).isEqualTo(NONE);
            assertThat(world.commit("anna", 3, "t", 0)).isEqualTo(STALE_MEMBER_EPOCH);
            assertThat(world.commit("bob", 2, "t", 0)).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(world.commit("", -1, "t", 0)).as("no administrator, while there are members").isEqualTo(UNKNOWN_MEMBER_ID);
            anna.leaves();
            assertThat(world.commit("anna", 2, "t", 0)).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(world.commit("", -1, "t", 0)).isEqualTo(NONE);
        }

        @Test void ofAnOlderEpochCountForWhatTheMemberHasHadSinceThen() {
            var anna = world.consumer("anna").joins();
            var bob = world.consumer("bob").joins();
            anna.beats().givesUp();
            bob.beats();
            assertThat(anna.epoch).isEqualTo(3);
            assertThat(world.commit("anna", 2, "t", anna.has().getFirst())).isEqualTo(NONE);
            assertThat(world.commit("anna", 2, "t", bob.has().getFirst())).isEqualTo(STALE_MEMBER_EPOCH);
            assertThat(world.commit("bob", 2, "t", bob.has().getFirst())).as("bob got it in epoch 3").isEqualTo(STALE_MEMBER_EPOCH);
        }

        @Test void areReadByMembersInTheirEpoch() {
            world.consumer("anna").joins();
            assertThat(fetchError("anna", 2)).isEqualTo(NONE);
            assertThat(fetchError("anna", 1)).isEqualTo(STALE_MEMBER_EPOCH);
            assertThat(fetchError("bob", 2)).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(fetchError(null, -1)).isEqualTo(NONE);
        }

        private ErrorCode fetchError(String memberId, int epoch) {
            return world.world.answers.get(world.world.ask(token -> new FetchOffsets(token, ConsumerWorld.GROUP, memberId, epoch, false, null))).error();
        }

        @Test void ofSubscribedTopicsAreNotDeletedAndDoNotExpire() {
            var anna = world.consumer("anna").joins();
            world.commit("anna", 2, "t", 0);
            assertThat(world.world.deleteOffset(ConsumerWorld.GROUP, "t", 0)).isEqualTo(GROUP_SUBSCRIBED_TO_TOPIC);
            for (int day = 0; day < 10; day++) {
                world.world.pass(24L * 3_600_000 / 2);
                anna.joins();
            }
            anna.leaves();
            assertThat(world.world.deleteGroup(ConsumerWorld.GROUP)).isEqualTo(NONE);
            assertThat(world.group()).isNull();
        }

        @Test void expireWithTheirEmptyGroup() {
            var anna = world.consumer("anna").joins();
            world.commit("anna", 2, "t", 0);
            anna.leaves();
            world.world.pass(8L * 24 * 3_600_000);
            assertThat(world.group()).isNull();
            assertThat(world.world.core.stored().offsets().groups()).isEmpty();
        }
    }

    @Nested class StaticMembers {
        @Test void whoIsBackInTimeHasWhatItHadAndDisturbsNobody() {
            var anna = world.consumer("anna").asInstance("a").joins();
            var bob = world.consumer("bob").asInstance("b").joins();
            anna.beats().givesUp();
            bob.beats();
            List<Integer> had = anna.has();
            assertThat(anna.leavesForNow()).isEqualTo(NONE);
            assertThat(anna.heard.memberEpoch()).isEqualTo(-2);
            var again = world.consumer("anna 2").asInstance("a").joins();
            assertThat(again.has()).isEqualTo(had);
            assertThat(world.group().groupEpoch()).isEqualTo(3);
            assertThat(anna.beatsAt(3, null)).isEqualTo(FENCED_INSTANCE_ID);
            assertThat(bob.beats().heard.assigned()).isNull();
        }

        @Test void anInstanceThatIsThereIsNotGivenAway() {
            world.consumer("anna").asInstance("a").joins();
            assertThat(world.consumer("anna 2").asInstance("a").joins().error()).isEqualTo(UNRELEASED_INSTANCE_ID);
        }

        @Test void whoStaysAwayForItsSessionIsPutOut() {
            var anna = world.consumer("anna").asInstance("a").joins();
            world.world.pass(10_000);
            anna.leavesForNow();
            world.world.pass(35_000);
            assertThat(world.group().isEmpty()).isTrue();
        }

        /// Found by `ConsumerChurnTest`, seed 64: each heartbeat that named the instance began the time anew.
        @Test void whoNeverGivesUpIsPutOut() {
            var anna = world.consumer("anna").asInstance("a");
            anna.rebalanceTimeoutMs = 10_000;
            anna.joins();
            var bob = world.consumer("bob").joins();
            anna.beats();
            for (int i = 0; i < 4; i++) {
                world.world.pass(2_500);
                anna.beatsAt(2, TestConsumer.of("t", 0, 1, 2, 3));
                bob.beats();
            }
            assertThat(anna.error()).isEqualTo(UNKNOWN_MEMBER_ID);
        }

        @Test void whoLeavesForGoodMakesRoom() {
            var anna = world.consumer("anna").asInstance("a").joins();
            assertThat(anna.leaves()).isEqualTo(NONE);
            assertThat(world.consumer("anna 2").asInstance("a").joins().has()).hasSize(4);
        }

        @Test void theFullGroupHasRoomForWhoComesBack() {
            world = ConsumerWorld.with(4, ConsumerSettings.DEFAULTS.withMaxSize(1));
            world.consumer("anna").asInstance("a").joins().leavesForNow();
            assertThat(world.consumer("anna 2").asInstance("a").joins().has()).hasSize(4);
        }
    }

    @Nested class RegularExpressions {
        @Test void standForTheTopicsThatMatchWhole() {
            world.topic("orders-a", 1).topic("orders-b", 1).topic("old-orders-a", 1);
            var anna = world.consumer("anna").subscribedBy("orders-.*").joins();
            assertThat(anna.owned.byTopic().keySet()).containsExactlyInAnyOrder(ConsumerWorld.idOf("orders-a"), ConsumerWorld.idOf("orders-b"));
            assertThat(world.group().expressions().get("orders-.*").topics()).containsExactly("orders-a", "orders-b");
        }

        @Test void areLookedAtAgainWhenTopicsCame() {
            world.topic("orders-a", 1);
            var anna = world.consumer("anna").subscribedBy("orders-.*").joins();
            world.topic("orders-b", 1);
            assertThat(anna.beats().has("orders-b")).as("not more often than every ten seconds").isEmpty();
            world.world.pass(10_001);
            assertThat(anna.beats().has("orders-b")).containsExactly(0);
        }

        @Test void thatCannotBeReadAreRefused() {
            assertThat(world.consumer("anna").subscribedBy("orders-(").joins().error()).isEqualTo(INVALID_REGULAR_EXPRESSION);
            assertThat(world.group()).isNull();
        }

        @Test void thatAreNestedDeeperThanTheStackAreRefusedToo() throws InterruptedException {
            ConsumerWorld.with(1).consumer("first").subscribedBy("(t|u)+").joins();
            String nested = "(".repeat(16_000) + "t" + ")".repeat(16_000);
            var anna = world.consumer("anna").subscribedBy(nested);
            // A stack that is small for certain, whatever the machine's default is. What the first use of the library loads is loaded by then.
            Thread small = new Thread(null, anna::joins, "small stack", 256 * 1024);
            small.start();
            small.join();
            assertThat(anna.error()).isEqualTo(INVALID_REGULAR_EXPRESSION);
            assertThat(world.group()).isNull();
        }

        @Test void areForgottenWithTheirLastMember() {
            var anna = world.consumer("anna").subscribedBy("t.*").joins();
            world.consumer("bob").subscribedBy("t.*").joins();
            anna.leaves();
            assertThat(world.group().expressions()).containsOnlyKeys("t.*");
            world.consumer("bob").leaves();
            assertThat(world.group().expressions()).isEmpty();
        }

        @Test void thatMatchNothingMakeAMemberAllTheSame() {
            var anna = world.consumer("anna").subscribedBy("nothing").joins();
            assertThat(anna.epoch).isEqualTo(2);
            assertThat(anna.owned.isEmpty()).isTrue();
        }
    }

    @Nested class Administration {
        @Test void theGroupKeepsItsIdWhileItHasMembers() {
            var anna = world.consumer("anna").joins();
            assertThat(world.world.deleteGroup(ConsumerWorld.GROUP)).isEqualTo(NON_EMPTY_GROUP);
            assertThat(world.world.list(List.of("stable"), List.of("consumer"))).singleElement().satisfies(group -> assertThat(group.protocolType()).isEqualTo("consumer"));
            assertThat(world.world.list(List.of(), List.of("classic"))).isEmpty();
            assertThat(world.world.describe(ConsumerWorld.GROUP).error()).isEqualTo(GROUP_ID_NOT_FOUND);
            anna.leaves();
            assertThat(world.world.list(List.of("Empty"), List.of())).hasSize(1);
        }

        @Test void anEmptyGroupOfTheOtherProtocolGivesWay() {
            world.world.commit(ConsumerWorld.GROUP, "t", 0, 5);
            var anna = world.consumer("anna").joins();
            assertThat(anna.has()).hasSize(4);
            assertThat(world.world.committed(ConsumerWorld.GROUP, "t", 0)).isEqualTo(5);
            assertThat(world.world.list(List.of(), List.of())).hasSize(1);
            anna.leaves();
            world.world.member("bob").joins();
            world.world.pass(GroupWorld.DELAY_MS);
            assertThat(world.group()).isNull();
            assertThat(world.world.list(List.of(), List.of())).singleElement().satisfies(group -> assertThat(group.type()).isEqualTo("classic"));
        }
    }

    @Nested class Failover {
        @Test void theNextCoordinatorCarriesOn() {
            var anna = world.consumer("anna").joins();
            var bob = world.consumer("bob").joins();
            anna.beats();
            ConsumerGroup before = world.group();
            world.world.failsOver();
            assertThat(world.group()).isEqualTo(before);
            anna.givesUp();
            assertThat(bob.beats().has()).hasSize(2);
            world.world.pass(45_000);
            assertThat(world.group().isEmpty()).as("sessions begin again, and end").isTrue();
        }

        @Test void whatCouldNotBeWrittenDidNotHappen() {
            var anna = world.consumer("anna").joins();
            world.world.writesFailWith = COORDINATOR_NOT_AVAILABLE;
            world.world.pass(50_000);
            assertThat(world.group().memberCount()).isEqualTo(1);
            world.world.writesFailWith = null;
            world.world.pass(50_000);
            assertThat(world.group().isEmpty()).as("its session ends again").isTrue();
            assertThat(anna.joins().has()).hasSize(4);
        }
    }
}
