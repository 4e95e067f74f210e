package millrace.group;

import static millrace.protocol.ErrorCode.FENCED_INSTANCE_ID;
import static millrace.protocol.ErrorCode.GROUP_ID_NOT_FOUND;
import static millrace.protocol.ErrorCode.ILLEGAL_GENERATION;
import static millrace.protocol.ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.REBALANCE_IN_PROGRESS;
import static millrace.protocol.ErrorCode.UNKNOWN_MEMBER_ID;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;

import millrace.group.command.ConsumerSettings;
import millrace.group.command.ConsumerSettings.Migration;
import millrace.group.command.GroupAnswer.HeartbeatHeard;
import millrace.group.command.GroupAnswer.Joined;
import millrace.group.command.GroupAnswer.Left;
import millrace.group.command.GroupAnswer.Synced;
import millrace.group.command.GroupCommand.Assignment;
import millrace.group.command.GroupCommand.Heartbeat;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.LeaveGroup;
import millrace.group.command.GroupCommand.Leaving;
import millrace.group.command.GroupCommand.Protocol;
import millrace.group.command.GroupCommand.SyncGroup;
import millrace.group.migration.EmbeddedProtocol;
import millrace.group.stored.Partitions;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ConsumerProtocolAssignment;
import millrace.protocol.message.ConsumerProtocolSubscription;
import org.junit.jupiter.api.Test;

/// A service is restarted process by process: members of both protocols in one group, there and back.
class MixedGroupTest {
    private ConsumerWorld world = ConsumerWorld.with(4);

    /// A consumer of the classic protocol that gives up by joining again without what it must not keep (cooperative), or with nothing (eager).
    private final class Classic {
        private final String instanceId;
        private String memberId = "";
        private int generation = -1;
        private List<Integer> has = List.of();
        private Joined joined;

        Classic(String instanceId) {
            this.instanceId = instanceId;
        }

        ErrorCode joins(Integer... keeping) {
            ByteBuffer metadata = subscription(keeping);
            long token = world.world.ask(t -> new JoinGroup(t, ConsumerWorld.GROUP, memberId, instanceId, "classic", "/h", 10_000, 20_000, "consumer",
                    List.of(new Protocol("range", metadata)), false, true, null, world.world.random(), world.times, world.world.image));
            joined = world.world.answer(token, Joined.class);
            if (joined == null) return null;
            if (joined.error() == NONE) {
                memberId = joined.memberId();
                generation = joined.generationId();
            }
            return joined.error();
        }

        private ByteBuffer subscription(Integer... keeping) {
            var owned = keeping.length == 0 ? List.<ConsumerProtocolSubscription.TopicPartition>of() : List.of(new ConsumerProtocolSubscription.TopicPartition("t", List.of(keeping)));
            return framed(new ConsumerProtocolSubscription(List.of("t"), null, owned, generation, null).toBytes((short) 3), 3);
        }

        ErrorCode syncs() {
            return syncs(List.of());
        }

        private ErrorCode syncs(List<Assignment> given) {
            long token = world.world.ask(t -> new SyncGroup(t, ConsumerWorld.GROUP, memberId, instanceId, generation, "consumer", "range", given, world.world.image));
            Synced synced = world.world.answer(token, Synced.class);
            if (synced.error() == NONE) has = partitions(synced.assignment());
            return synced.error();
        }

        private void leads(Integer... partitions) {
            var assignment = new ConsumerProtocolAssignment(List.of(new ConsumerProtocolAssignment.TopicPartition("t", List.of(partitions))), null);
            assertThat(syncs(List.of(new Assignment(memberId, framed(assignment.toBytes((short) 3), 3))))).isEqualTo(NONE);
        }

        ErrorCode heartbeats() {
            return world.world.answer(world.world.ask(t -> new Heartbeat(t, ConsumerWorld.GROUP, memberId, instanceId, generation, false)), HeartbeatHeard.class).error();
        }

        ErrorCode leaves() {
            return world.world.answer(world.world.ask(t -> new LeaveGroup(t, ConsumerWorld.GROUP, List.of(new Leaving(memberId, instanceId, null)))), Left.class).members().getFirst().error();
        }
    }

    private static ByteBuffer framed(ByteBuffer body, int version) {
        return ByteBuffer.allocate(2 + body.remaining()).putShort((short) version).put(body).flip();
    }

    private List<Integer> partitions(ByteBuffer assignment) {
        Partitions partitions = EmbeddedProtocol.partitions(EmbeddedProtocol.assignment(assignment), world.world.image.topics());
        return partitions.of(ConsumerWorld.idOf("t"));
    }

    /// A classic group in generation 1 whose only member has all four partitions.
    private Classic alone(String instanceId) {
        var anna = new Classic(instanceId);
        anna.joins();
        world.world.pass(GroupWorld.DELAY_MS);
        anna.joined = (Joined) world.world.answers.values().stream().filter(Joined.class::isInstance).reduce((_, last) -> last).orElseThrow();
        anna.memberId = anna.joined.memberId();
        anna.generation = anna.joined.generationId();
        anna.leads(0, 1, 2, 3);
        return anna;
    }

    @Test void theFirstMemberOfTheNewProtocolTakesTheGroupAlong() {
        Classic anna = alone(null);
        var bob = world.consumer("bob").joins();
        assertThat(bob.error()).isEqualTo(NONE);
        assertThat(bob.epoch).isEqualTo(2);
        assertThat(bob.has()).as("anna has everything").isEmpty();
        assertThat(world.group().memberCount()).isEqualTo(2);
        assertThat(world.world.list(List.of(), List.of())).singleElement().satisfies(group -> assertThat(group.type()).isEqualTo("consumer"));
        assertThat(anna.heartbeats()).isEqualTo(REBALANCE_IN_PROGRESS);
        assertThat(anna.joins(anna.has.toArray(Integer[]::new))).isEqualTo(NONE);
        assertThat(anna.generation).as("it still has what it must give up").isEqualTo(1);
        assertThat(anna.syncs()).isEqualTo(NONE);
        assertThat(anna.has).hasSize(2);
        assertThat(bob.beats().has()).isEmpty();
        assertThat(anna.heartbeats()).isEqualTo(REBALANCE_IN_PROGRESS);
        assertThat(anna.joins(anna.has.toArray(Integer[]::new))).isEqualTo(NONE);
        assertThat(anna.generation).isEqualTo(2);
        assertThat(anna.syncs()).isEqualTo(NONE);
        assertThat(anna.heartbeats()).isEqualTo(NONE);
        assertThat(bob.beats().has()).hasSize(2).doesNotContainAnyElementsOf(anna.has);
    }

    @Test void anEagerMemberGivesUpEverythingByJoining() {
        Classic anna = alone(null);
        var bob = world.consumer("bob").joins();
        assertThat(anna.joins()).isEqualTo(NONE);
        assertThat(anna.generation).isEqualTo(2);
        assertThat(anna.syncs()).isEqualTo(NONE);
        assertThat(anna.has).hasSize(2);
        assertThat(bob.beats().has()).hasSize(2).doesNotContainAnyElementsOf(anna.has);
    }

    @Test void aClassicMemberJoinsAGroupOfTheNewProtocol() {
        var bob = world.consumer("bob").joins();
        var anna = new Classic(null);
        assertThat(anna.joins()).isEqualTo(NONE);
        assertThat(anna.joined.leader()).as("nobody has to assign").isEmpty();
        assertThat(anna.syncs()).isEqualTo(NONE);
        assertThat(anna.has).isEmpty();
        assertThat(anna.heartbeats()).as("bob has not given up yet").isEqualTo(NONE);
        bob.beats().givesUp();
        assertThat(anna.heartbeats()).isEqualTo(REBALANCE_IN_PROGRESS);
        assertThat(anna.joins()).isEqualTo(NONE);
        assertThat(anna.syncs()).isEqualTo(NONE);
        assertThat(anna.has).hasSize(2).doesNotContainAnyElementsOf(bob.has());
        assertThat(world.commit(anna.memberId, anna.generation, "t", anna.has.getFirst())).isEqualTo(NONE);
        assertThat(world.commit(anna.memberId, anna.generation + 1, "t", anna.has.getFirst())).isEqualTo(ILLEGAL_GENERATION);
        assertThat(world.describe().members()).extracting(member -> member.usesClassicProtocol()).containsExactlyInAnyOrder(true, false);
    }

    @Test void whenTheLastMemberOfTheNewProtocolLeavesTheGroupGoesBack() {
        var bob = world.consumer("bob").joins();
        var anna = new Classic(null);
        anna.joins();
        anna.syncs();
        assertThat(bob.leaves()).isEqualTo(NONE);
        assertThat(world.group()).isNull();
        assertThat(world.world.list(List.of(), List.of())).singleElement().satisfies(group -> assertThat(group.type()).isEqualTo("classic"));
        assertThat(anna.heartbeats()).as("it keeps what it has until it joins").isEqualTo(REBALANCE_IN_PROGRESS);
        int before = anna.generation;
        assertThat(anna.joins()).isEqualTo(NONE);
        assertThat(anna.generation).isGreaterThan(before);
        anna.leads(0, 1, 2, 3);
        assertThat(anna.heartbeats()).isEqualTo(NONE);
    }

    /// Found by `MigrationExplorationTest`: what the last member of the new protocol had would be nobody's for good.
    @Test void theNextCoordinatorHasTheMembersJoinAgainToo() {
        var bob = world.consumer("bob").joins();
        var anna = new Classic(null);
        anna.joins();
        anna.syncs();
        assertThat(bob.leaves()).isEqualTo(NONE);
        world.world.failsOver();
        assertThat(anna.heartbeats()).isEqualTo(REBALANCE_IN_PROGRESS);
        assertThat(anna.joins()).isEqualTo(NONE);
        anna.leads(0, 1, 2, 3);
        assertThat(world.world.core.disagreements()).isEmpty();
        world.world.failsOver();
        assertThat(anna.heartbeats()).as("once only").isEqualTo(NONE);
    }

    @Test void soItDoesWhenThatMemberIsPutOut() {
        world.consumer("bob").joins();
        var anna = new Classic(null);
        anna.joins();
        anna.syncs();
        for (int i = 0; i < 10; i++) {
            world.world.pass(5_000);
            if (world.group() != null) anna.heartbeats();
        }
        assertThat(world.group()).isNull();
        assertThat(world.world.describe(ConsumerWorld.GROUP).members()).hasSize(1);
    }

    @Test void aStaticMemberComesBackWithTheOtherProtocol() {
        Classic anna = alone("a");
        var anew = world.consumer("anna 2").asInstance("a").joins();
        assertThat(anew.has()).containsExactly(0, 1, 2, 3);
        assertThat(anna.heartbeats()).isEqualTo(FENCED_INSTANCE_ID);
        var back = new Classic("a");
        assertThat(back.joins()).isEqualTo(NONE);
        assertThat(world.group()).as("nobody of the new protocol is left").isNull();
        assertThat(back.generation).isGreaterThan(anew.epoch);
    }

    @Test void thePolicyForbids() {
        world = ConsumerWorld.with(4, ConsumerSettings.DEFAULTS.withMigration(Migration.DOWNGRADE));
        Classic anna = alone(null);
        assertThat(world.consumer("bob").joins().error()).isEqualTo(GROUP_ID_NOT_FOUND);
        assertThat(anna.heartbeats()).isEqualTo(NONE);

        world = ConsumerWorld.with(4, ConsumerSettings.DEFAULTS.withMigration(Migration.UPGRADE));
        anna = alone(null);
        var bob = world.consumer("bob").joins();
        assertThat(bob.error()).isEqualTo(NONE);
        anna.joins();
        anna.syncs();
        assertThat(bob.beats().has()).hasSize(2);
        bob.leaves();
        assertThat(world.group()).as("it may not go back").isNotNull();
        assertThat(anna.heartbeats()).as("but what bob had is free, and nobody else can have it assigned").isEqualTo(REBALANCE_IN_PROGRESS);
        anna.joins(anna.has.toArray(Integer[]::new));
        anna.syncs();
        assertThat(anna.has).containsExactly(0, 1, 2, 3);
        assertThat(anna.heartbeats()).isEqualTo(NONE);

        world = ConsumerWorld.with(4, ConsumerSettings.DEFAULTS.withMigration(Migration.DISABLED));
        world.consumer("bob").joins();
        assertThat(new Classic(null).joins()).isEqualTo(INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test void aSilentClassicMemberIsPutOut() {
        var bob = world.consumer("bob").joins();
        var anna = new Classic(null);
        anna.joins();
        anna.syncs();
        world.world.pass(10_000);
        assertThat(anna.heartbeats()).isEqualTo(UNKNOWN_MEMBER_ID);
        assertThat(bob.beats().epoch).isGreaterThan(1);
        assertThat(world.group().memberIds()).containsExactly("bob");
    }

    @Test void theNextCoordinatorCarriesOn() {
        Classic anna = alone(null);
        world.consumer("bob").joins();
        var before = world.group();
        world.world.failsOver();
        assertThat(world.group()).isEqualTo(before);
        assertThat(world.world.core.stored().classic(ConsumerWorld.GROUP)).isNull();
        assertThat(anna.heartbeats()).isEqualTo(REBALANCE_IN_PROGRESS);
        assertThat(world.world.core.disagreements()).isEmpty();
    }

    @Test void othersThanConsumersStayAmongThemselves() {
        var connect = world.world.member("connect");
        connect.type = "connect";
        connect.joins();
        world.world.pass(GroupWorld.DELAY_MS);
        assertThat(world.consumer("bob").joins().error()).isEqualTo(GROUP_ID_NOT_FOUND);
    }
}
