package millrace.sim.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import millrace.sim.Violation;
import millrace.sim.group.GroupHistory.Commit;
import millrace.sim.group.GroupHistory.Fetched;
import millrace.sim.group.GroupHistory.Joined;
import millrace.sim.group.GroupHistory.Left;
import millrace.sim.group.GroupHistory.Synced;
import org.junit.jupiter.api.Test;

/// Each checker is given a history that keeps its law and one that breaks it.
class GroupCheckersTest {
    private final GroupHistory history = new GroupHistory();
    private long nowNanos;
    private int life = 1;

    private void joins(int generation, String member, String... told) {
        history.joined(new Joined(life, generation, member, member, "range", new TreeSet<>(Arrays.asList(told)), ++nowNanos));
    }

    private void joinsAs(int generation, String member, String instance) {
        history.joined(new Joined(life, generation, member, instance, "range", new TreeSet<>(), ++nowNanos));
    }

    private void isGiven(int generation, String member, Integer... partitions) {
        history.synced(new Synced(life, generation, member, member, Arrays.asList(partitions), ++nowNanos));
    }

    private Commit commits(int generation, String member, long offset) {
        Commit commit = history.commit(member, member, generation, 0, offset, ++nowNanos);
        commit.issuedIn(life);
        commit.ok(++nowNanos);
        return commit;
    }

    private void isRead(Commit commit) {
        history.fetched(new Fetched(0, commit == null ? 0 : commit.id(), commit == null ? -1 : commit.offset(), ++nowNanos, ++nowNanos));
    }

    private String broken() {
        return GroupChecker.all().stream().flatMap(checker -> checker.violations(history).stream()).map(Violation::law).distinct().sorted().collect(Collectors.joining(" "));
    }

    @Test void aGoodHistoryBreaksNoLaw() {
        joins(1, "a", "a", "b");
        joins(1, "b");
        isGiven(1, "a", 0);
        isGiven(1, "b", 1);
        isRead(null);
        Commit first = commits(1, "a", 5);
        isRead(first);
        joins(2, "b", "b");
        isGiven(2, "b", 0, 1);
        isRead(commits(2, "b", 3));
        assertThat(broken()).isEmpty();
    }

    @Test void aPartitionGivenTwiceInAGenerationBreaksG1() {
        joins(1, "a", "a", "b");
        isGiven(1, "a", 0, 1);
        isGiven(1, "b", 1);
        assertThat(broken()).isEqualTo("G1");
    }

    @Test void anAssignmentOfAnEarlierGenerationBreaksG1() {
        joins(1, "a", "a", "b");
        joins(2, "b", "b");
        isGiven(1, "a", 0);
        assertThat(broken()).isEqualTo("G1");
    }

    @Test void theSameAssignmentMayBeGivenAgain() {
        joins(1, "a", "a");
        isGiven(1, "a", 0);
        isGiven(1, "a", 0);
        assertThat(broken()).isEmpty();
    }

    @Test void aLostCommitBreaksG2() {
        Commit first = commits(1, "a", 5);
        isRead(first);
        commits(1, "a", 6);
        isRead(first);
        assertThat(broken()).isEqualTo("G2");
    }

    @Test void anAcknowledgedCommitThatIsNotThereBreaksG2() {
        isRead(null);
        commits(1, "a", 5);
        isRead(null);
        assertThat(broken()).isEqualTo("G2");
    }

    @Test void twoOffsetsInTurnsBreakG2() {
        Commit first = history.commit("a", "a", 1, 0, 1, ++nowNanos);
        Commit second = history.commit("a", "a", 1, 0, 2, ++nowNanos);
        isRead(first);
        isRead(second);
        isRead(first);
        assertThat(broken()).isEqualTo("G2");
    }

    @Test void aCommitWithoutAnAnswerMayBeThereOrNot() {
        Commit open = history.commit("a", "a", 1, 0, 1, ++nowNanos);
        isRead(null);
        isRead(open);
        history.commit("a", "a", 1, 0, 2, ++nowNanos);
        isRead(open);
        assertThat(broken()).isEmpty();
    }

    @Test void commitsAtTheSameTimeMayLieEitherWay() {
        Commit first = history.commit("a", "a", 1, 0, 1, ++nowNanos);
        Commit second = history.commit("a", "a", 1, 0, 2, ++nowNanos);
        first.ok(++nowNanos);
        second.ok(++nowNanos);
        isRead(first);
        assertThat(broken()).isEmpty();
    }

    @Test void aFailedCommitThatIsReadBreaksG2() {
        Commit failed = history.commit("a", "a", 1, 0, 1, ++nowNanos);
        failed.failed(++nowNanos);
        isRead(failed);
        assertThat(broken()).isEqualTo("G2");
    }

    @Test void anOffsetThatNobodyCommittedBreaksG2() {
        history.fetched(new Fetched(0, 7, 1, ++nowNanos, ++nowNanos));
        assertThat(broken()).isEqualTo("G2");
    }

    @Test void aCommitOfAnEarlierGenerationBreaksG3() {
        joins(1, "a", "a", "b");
        joins(2, "b", "b");
        commits(1, "a", 5);
        assertThat(broken()).isEqualTo("G3");
    }

    @Test void aCommitThatWasSentBeforeTheNextGenerationMayTakeEffect() {
        joins(1, "a", "a", "b");
        Commit sent = history.commit("a", "a", 1, 0, 5, ++nowNanos);
        joins(2, "b", "b");
        sent.ok(++nowNanos);
        assertThat(broken()).isEmpty();
    }

    @Test void anUnansweredCommitOfAnEarlierGenerationThatIsReadBreaksG3() {
        joins(1, "a", "a", "b");
        joins(2, "b", "b");
        isGiven(2, "b", 0);
        isRead(history.commit("a", "a", 1, 0, 5, ++nowNanos));
        assertThat(broken()).isEqualTo("G3");
    }

    @Test void aCommitAfterLeavingBreaksG3() {
        joins(1, "a", "a");
        history.left(new Left("a", ++nowNanos));
        commits(1, "a", 5);
        assertThat(broken()).isEqualTo("G3");
    }

    @Test void aCommitOfAnInstanceThatWasTakenOverBreaksG3() {
        joinsAs(1, "old", "instance");
        joinsAs(1, "new", "instance");
        history.commit("old", "instance", 1, 0, 5, ++nowNanos).ok(++nowNanos);
        assertThat(broken()).isEqualTo("G3");
    }

    @Test void aGenerationThatGoesBackBreaksG4() {
        joins(2, "a", "a");
        joins(1, "b", "b");
        assertThat(broken()).isEqualTo("G4");
    }

    @Test void aGenerationThatComesBackAfterAFailoverBreaksG4() {
        joins(2, "a", "a");
        isGiven(2, "a", 0);
        life++;
        joins(1, "b", "b");
        assertThat(broken()).isEqualTo("G4");
    }

    @Test void aGenerationThatDoesNotCountYetMayBeBegunOnceMoreAfterAFailover() {
        joins(1, "a", "a");
        joins(2, "a", "a", "b");
        life++;
        joins(1, "a", "a");
        isGiven(1, "a", 0);
        commits(1, "a", 5);
        joins(2, "a", "a", "c");
        isGiven(2, "a", 0);
        assertThat(broken()).isEmpty();
    }

    @Test void anAssignmentBehindOneThatCountsBreaksG1AcrossFailovers() {
        joins(2, "b", "b");
        isGiven(2, "b", 0);
        life++;
        isGiven(1, "a", 0);
        assertThat(broken()).isEqualTo("G1");
    }

    @Test void aGenerationThatIsUsedTwiceBreaksG4() {
        joins(1, "a", "a");
        isGiven(1, "a", 0);
        joins(1, "b", "b");
        assertThat(broken()).isEqualTo("G4");
    }

    @Test void everyLawIsChecked() {
        assertThat(GroupChecker.all()).extracting(checker -> checker.getClass().getSimpleName()).isEqualTo(List.of("SingleOwner", "CommittedOffsets", "FencedCommits", "GenerationsGrow"));
    }
}
