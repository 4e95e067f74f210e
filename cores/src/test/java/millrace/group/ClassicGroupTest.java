package millrace.group;

import static millrace.group.GroupWorld.DELAY_MS;
import static millrace.group.GroupWorld.GROUP;
import static millrace.protocol.ErrorCode.FENCED_INSTANCE_ID;
import static millrace.protocol.ErrorCode.GROUP_MAX_SIZE_REACHED;
import static millrace.protocol.ErrorCode.ILLEGAL_GENERATION;
import static millrace.protocol.ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
import static millrace.protocol.ErrorCode.INVALID_GROUP_ID;
import static millrace.protocol.ErrorCode.INVALID_SESSION_TIMEOUT;
import static millrace.protocol.ErrorCode.MEMBER_ID_REQUIRED;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.REBALANCE_IN_PROGRESS;
import static millrace.protocol.ErrorCode.UNKNOWN_MEMBER_ID;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import millrace.group.command.GroupCommand.Assignment;
import millrace.group.command.GroupCommand.LeaveGroup;
import millrace.group.command.GroupCommand.Leaving;
import millrace.group.command.GroupCommand.Protocol;
import millrace.group.command.GroupAnswer.Left;
import millrace.group.command.GroupSettings;
import millrace.group.stored.GroupChange.GroupMetadata;

/// The classic protocol, as members see it.
class ClassicGroupTest {
    private GroupWorld world = GroupWorld.withDefaults();

    private TestMember member(String name) {
        return world.member(name);
    }

    private void stable(TestMember... members) {
        world.stable(members);
    }

    @Nested class Joining {
        @Test void aNewMemberIsFirstGivenAnIdAndComesBackWithIt() {
            var anna = member("anna").asksToJoin();
            assertThat(anna.joinError()).isEqualTo(MEMBER_ID_REQUIRED);
            assertThat(anna.joinAnswer().memberId()).matches("anna-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
            assertThat(world.state(GROUP)).isEqualTo("Empty");

            anna.memberId = anna.joinAnswer().memberId();
            anna.asksToJoin();
            assertThat(anna.waitsToJoin()).isTrue();
            assertThat(world.state(GROUP)).isEqualTo("PreparingRebalance");
        }

        @Test void anOldClientIsLetInWithoutAnId() {
            var anna = member("anna").old().joins();
            assertThat(anna.waitsToJoin()).isTrue();
            world.pass(DELAY_MS);
            assertThat(anna.isIn().memberId).startsWith("anna-");
        }

        @Test void aNewGroupIsWrittenDownAtOnce() {
            member("anna").asksToJoin();
            assertThat(world.log).hasSize(1).first().isInstanceOfSatisfying(GroupMetadata.class, change -> {
                assertThat(change.value().generation()).isZero();
                assertThat(change.value().protocolType()).isEmpty();
                assertThat(change.value().protocol()).isNull();
                assertThat(change.value().members()).isEmpty();
            });
        }

        @Test void anIdThatIsNotTakenUpWithinTheSessionIsForgotten() {
            var anna = member("anna").asksToJoin();
            anna.memberId = anna.joinAnswer().memberId();
            world.pass(10_000);
            assertThat(anna.asksToJoin().joinError()).isEqualTo(UNKNOWN_MEMBER_ID);
        }

        @Test void aRoundWaitsForThoseWhoWereGivenAnId() {
            var anna = member("anna");
            stable(anna);
            var bob = member("bob").asksToJoin();
            anna.joins();
            assertThat(anna.waitsToJoin()).isTrue();
            bob.memberId = bob.joinAnswer().memberId();
            bob.asksToJoin();
            assertThat(anna.isIn().generation).isEqualTo(bob.isIn().generation).isEqualTo(2);
        }

        @Test void anIdWithAnInstanceIdCannotHaveBeenGivenOutHere() {
            var anna = member("anna").asksToJoin();
            anna.memberId = anna.joinAnswer().memberId();
            anna.instanceId = "a";
            assertThat(anna.asksToJoin().joinError()).isEqualTo(UNKNOWN_MEMBER_ID);
        }

        @Test void sessionTimeoutsHaveBounds() {
            assertThat(member("anna").timeouts(5_999, 60_000).asksToJoin().joinError()).isEqualTo(INVALID_SESSION_TIMEOUT);
            assertThat(member("anna").timeouts(1_800_001, 60_000).asksToJoin().joinError()).isEqualTo(INVALID_SESSION_TIMEOUT);
            assertThat(world.log).isEmpty();
        }

        @Test void aGroupHasAName() {
            assertThat(member("anna").of("").asksToJoin().joinError()).isEqualTo(INVALID_GROUP_ID);
        }

        @Test void anUnknownIdIsNotLetIn() {
            var anna = member("anna");
            anna.memberId = "anna-from-elsewhere";
            assertThat(anna.asksToJoin().joinError()).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(world.log).isEmpty();
        }

        @Test void thosePresentDecideWhichTypeAndProtocolsFit() {
            stable(member("anna").protocols("range", "sticky"));
            assertThat(member("bob").protocols("roundrobin").asksToJoin().joinError()).isEqualTo(INCONSISTENT_GROUP_PROTOCOL);
            var connect = member("worker");
            connect.type = "connect";
            assertThat(connect.asksToJoin().joinError()).isEqualTo(INCONSISTENT_GROUP_PROTOCOL);
            assertThat(member("carl").protocols("roundrobin", "sticky").asksToJoin().joinError()).isEqualTo(MEMBER_ID_REQUIRED);
        }

        @Test void aMemberWithoutProtocolsOrTypeFitsNowhere() {
            assertThat(member("anna").protocols().asksToJoin().joinError()).isEqualTo(INCONSISTENT_GROUP_PROTOCOL);
            var bob = member("bob");
            bob.type = "";
            assertThat(bob.asksToJoin().joinError()).isEqualTo(INCONSISTENT_GROUP_PROTOCOL);
        }

        @Test void theProtocolWithMostVotesAmongThoseThatAllKnowWins() {
            var anna = member("anna").protocols("range", "sticky", "own");
            var bob = member("bob").protocols("sticky", "range");
            var carl = member("carl").protocols("sticky", "range");
            stable(anna, bob, carl);
            assertThat(anna.joinAnswer().protocolName()).isEqualTo("sticky");
        }

        @Test void theLeaderIsToldOfEverybodyTheOthersOfNobody() {
            var anna = member("anna");
            var bob = member("bob");
            stable(anna, bob);
            assertThat(anna.leads()).isTrue();
            assertThat(anna.joinAnswer().members()).extracting("memberId").containsExactly(anna.memberId, bob.memberId);
            assertThat(bob.leads()).isFalse();
            assertThat(bob.joinAnswer().leader()).isEqualTo(anna.memberId);
            assertThat(bob.joinAnswer().members()).isEmpty();
        }

        @Test void aFollowerThatLostTouchIsToldWhatHolds() {
            var anna = member("anna");
            var bob = member("bob");
            stable(anna, bob);
            bob.asksToJoin();
            assertThat(bob.joinAnswer().generationId()).isEqualTo(1);
            assertThat(world.state(GROUP)).isEqualTo("Stable");
        }

        @Test void aLeaderThatJoinsAgainWantsToAssignAgain() {
            var anna = member("anna");
            var bob = member("bob");
            stable(anna, bob);
            anna.asksToJoin();
            assertThat(anna.waitsToJoin()).isTrue();
            assertThat(bob.heartbeats()).isEqualTo(REBALANCE_IN_PROGRESS);
            bob.asksToJoin();
            assertThat(anna.isIn().generation).isEqualTo(2);
            assertThat(bob.isIn().generation).isEqualTo(2);
        }

        @Test void aMemberWithOtherMetadataBeginsARound() {
            var anna = member("anna");
            var bob = member("bob");
            stable(anna, bob);
            bob.reads("t", "u").asksToJoin();
            assertThat(bob.waitsToJoin()).isTrue();
            assertThat(world.state(GROUP)).isEqualTo("PreparingRebalance");
        }

        @Test void whoAsksAgainWhileTheAssignmentIsMadeIsToldTheSame() {
            var anna = member("anna").joins();
            var bob = member("bob").joins();
            world.pass(2 * DELAY_MS);
            anna.isIn();
            bob.isIn();
            anna.asksToJoin();
            assertThat(anna.joinAnswer().generationId()).isEqualTo(1);
            assertThat(anna.joinAnswer().members()).hasSize(2);
            bob.asksToJoin();
            assertThat(bob.joinAnswer().members()).isEmpty();
            bob.reads("other").asksToJoin();
            assertThat(bob.waitsToJoin()).isTrue();
            assertThat(world.state(GROUP)).isEqualTo("PreparingRebalance");
        }

        @Test void aQuestionOnAConnectionThatWasGivenUpIsClosedWhenItIsAskedAgain() {
            var anna = member("anna").joins();
            long first = anna.joinToken;
            anna.asksToJoin();
            assertThat(world.answers.get(first).error()).isEqualTo(REBALANCE_IN_PROGRESS);
            assertThat(anna.waitsToJoin()).isTrue();
        }

        @Test void aMemberThatBringsTooMuchIsRefused() {
            var anna = member("anna");
            anna.protocols = List.of(new Protocol("range", ByteBuffer.allocate(1_048_577)));
            assertThat(anna.asksToJoin().joinError()).isEqualTo(GROUP_MAX_SIZE_REACHED);
        }

        @Test void aFullGroupLetsNobodyElseIn() {
            world = new GroupWorld(GroupSettings.DEFAULTS.withMaxGroupSize(2));
            var anna = member("anna");
            stable(anna, member("bob"));
            assertThat(member("carl").asksToJoin().joinError()).isEqualTo(GROUP_MAX_SIZE_REACHED);
            anna.asksToJoin();
            assertThat(anna.waitsToJoin()).as("members may always come back").isTrue();
        }

        @Test void aLoadedGroupThatIsTooLargeShrinksToThoseWhoComeFirst() {
            var anna = member("anna");
            var bob = member("bob");
            stable(anna, bob);
            var smaller = new GroupWorld(GroupSettings.DEFAULTS.withMaxGroupSize(1));
            smaller.log.addAll(world.log);
            smaller.failsOver();
            assertThat(smaller.state(GROUP)).isEqualTo("PreparingRebalance");
            var annaThere = new TestMember(smaller, "anna");
            annaThere.memberId = anna.memberId;
            annaThere.asksToJoin();
            var bobThere = new TestMember(smaller, "bob");
            bobThere.memberId = bob.memberId;
            assertThat(bobThere.asksToJoin().joinError()).isEqualTo(GROUP_MAX_SIZE_REACHED);
            smaller.pass(60_000);
            assertThat(annaThere.isIn().generation).isEqualTo(2);
        }
    }

    @Nested class InitialDelay {
        @Test void aNewGroupWaitsForCompany() {
            var anna = member("anna").joins();
            world.pass(DELAY_MS - 1);
            assertThat(anna.waitsToJoin()).isTrue();
            world.pass(1);
            assertThat(anna.isIn().generation).isEqualTo(1);
        }

        @Test void eachNewcomerProlongsTheDelay() {
            var anna = member("anna").joins();
            world.pass(2_000);
            member("bob").joins();
            world.pass(1_000);
            assertThat(anna.waitsToJoin()).isTrue();
            world.pass(DELAY_MS);
            assertThat(anna.isIn().joinAnswer().members()).hasSize(2);
        }

        @Test void itIsOverWhenNobodyHasComeForThatLong() {
            var anna = member("anna").joins();
            world.pass(400);
            member("bob").joins();
            world.pass(DELAY_MS - 1);
            assertThat(anna.waitsToJoin()).isTrue();
            world.pass(1);
            assertThat(anna.isIn().joinAnswer().members()).as("Kafka would wait for a second whole delay").hasSize(2);
        }

        @Test void whoComesWithinTheDelayOfTheLastOneCostsNoSecondRound() {
            var anna = member("anna").joins();
            world.pass(400);
            member("bob").joins();
            world.pass(DELAY_MS - 1);
            var carl = member("carl").joins();
            world.pass(DELAY_MS);
            assertThat(anna.isIn().joinAnswer().members()).hasSize(3);
            assertThat(carl.isIn().generation).isEqualTo(1);
        }

        @Test void butNotBeyondTheRebalanceTimeout() {
            var anna = member("anna").timeouts(10_000, 7_000).joins();
            for (int i = 0; i < 6; i++) {
                world.pass(1_000);
                member("late" + i).timeouts(10_000, 7_000).joins();
            }
            world.pass(999);
            assertThat(anna.waitsToJoin()).isTrue();
            world.pass(1);
            assertThat(anna.isIn().joinAnswer().members()).hasSize(7);
        }

        @Test void aGroupThatAllHaveLeftBeforeItBeganIsEmptyAgain() {
            var anna = member("anna").joins();
            anna.leaves();
            world.pass(DELAY_MS);
            assertThat(anna.joinError()).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(world.state(GROUP)).isEqualTo("Empty");
        }

        @Test void withoutDelayTheRoundBeginsWithTheNextTick() {
            world = new GroupWorld(GroupSettings.DEFAULTS.withInitialRebalanceDelayMs(0));
            var anna = member("anna").joins();
            assertThat(anna.waitsToJoin()).isTrue();
            world.pass(0);
            assertThat(anna.isIn().generation).isEqualTo(1);
        }
    }

    @Nested class Rounds {
        @Test void aNewMemberBringsTheOthersBack() {
            var anna = member("anna");
            stable(anna);
            var bob = member("bob").joins();
            assertThat(bob.waitsToJoin()).isTrue();
            assertThat(anna.heartbeats()).isEqualTo(REBALANCE_IN_PROGRESS);
            anna.joins();
            assertThat(anna.isIn().generation).isEqualTo(2);
            assertThat(anna.leads()).as("who led leads on").isTrue();
            assertThat(bob.isIn().generation).isEqualTo(2);
        }

        @Test void whoDoesNotComeInTimeIsOut() {
            var anna = member("anna").timeouts(30_000, 20_000);
            var bob = member("bob").timeouts(30_000, 20_000);
            stable(anna, bob);
            var carl = member("carl").timeouts(30_000, 20_000).joins();
            bob.joins();
            world.pass(10_000);
            anna.heartbeats();
            world.pass(9_999);
            assertThat(carl.waitsToJoin()).isTrue();
            world.pass(1);
            assertThat(bob.isIn().leads()).as("the first who came leads").isTrue();
            assertThat(bob.joinAnswer().members()).hasSize(2);
            assertThat(anna.heartbeats()).isEqualTo(UNKNOWN_MEMBER_ID);
        }

        @Test void aMemberThatDiesMakesWayBeforeTheRoundIsOver() {
            var anna = member("anna");
            var bob = member("bob");
            stable(anna, bob);
            anna.asksToJoin();
            world.pass(9_999);
            assertThat(anna.waitsToJoin()).isTrue();
            world.pass(1);
            assertThat(anna.isIn().joinAnswer().members()).hasSize(1);
        }

        @Test void whenNobodyComesTheRoundWaitsForTheSessionsToEnd() {
            var anna = member("anna").timeouts(100_000, 10_000).instance("a");
            var bob = member("bob").timeouts(100_000, 10_000);
            stable(anna, bob);
            bob.leaves();
            assertThat(world.state(GROUP)).isEqualTo("PreparingRebalance");
            world.pass(20_000);
            assertThat(world.state(GROUP)).isEqualTo("PreparingRebalance");
            world.pass(100_000);
            assertThat(world.state(GROUP)).isEqualTo("Empty");
        }

        @Test void aNewMemberThatWaitsTooLongIsToldToBeginAnew() {
            world = new GroupWorld(GroupSettings.DEFAULTS);
            var anna = member("anna").timeouts(600_000, 900_000);
            stable(anna);
            var bob = member("bob").timeouts(10_000, 10_000).joins();
            world.pass(299_999);
            assertThat(bob.waitsToJoin()).as("its own session does not count while it waits").isTrue();
            world.pass(1);
            assertThat(bob.joinError()).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(bob.joinAnswer().memberId()).isEmpty();
        }

        @Test void joiningAfterTheJoiningBeginsTheNextRound() {
            var anna = member("anna").joins();
            world.pass(DELAY_MS);
            anna.isIn();
            var bob = member("bob").joins();
            assertThat(world.state(GROUP)).isEqualTo("PreparingRebalance");
            assertThat(anna.syncs().syncError()).isEqualTo(REBALANCE_IN_PROGRESS);
            anna.joins();
            assertThat(anna.isIn().generation).isEqualTo(bob.isIn().generation).isEqualTo(2);
        }
    }

    @Nested class Syncing {
        @Test void followersWaitForTheLeader() {
            var anna = member("anna").joins();
            var bob = member("bob").joins();
            world.pass(2 * DELAY_MS);
            anna.isIn();
            bob.isIn().syncs();
            assertThat(bob.waitsToSync()).isTrue();
            anna.asksToSync(Map.of(anna, "t-0", bob, "t-1"));
            assertThat(bob.assigned()).isEqualTo("t-1");
            assertThat(anna.assigned()).isEqualTo("t-0");
            assertThat(world.core.disagreements()).isEmpty();
        }

        @Test void whomTheLeaderForgotGetsNothing() {
            var anna = member("anna").joins();
            var bob = member("bob").joins();
            world.pass(2 * DELAY_MS);
            anna.isIn();
            bob.isIn().syncs();
            anna.asksToSync(1, null, null, List.of(new Assignment("somebody-else", TestMember.bytes("x"))));
            assertThat(bob.assigned()).isEmpty();
            assertThat(world.core.disagreements()).isEmpty();
        }

        @Test void inAStableGroupTheAssignmentIsRepeated() {
            var anna = member("anna");
            stable(anna);
            assertThat(anna.syncs().assigned()).isEqualTo(anna.memberId + ".");
        }

        @Test void whatTheMemberBelievesIsCompared() {
            var anna = member("anna").joins();
            world.pass(DELAY_MS);
            anna.isIn();
            assertThat(anna.asksToSync(0, null, null, List.of()).syncError()).isEqualTo(ILLEGAL_GENERATION);
            assertThat(anna.asksToSync(1, "connect", "range", List.of()).syncError()).isEqualTo(INCONSISTENT_GROUP_PROTOCOL);
            assertThat(anna.asksToSync(1, "consumer", "sticky", List.of()).syncError()).isEqualTo(INCONSISTENT_GROUP_PROTOCOL);
            assertThat(anna.asksToSync(1, "consumer", "range", List.of()).syncError()).isEqualTo(NONE);
            assertThat(member("nobody").syncs().syncError()).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(member("nobody").of("").syncs().syncError()).isEqualTo(INVALID_GROUP_ID);
            assertThat(member("nobody").of("absent").syncs().syncError()).isEqualTo(UNKNOWN_MEMBER_ID);
        }

        @Test void whoNeverSyncsIsOutAndTheOthersBeginAnew() {
            var anna = member("anna").timeouts(60_000, 10_000).joins();
            var bob = member("bob").timeouts(60_000, 10_000).joins();
            world.pass(2 * DELAY_MS);
            anna.isIn().asksToSync(Map.of());
            bob.isIn();
            assertThat(world.state(GROUP)).isEqualTo("Stable");
            world.pass(10_000);
            assertThat(world.state(GROUP)).isEqualTo("PreparingRebalance");
            assertThat(bob.heartbeats()).isEqualTo(UNKNOWN_MEMBER_ID);
            anna.joins();
            assertThat(anna.isIn().generation).isEqualTo(2);
        }

        @Test void aLeaderThatNeverAssignsIsOutToo() {
            var anna = member("anna").timeouts(60_000, 10_000).joins();
            var bob = member("bob").timeouts(60_000, 10_000).joins();
            world.pass(2 * DELAY_MS);
            anna.isIn();
            bob.isIn().syncs();
            world.pass(10_000);
            assertThat(bob.syncError()).isEqualTo(REBALANCE_IN_PROGRESS);
            bob.joins();
            assertThat(bob.isIn().leads()).isTrue();
        }

        @Test void aFollowersWaitEndsWhenAnotherRoundBegins() {
            var anna = member("anna").joins();
            var bob = member("bob").joins();
            world.pass(2 * DELAY_MS);
            anna.isIn();
            bob.isIn().syncs();
            anna.leaves();
            assertThat(bob.syncError()).isEqualTo(REBALANCE_IN_PROGRESS);
        }

        @Test void aGenerationIsWrittenWithWhatItsMembersWereTold() {
            var anna = member("anna");
            stable(anna);
            assertThat(world.log.getLast()).isInstanceOfSatisfying(GroupMetadata.class, change -> {
                assertThat(change.value().generation()).isEqualTo(1);
                assertThat(change.value().protocolType()).isEqualTo("consumer");
                assertThat(change.value().protocol()).isEqualTo("range");
                assertThat(change.value().leader()).isEqualTo(anna.memberId);
                assertThat(change.value().members()).singleElement().satisfies(stored -> {
                    assertThat(stored.clientHost()).isEqualTo("/127.0.0.1");
                    assertThat(stored.sessionTimeout()).isEqualTo(10_000);
                    assertThat(stored.rebalanceTimeout()).isEqualTo(60_000);
                    assertThat(stored.assignment()).isEqualTo(TestMember.bytes(anna.memberId + "."));
                });
            });
        }
    }

    @Nested class Living {
        @Test void heartbeatsKeepASessionAlive() {
            var anna = member("anna");
            stable(anna);
            for (int i = 0; i < 5; i++) {
                world.pass(9_999);
                assertThat(anna.heartbeats()).isEqualTo(NONE);
            }
            world.pass(10_000);
            assertThat(anna.heartbeats()).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(world.state(GROUP)).isEqualTo("Empty");
        }

        @Test void commitsDoToo() {
            var anna = member("anna");
            stable(anna);
            world.pass(9_999);
            assertThat(anna.commits("t", 0, 5)).isEqualTo(NONE);
            world.pass(9_999);
            assertThat(anna.heartbeats()).isEqualTo(NONE);
        }

        @Test void aHeartbeatSaysWhoItIsAndWhen() {
            var anna = member("anna");
            stable(anna);
            anna.generation = 0;
            assertThat(anna.heartbeats()).isEqualTo(ILLEGAL_GENERATION);
            assertThat(member("nobody").heartbeats()).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(member("nobody").of("absent").heartbeats()).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(member("nobody").of("").heartbeats()).isEqualTo(INVALID_GROUP_ID);
        }

        @Test void membersThatWaitAreAlive() {
            var anna = member("anna").timeouts(10_000, 60_000);
            var bob = member("bob").timeouts(60_000, 60_000);
            stable(anna, bob);
            anna.asksToJoin();
            world.pass(30_000);
            assertThat(anna.waitsToJoin()).isTrue();
            bob.asksToJoin();
            assertThat(anna.isIn().joinAnswer().members()).hasSize(2);
        }

        @Test void aSessionBeginsAgainWithEachAnswer() {
            var anna = member("anna").timeouts(60_000, 60_000).joins();
            var bob = member("bob").timeouts(10_000, 60_000).joins();
            world.pass(2 * DELAY_MS);
            anna.isIn();
            bob.isIn().syncs();
            world.pass(30_000);
            assertThat(bob.waitsToSync()).isTrue();
            anna.asksToSync(Map.of(bob, "t-0"));
            world.pass(9_999);
            assertThat(bob.heartbeats()).isEqualTo(NONE);
        }
    }

    @Nested class GoingAway {
        @Test void theOthersTakeOverAtOnce() {
            var anna = member("anna");
            var bob = member("bob");
            stable(anna, bob);
            assertThat(anna.leaves()).isEqualTo(NONE);
            bob.joins();
            assertThat(bob.isIn().leads()).isTrue();
            assertThat(bob.generation).isEqualTo(2);
        }

        @Test void theLastOneLeavesAnEmptyGenerationBehind() {
            var anna = member("anna");
            stable(anna);
            anna.leaves();
            assertThat(world.state(GROUP)).isEqualTo("Empty");
            assertThat(world.log.getLast()).isInstanceOfSatisfying(GroupMetadata.class, change -> {
                assertThat(change.value().generation()).isEqualTo(2);
                assertThat(change.value().protocolType()).isEqualTo("consumer");
                assertThat(change.value().protocol()).isNull();
                assertThat(change.value().leader()).isNull();
                assertThat(change.value().members()).isEmpty();
            });
        }

        @Test void eachOfSeveralHasItsOwnError() {
            var anna = member("anna").instance("a");
            var bob = member("bob");
            var carl = member("carl");
            stable(anna, bob, carl);
            var pending = member("dora").asksToJoin().joinAnswer().memberId();
            long token = world.ask(t -> new LeaveGroup(t, GROUP, List.of(new Leaving("", "a", "removed"), new Leaving(bob.memberId, null, null),
                    new Leaving("nobody", null, null), new Leaving("", "z", null), new Leaving("", null, null), new Leaving(pending, null, null),
                    new Leaving(carl.memberId, "z", null))));
            assertThat(world.answer(token, Left.class).members()).extracting("error")
                    .containsExactly(NONE, NONE, UNKNOWN_MEMBER_ID, UNKNOWN_MEMBER_ID, UNKNOWN_MEMBER_ID, NONE, UNKNOWN_MEMBER_ID);
            assertThat(world.describe(GROUP).members()).hasSize(1);
        }

        @Test void nobodyCanLeaveAGroupThatIsNotThere() {
            assertThat(world.remove("absent", "m", null)).isEqualTo(UNKNOWN_MEMBER_ID);
            long token = world.ask(t -> new LeaveGroup(t, "", List.of()));
            assertThat(world.answer(token, Left.class).error()).isEqualTo(INVALID_GROUP_ID);
        }

        @Test void whoLeavesWhileAnAnswerIsDueIsAnswered() {
            var anna = member("anna").joins();
            assertThat(anna.leaves()).isEqualTo(NONE);
            assertThat(anna.joinError()).isEqualTo(UNKNOWN_MEMBER_ID);
        }
    }

    @Nested class StaticMembers {
        @Test void needNoIdBeforehand() {
            var anna = member("anna").instance("a").joins();
            assertThat(anna.waitsToJoin()).isTrue();
            world.pass(DELAY_MS);
            assertThat(anna.isIn().memberId).startsWith("a-");
        }

        @Test void aRestartedOneGetsItsPlaceBackWithoutARebalance() {
            var anna = member("anna").instance("a");
            var bob = member("bob").instance("b");
            stable(anna, bob);
            String before = bob.memberId;
            bob.memberId = "";
            bob.asksToJoin();
            assertThat(bob.isIn().generation).isEqualTo(1);
            assertThat(bob.memberId).startsWith("b-").isNotEqualTo(before);
            assertThat(bob.syncs().assigned()).isEqualTo(before + ".");
            assertThat(anna.heartbeats()).isEqualTo(NONE);
            assertThat(world.core.disagreements()).isEmpty();
        }

        @Test void theOldIdIsFencedEverywhere() {
            var anna = member("anna").instance("a");
            stable(anna);
            var again = member("anna").instance("a").asksToJoin().isIn();
            assertThat(anna.heartbeats()).isEqualTo(FENCED_INSTANCE_ID);
            assertThat(anna.syncs().syncError()).isEqualTo(FENCED_INSTANCE_ID);
            assertThat(anna.asksToJoin().joinError()).isEqualTo(FENCED_INSTANCE_ID);
            assertThat(anna.commits("t", 0, 1)).isEqualTo(FENCED_INSTANCE_ID);
            assertThat(anna.leaves()).isEqualTo(FENCED_INSTANCE_ID);
            assertThat(again.heartbeats()).isEqualTo(NONE);
        }

        @Test void whoeverAsksInTheOldNameIsFencedWhileItWaits() {
            var anna = member("anna").instance("a").joins();
            var again = member("anna").instance("a").asksToJoin();
            assertThat(anna.joinError()).isEqualTo(FENCED_INSTANCE_ID);
            world.pass(2 * DELAY_MS);
            assertThat(again.isIn().joinAnswer().members()).hasSize(1);
        }

        @Test void aReturningLeaderThatUnderstandsItIsToldNotToAssign() {
            var anna = member("anna").instance("a");
            var bob = member("bob").instance("b");
            stable(anna, bob);
            var again = member("anna").instance("a").asksToJoin().isIn();
            assertThat(again.leads()).isTrue();
            assertThat(again.joinAnswer().skipAssignment()).isTrue();
            assertThat(again.joinAnswer().members()).hasSize(2);
        }

        @Test void anOlderReturningLeaderIsToldThatAnotherLeads() {
            var anna = member("anna").instance("a");
            stable(anna, member("bob").instance("b"));
            var again = member("anna").instance("a").old().asksToJoin().isIn();
            assertThat(again.joinAnswer().leader()).isEqualTo(anna.memberId);
            assertThat(again.leads()).isFalse();
            assertThat(again.joinAnswer().skipAssignment()).isFalse();
            assertThat(again.joinAnswer().members()).isEmpty();
        }

        @Test void aRestartThatChangesTheChosenProtocolBeginsARound() {
            var anna = member("anna").instance("a").protocols("range", "sticky");
            var bob = member("bob").instance("b").protocols("range", "sticky");
            stable(anna, bob);
            var again = member("bob").instance("b").protocols("sticky").asksToJoin();
            assertThat(again.waitsToJoin()).isTrue();
            anna.joins();
            assertThat(again.isIn().joinAnswer().protocolName()).isEqualTo("sticky");
        }

        @Test void aRestartWhileTheLeaderAssignsBeginsARound() {
            var anna = member("anna").instance("a").joins();
            var bob = member("bob").instance("b").joins();
            world.pass(2 * DELAY_MS);
            anna.isIn();
            bob.isIn().syncs();
            var again = member("bob").instance("b").asksToJoin();
            assertThat(bob.syncError()).isEqualTo(FENCED_INSTANCE_ID);
            assertThat(again.waitsToJoin()).isTrue();
            assertThat(world.state(GROUP)).isEqualTo("PreparingRebalance");
        }

        @Test void oneThatIsAwayIsNotPutOutByARound() {
            var anna = member("anna").instance("a").timeouts(100_000, 10_000);
            var bob = member("bob").instance("b").timeouts(100_000, 10_000);
            stable(anna, bob);
            anna.asksToJoin();
            world.pass(10_000);
            assertThat(anna.isIn().joinAnswer().members()).extracting("groupInstanceId").containsExactly("a", "b");
        }

        @Test void anUnknownInstanceIsNobody() {
            var anna = member("anna");
            stable(anna);
            anna.instanceId = "z";
            assertThat(anna.heartbeats()).isEqualTo(UNKNOWN_MEMBER_ID);
        }

        @Test void anAdministratorRemovesThemByInstance() {
            var anna = member("anna").instance("a");
            stable(anna);
            assertThat(world.remove(GROUP, "", "a")).isEqualTo(NONE);
            assertThat(world.state(GROUP)).isEqualTo("Empty");
        }
    }
}
