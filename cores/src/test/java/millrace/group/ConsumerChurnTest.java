package millrace.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.function.UnaryOperator;

import millrace.group.stored.GroupChange;
import millrace.group.stored.GroupChange.ConsumerGroupCurrent;
import millrace.group.stored.GroupChange.ConsumerGroupEpoch;
import millrace.group.stored.GroupChange.ConsumerGroupTargetEpoch;
import millrace.protocol.ErrorCode;
import org.junit.jupiter.api.Test;

/// Many seeds of [ConsumerChurn], and bugs of others planted to see that its checkers would have found them (scenarios 51 to 54 of the
/// reliability page). Again with one seed: `-Dmillrace.churn.seed=17`; more of them: `-Dmillrace.churn.seeds=20000`.
class ConsumerChurnTest {
    private static final int SEEDS = Integer.getInteger("millrace.churn.seeds", 400);
    private static final int MUTANT_SEEDS = 300;

    @Test void membersThatComeGoAndCrashShareWithoutOverlap() {
        Long only = Long.getLong("millrace.churn.seed");
        if (only != null) run(only, change -> change, null);
        else for (long seed = 0; seed < SEEDS; seed++) run(seed, change -> change, null);
    }

    /// 51: what a member is still to give up is taken for free.
    @Test void aPartitionGivenAwayTooEarlyIsFound() {
        isFoundAs("G1", change -> change instanceof ConsumerGroupCurrent(var group, var member, var value) && value != null
                ? new ConsumerGroupCurrent(group, member, value.toBuilder().partitionsPendingRevocation(List.of()).build()) : change);
    }

    /// 52: the epoch of a group that becomes empty is not assigned in, or goes back.
    @Test void anEmptyGroupWithoutAnAssignmentEpochIsFound() {
        isFoundAs("G4", change -> change instanceof ConsumerGroupTargetEpoch(var _, var value) && value != null && value.assignmentTimestamp() == 0 ? null : change);
    }

    @Test void aGroupEpochThatIsUsedAgainIsFound() {
        isFoundAs("G4", change -> change instanceof ConsumerGroupEpoch(var group, var value) && value != null && value.epoch() % 4 == 0
                ? new ConsumerGroupEpoch(group, value.toBuilder().epoch(value.epoch() - 2).build()) : change);
    }

    /// 53: a tombstone for somebody unknown stops the load.
    @Test void aLoadThatCannotReadACompactedLogIsFound() {
        int[] found = {0};
        for (long seed = 0; seed < MUTANT_SEEDS; seed++) {
            var world = ConsumerWorld.with(4);
            world.world.beforeReload = log -> {
                var members = new HashSet<String>();
                for (GroupChange change : log) {
                    if (!(change instanceof GroupChange.ConsumerGroupMember(var _, String member, var value))) continue;
                    if (value == null && !members.contains(member)) throw new AssertionError("G7: a tombstone of " + member + ", who is unknown");
                    members.add(member);
                }
            };
            try {
                new ConsumerChurn(seed, world).run();
            } catch (AssertionError broken) {
                if (broken.getMessage().startsWith("G7")) found[0]++;
            }
        }
        assertThat(found[0]).isPositive();
    }

    /// 54: a member that was fenced commits.
    @Test void aCommitOfAZombieIsFound() {
        isFoundAs("G3", change -> change, ErrorCode.NONE);
    }

    private static void isFoundAs(String checker, UnaryOperator<GroupChange> bug) {
        isFoundAs(checker, bug, null);
    }

    private static void isFoundAs(String checker, UnaryOperator<GroupChange> bug, ErrorCode commitsAnswer) {
        assertThatThrownBy(() -> {
            for (long seed = 0; seed < MUTANT_SEEDS; seed++) run(seed, bug, commitsAnswer);
        }).hasMessageContaining(checker + ":");
    }

    private static void run(long seed, UnaryOperator<GroupChange> bug, ErrorCode commitsAnswer) {
        var world = ConsumerWorld.with(4);
        world.world.bug = bug;
        world.commitsAnswer = commitsAnswer;
        try {
            new ConsumerChurn(seed, world).run();
        } catch (AssertionError broken) {
            throw new AssertionError(broken.getMessage() + " (seed " + seed + ")", broken);
        }
    }
}
