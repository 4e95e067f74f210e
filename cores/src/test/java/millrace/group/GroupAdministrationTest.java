package millrace.group;

import static millrace.group.GroupWorld.DELAY_MS;
import static millrace.group.GroupWorld.GROUP;
import static millrace.protocol.ErrorCode.COORDINATOR_NOT_AVAILABLE;
import static millrace.protocol.ErrorCode.FENCED_INSTANCE_ID;
import static millrace.protocol.ErrorCode.GROUP_ID_NOT_FOUND;
import static millrace.protocol.ErrorCode.ILLEGAL_GENERATION;
import static millrace.protocol.ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.NON_EMPTY_GROUP;
import static millrace.protocol.ErrorCode.UNKNOWN_MEMBER_ID;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import millrace.common.Uuid;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.GroupCommand.DeleteGroup;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.OffsetToCommit;
import millrace.group.command.GroupCommand.Protocol;
import millrace.group.stored.GroupChange.GroupMetadata;
import millrace.group.stored.GroupChange.OffsetCommit;
import millrace.group.stored.GroupChange.OtherKind;
import millrace.group.stored.GroupChange;
import millrace.group.stored.GroupChangeBytes;
import millrace.metadata.MetadataImage;
import millrace.protocol.CoordinatorKey;
import millrace.protocol.MalformedMessage;
import millrace.protocol.group.GroupMetadataValue;
import millrace.protocol.group.GroupRecords;
import millrace.protocol.group.LegacyOffsetCommitKey;
import millrace.protocol.group.LegacyOffsetCommitValue;
import millrace.protocol.group.OffsetCommitValue;
import millrace.protocol.group.ShareGroupMemberMetadataKey;
import millrace.protocol.group.ShareGroupMetadataKey;

/// What administrators see and do, what another coordinator reads from the log, and what happens when the log cannot be written.
class GroupAdministrationTest {
    private final GroupWorld world = GroupWorld.withDefaults();

    private TestMember stableMember(String name) {
        var member = world.member(name).joins();
        world.pass(DELAY_MS);
        member.isIn();
        return member.asksToSync(Map.of(member, "t-0"));
    }

    @Nested class Looking {
        @Test void aStableGroupIsDescribedInFull() {
            var anna = stableMember("anna");
            var described = world.describe(GROUP);
            assertThat(described.state()).isEqualTo("Stable");
            assertThat(described.protocolType()).isEqualTo("consumer");
            assertThat(described.protocolName()).isEqualTo("range");
            assertThat(described.members()).singleElement().satisfies(member -> {
                assertThat(member.memberId()).isEqualTo(anna.memberId);
                assertThat(member.clientId()).isEqualTo("anna");
                assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
                assertThat(member.metadata()).isEqualTo(TestMember.subscription("t"));
                assertThat(member.assignment()).isEqualTo(TestMember.bytes("t-0"));
            });
        }

        @Test void whileMembersJoinTheirMetadataIsNotShown() {
            stableMember("anna");
            world.member("bob").joins();
            var described = world.describe(GROUP);
            assertThat(described.state()).isEqualTo("PreparingRebalance");
            assertThat(described.protocolName()).isEmpty();
            assertThat(described.members()).hasSize(2).allSatisfy(member -> assertThat(member.metadata().remaining()).isZero());
            assertThat(described.members().getFirst().assignment()).isEqualTo(TestMember.bytes("t-0"));
            assertThat(described.members().getLast().assignment().remaining()).isZero();
        }

        @Test void aGroupThatIsNotThereIsDead() {
            assertThat(world.describe("absent").error()).isEqualTo(GROUP_ID_NOT_FOUND);
            assertThat(world.describe("absent").state()).isEqualTo("Dead");
        }

        @Test void listsAreFilteredByStateAndTypeWhateverTheCase() {
            stableMember("anna");
            world.commit("simple", "t", 0, 1);
            assertThat(world.list(List.of(), List.of())).extracting("groupId").containsExactly(GROUP, "simple");
            assertThat(world.list(List.of("STABLE"), List.of())).extracting("groupId").containsExactly(GROUP);
            assertThat(world.list(List.of("empty", "dead"), List.of("Classic"))).extracting("groupId").containsExactly("simple");
            assertThat(world.list(List.of(), List.of("consumer"))).isEmpty();
            assertThat(world.list(List.of("Stable"), List.of())).first().satisfies(group -> {
                assertThat(group.protocolType()).isEqualTo("consumer");
                assertThat(group.type()).isEqualTo("classic");
            });
        }
    }

    @Nested class DeletingGroups {
        @Test void onlyAGroupWithoutMembersGoes() {
            var anna = stableMember("anna");
            anna.commits("t", 0, 1);
            assertThat(world.deleteGroup(GROUP)).isEqualTo(NON_EMPTY_GROUP);
            anna.leaves();
            assertThat(world.deleteGroup(GROUP)).isEqualTo(NONE);
            assertThat(world.committed(GROUP, "t", 0)).isEqualTo(-1);
            assertThat(world.state(GROUP)).isEqualTo("Dead");
            assertThat(world.deleteGroup(GROUP)).isEqualTo(GROUP_ID_NOT_FOUND);
        }

        @Test void aDeletedGroupMayBeginAnew() {
            stableMember("anna").leaves();
            world.deleteGroup(GROUP);
            assertThat(stableMember("anna").generation).isEqualTo(1);
        }
    }

    @Nested class AnotherCoordinator {
        @Test void findsMembersAndOffsetsAsTheyWere() {
            var anna = stableMember("anna");
            anna.commits("t", 0, 42);
            world.failsOver();
            assertThat(world.state(GROUP)).isEqualTo("Stable");
            assertThat(anna.heartbeats()).isEqualTo(NONE);
            assertThat(anna.syncs().assigned()).isEqualTo("t-0");
            assertThat(anna.commits("t", 0, 43)).isEqualTo(NONE);
            assertThat(world.committed(GROUP, "t", 0)).isEqualTo(43);
            assertThat(world.core.disagreements()).isEmpty();
        }

        @Test void givesEverybodyASessionToBeHeardIn() {
            var anna = stableMember("anna");
            world.failsOver();
            world.pass(9_999);
            assertThat(anna.heartbeats()).isEqualTo(NONE);
            world.failsOver();
            world.pass(10_000);
            assertThat(anna.heartbeats()).isEqualTo(UNKNOWN_MEMBER_ID);
        }

        @Test void knowsNothingOfARoundThatWasUnderWay() {
            var anna = stableMember("anna");
            world.member("bob").joins();
            anna.joins();
            anna.isIn();
            assertThat(anna.generation).isEqualTo(2);
            world.failsOver();
            assertThat(anna.heartbeats()).isEqualTo(ILLEGAL_GENERATION);
            anna.joins();
            assertThat(anna.isIn().generation).isEqualTo(2);
        }

        @Test void knowsStaticMembersByTheirInstance() {
            world.member("anna").instance("a").joins();
            world.pass(DELAY_MS);
            var first = world.describe(GROUP).members().getFirst().memberId();
            var anna = world.member("anna").instance("a");
            anna.memberId = first;
            anna.generation = 1;
            anna.asksToSync(Map.of(anna, "t-0"));
            world.failsOver();
            var again = world.member("anna").instance("a").asksToJoin().isIn();
            assertThat(again.generation).isEqualTo(1);
            assertThat(again.syncs().assigned()).isEqualTo("t-0");
        }

        @Test void knowsATakeOverEvenIfTheRoundItHappenedInNeverEnded() {
            var anna = world.member("anna").instance("a").joins();
            var bob = world.member("bob").joins();
            world.pass(2 * DELAY_MS);
            anna.isIn().asksToSync(Map.of(bob.isIn(), "t-0"));
            bob.joins();
            world.member("carl").joins();
            var again = world.member("anna").instance("a").asksToJoin();
            bob.asksToJoin();
            assertThat(again.isIn().generation).isEqualTo(2);
            world.failsOver();
            assertThat(anna.commits("t", 0, 1)).isEqualTo(FENCED_INSTANCE_ID);
            again.joins();
            assertThat(again.waitsToJoin() || again.joinError() == NONE).as("the living one is not fenced").isTrue();
        }

        @Test void findsSimpleGroups() {
            world.commit("simple", "t", 0, 5);
            world.failsOver();
            assertThat(world.state("simple")).isEqualTo("Empty");
            assertThat(world.list(List.of(), List.of())).extracting("groupId").containsExactly("simple");
        }

        @Test void readsTombstonesOfWhatIsNotThere() {
            world.log.add(new GroupMetadata("absent", null));
            world.log.add(new OffsetCommit(GroupChange.NO_PRODUCER_ID, "absent", "t", 0, null));
            world.log.add(new OtherKind((short) 5, "absent", ByteBuffer.allocate(4), null));
            world.log.add(new GroupChange.TransactionEnded(9, true));
            world.failsOver();
            assertThat(world.list(List.of(), List.of())).isEmpty();
        }

        @Test void makesTheBestOfARecordThatCannotBe() {
            var one = new GroupMetadataValue.MemberMetadata("m1", "a", "anna", "/h", 10_000, 10_000, TestMember.subscription("t"), TestMember.bytes("t-0"));
            var two = new GroupMetadataValue.MemberMetadata("m2", "a", "anna", "/h", 10_000, 10_000, TestMember.bytes("?"), TestMember.bytes("t-1"));
            world.log.add(new GroupMetadata(GROUP, new GroupMetadataValue("consumer", 4, null, "m9", -1, List.of(one, two, two))));
            world.failsOver();
            assertThat(world.describe(GROUP).members()).extracting("memberId").containsExactly("m2");
            var anna = world.member("anna").instance("a").asksToJoin();
            assertThat(anna.joinError()).isEqualTo(INCONSISTENT_GROUP_PROTOCOL);
            world.pass(20_000);
            assertThat(world.state(GROUP)).isEqualTo("Empty");
        }

        @Test void readsMembersOfBeforeTheRebalanceTimeout() {
            var member = new GroupMetadataValue.MemberMetadata("m", null, "anna", "/127.0.0.1", -1, 10_000, TestMember.subscription("t"), TestMember.bytes("t-0"));
            world.log.add(new GroupMetadata(GROUP, new GroupMetadataValue("consumer", 4, "range", "m", -1, List.of(member))));
            world.failsOver();
            var anna = world.member("anna");
            anna.memberId = "m";
            anna.generation = 4;
            assertThat(anna.heartbeats()).isEqualTo(NONE);
        }
    }

    @Nested class OtherKinds {
        private void shareGroup(String group, boolean withMember) {
            other(new ShareGroupMetadataKey(group), group, GroupRecords.SHARE_GROUP_METADATA);
            if (withMember) other(new ShareGroupMemberMetadataKey(group, "m"), group, GroupRecords.SHARE_GROUP_MEMBER_METADATA);
            world.failsOver();
        }

        private void other(CoordinatorKey key, String group, short type) {
            ByteBuffer body = key.toBytes((short) 0);
            ByteBuffer framed = ByteBuffer.allocate(2 + body.remaining()).putShort(type).put(body).flip();
            GroupChange change = GroupChangeBytes.read(-1, framed, ByteBuffer.allocate(2));
            assertThat(change).isInstanceOfSatisfying(OtherKind.class, read -> assertThat(read.groupId()).isEqualTo(group));
            world.log.add(change);
        }

        @Test void areListedAsWhatTheyAre() {
            shareGroup("modern", true);
            assertThat(world.list(List.of(), List.of())).singleElement().satisfies(group -> {
                assertThat(group.type()).isEqualTo("share");
                assertThat(group.state()).isEqualTo("Stable");
            });
            assertThat(world.describe("modern").error()).isEqualTo(GROUP_ID_NOT_FOUND);
        }

        @Test void keepTheirIdWhileTheyHaveMembers() {
            shareGroup("modern", true);
            assertThat(world.member("anna").of("modern").asksToJoin().joinError()).isEqualTo(INCONSISTENT_GROUP_PROTOCOL);
            assertThat(world.member("anna").of("modern").heartbeats()).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(world.commit("modern", "t", 0, 1)).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(world.deleteGroup("modern")).isEqualTo(NON_EMPTY_GROUP);
            assertThat(world.deleteOffset("modern", "t", 0)).isEqualTo(NON_EMPTY_GROUP);
        }

        @Test void keepTheirOffsetsWhileTheyHaveMembers() {
            world.commit("modern", "t", 0, 1);
            shareGroup("modern", true);
            world.pass(30L * 24 * 3_600_000);
            assertThat(world.committed("modern", "t", 0)).isEqualTo(1);
        }

        @Test void giveWayWhenTheyAreEmpty() {
            shareGroup("modern", false);
            assertThat(world.commit("modern", "t", 0, 1)).isEqualTo(NONE);
            var anna = world.member("anna").of("modern").joins();
            world.pass(DELAY_MS);
            assertThat(anna.isIn().generation).isEqualTo(1);
            assertThat(world.core.stored().other("modern")).isNull();
            assertThat(world.committed("modern", "t", 0)).isEqualTo(1);
        }

        @Test void areDeletedWholeWhenTheyAreEmpty() {
            shareGroup("modern", false);
            world.commit("modern", "t", 0, 1);
            assertThat(world.deleteGroup("modern")).isEqualTo(NONE);
            assertThat(world.list(List.of(), List.of())).isEmpty();
            assertThat(world.core.stored().offsets().groups()).isEmpty();
        }

        @Test void ofATypeFromTheFutureArePassedOver() {
            assertThat(GroupChangeBytes.read(-1, ByteBuffer.allocate(8).putShort((short) 99).rewind(), ByteBuffer.allocate(4))).isNull();
        }
    }

    @Nested class WhenWritesFail {
        @Test void anAssignmentThatCouldNotBeWrittenIsNobodys() {
            var anna = world.member("anna").joins();
            var bob = world.member("bob").joins();
            world.pass(2 * DELAY_MS);
            anna.isIn();
            bob.isIn().syncs();
            world.writesFailWith = COORDINATOR_NOT_AVAILABLE;
            anna.asksToSync(Map.of(anna, "t-0", bob, "t-1"));
            assertThat(world.answers.get(anna.syncToken).error()).isEqualTo(COORDINATOR_NOT_AVAILABLE);
            assertThat(world.answers.get(bob.syncToken).error()).isEqualTo(COORDINATOR_NOT_AVAILABLE);
            world.writesFailWith = null;
            assertThat(anna.heartbeats()).isEqualTo(UNKNOWN_MEMBER_ID);
        }

        @Test void theGroupGoesBackToWhatIsWrittenUnderAGenerationThatNobodyHasSeen() {
            var anna = stableMember("anna");
            var bob = world.member("bob").joins();
            anna.joins();
            anna.isIn();
            bob.isIn();
            world.writesFailWith = COORDINATOR_NOT_AVAILABLE;
            anna.asksToSync(Map.of(bob, "t-0"));
            world.writesFailWith = null;
            assertThat(world.state(GROUP)).isEqualTo("PreparingRebalance");
            assertThat(bob.heartbeats()).isEqualTo(UNKNOWN_MEMBER_ID);
            assertThat(anna.heartbeats()).as("of the generation that was never written").isEqualTo(ILLEGAL_GENERATION);
            assertThat(anna.syncs().syncError()).isEqualTo(ILLEGAL_GENERATION);
            anna.joins();
            assertThat(anna.isIn().generation).isGreaterThan(2);
        }

        @Test void aGroupThatCouldNotBeWrittenIsNotThere() {
            world.writesFailWith = COORDINATOR_NOT_AVAILABLE;
            var anna = world.member("anna");
            long token = world.ask(t -> new JoinGroup(t, GROUP, "", null, "anna", "/h", 10_000, 10_000, "consumer",
                    anna.protocols, true, true, null, world.random(), ConsumerTimes.DEFAULTS, MetadataImage.EMPTY));
            assertThat(world.answers.get(token).error()).isEqualTo(COORDINATOR_NOT_AVAILABLE);
            world.writesFailWith = null;
            assertThat(world.state(GROUP)).isEqualTo("Dead");
        }

        @Test void aDeletionThatCouldNotBeWrittenChangesNothing() {
            stableMember("anna").leaves();
            world.writesFailWith = COORDINATOR_NOT_AVAILABLE;
            long token = world.ask(t -> new DeleteGroup(t, GROUP));
            assertThat(world.answers.get(token).error()).isEqualTo(COORDINATOR_NOT_AVAILABLE);
            world.writesFailWith = null;
            assertThat(world.state(GROUP)).isEqualTo("Empty");
        }
    }

    @Nested class HostileBytes {
        private final SplittableRandom random = new SplittableRandom(7);

        @Test void aRecordIsReadOrMalformedAndNothingElse() {
            var member = new GroupMetadataValue.MemberMetadata("m", "i", "anna", "/h", 1, 2, TestMember.subscription("t"), TestMember.bytes("t-0"));
            var whole = new GroupMetadata(GROUP, new GroupMetadataValue("consumer", 4, "range", "m", 17, List.of(member)));
            for (int i = 0; i < 20_000; i++) {
                ByteBuffer key = damaged(GroupChangeBytes.key(whole));
                ByteBuffer value = damaged(GroupChangeBytes.value(whole));
                try {
                    GroupChangeBytes.read(-1, key, random.nextInt(10) == 0 ? null : value);
                } catch (MalformedMessage expected) {
                    assertThat(expected.getMessage()).isNotEmpty();
                }
            }
        }

        @Test void anyMetadataOfAMemberIsTakenAsItIs() {
            for (int i = 0; i < 500; i++) {
                var anna = world.member("anna").of("g" + i).old();
                anna.protocols = List.of(new Protocol("range", damaged(TestMember.subscription("t", "u"))));
                anna.joins();
                world.pass(DELAY_MS);
                anna.isIn();
            }
        }

        private ByteBuffer damaged(ByteBuffer bytes) {
            ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
            for (int i = random.nextInt(4); i > 0; i--) copy.put(random.nextInt(copy.limit()), (byte) random.nextInt());
            return copy.limit(random.nextInt(3) == 0 ? random.nextInt(copy.limit()) : copy.limit());
        }
    }

    @Nested class Bytes {
        @Test void everyChangeIsReadBackAsItWasWritten() {
            var member = new GroupMetadataValue.MemberMetadata("m", "i", "anna", "/127.0.0.1", 60_000, 10_000, TestMember.subscription("t"), TestMember.bytes("t-0"));
            List<GroupChange> changes = List.of(
                    new GroupMetadata(GROUP, new GroupMetadataValue("consumer", 4, "range", "m", 17, List.of(member))),
                    new GroupMetadata(GROUP, new GroupMetadataValue("", 0, null, null, 17, List.of())),
                    new GroupMetadata(GROUP, null),
                    new OffsetCommit(-1, GROUP, "t", 3, new OffsetCommitValue(5, 6, "mine", 7, -1, new Uuid(8, 9))),
                    new OffsetCommit(77, GROUP, "t", 3, new OffsetCommitValue(5, 6, "", 7, -1, Uuid.ZERO)),
                    new OffsetCommit(-1, GROUP, "t", 3, null));
            for (GroupChange change : changes) {
                long producerId = change instanceof OffsetCommit commit ? commit.producerId() : -1;
                assertThat(GroupChangeBytes.read(producerId, GroupChangeBytes.key(change), GroupChangeBytes.value(change))).isEqualTo(change);
            }
        }

        @Test void anOffsetWithAnExpiryOfItsOwnIsWrittenInTheVersionThatHasOne() {
            var change = new OffsetCommit(-1, GROUP, "t", 3, new OffsetCommitValue(5, -1, "", 7, 99, Uuid.ZERO));
            assertThat(GroupChangeBytes.value(change).getShort(0)).isEqualTo((short) 1);
            assertThat(GroupChangeBytes.read(-1, GroupChangeBytes.key(change), GroupChangeBytes.value(change))).isEqualTo(change);
            assertThat(GroupChangeBytes.value(new OffsetCommit(-1, GROUP, "t", 3, new OffsetCommitValue(5, -1, "", 7, -1, Uuid.ZERO))).getShort(0)).isEqualTo((short) 4);
        }

        @Test void aCommitOfTheFirstVersionOfAllIsReadAsOneOfToday() {
            ByteBuffer key = new LegacyOffsetCommitKey(GROUP, "t", 3).toBytes((short) 0);
            ByteBuffer value = new LegacyOffsetCommitValue(5, "m", 7).toBytes((short) 0);
            GroupChange read = GroupChangeBytes.read(-1, ByteBuffer.allocate(2 + key.remaining()).putShort((short) 0).put(key).flip(),
                    ByteBuffer.allocate(2 + value.remaining()).putShort((short) 0).put(value).flip());
            assertThat(read).isEqualTo(new OffsetCommit(-1, GROUP, "t", 3, new OffsetCommitValue(5, -1, "m", 7, -1, Uuid.ZERO)));
            var offset = new OffsetToCommit("t", Uuid.ZERO, 3, 5, -1, "m");
            assertThat(offset.metadata()).isEqualTo("m");
        }
    }
}
