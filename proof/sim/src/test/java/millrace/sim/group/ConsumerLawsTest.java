package millrace.sim.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import millrace.protocol.ErrorCode;
import millrace.sim.Violation;
import millrace.sim.group.ConsumerHistory.Heard;
import millrace.sim.group.ConsumerHistory.Held;
import org.junit.jupiter.api.Test;

/// The laws of consumer groups are given histories that keep them and histories that break them. Times are milliseconds; a session is 6,000.
class ConsumerLawsTest {
    private final ConsumerHistory history = new ConsumerHistory();
    private final GroupHistory offsets = new GroupHistory();

    private void isHeard(String member, int epoch, long ms) {
        history.heard(new Heard(member, member, epoch, ErrorCode.NONE, epoch, nanos(ms), nanos(ms)));
    }

    private void isTold(String member, ErrorCode error, long ms) {
        history.heard(new Heard(member, member, 1, error, 0, nanos(ms), nanos(ms)));
    }

    private Held takes(String member, long ms) {
        return history.takes(member, member, 7, nanos(ms));
    }

    private void commits(String member, int epoch, long ms) {
        commits(member, epoch, 0, ms);
    }

    private void commits(String member, int epoch, long offset, long ms) {
        offsets.commit(member, member, epoch, 7, offset, nanos(ms)).ok(nanos(ms + 1));
    }

    private static long nanos(long ms) {
        return ms * 1_000_000;
    }

    private String broken() {
        return ConsumerLaws.violations(history, offsets).stream().map(Violation::law).distinct().sorted().collect(Collectors.joining(" "));
    }

    @Test void whoGivesUpFirstMakesRoom() {
        isHeard("a", 2, 0);
        takes("a", 100).until(nanos(500));
        isHeard("b", 3, 600);
        takes("b", 700);
        assertThat(broken()).isEmpty();
    }

    @Test void takingWhatAnotherStillHasBreaksG1() {
        isHeard("a", 2, 0);
        takes("a", 100);
        isHeard("b", 3, 600);
        takes("b", 700);
        assertThat(broken()).isEqualTo("G1");
    }

    @Test void whatASilentMemberHasIsFree() {
        isHeard("a", 2, 0);
        takes("a", 100);
        isHeard("b", 3, 6_100);
        takes("b", 6_200);
        assertThat(broken()).isEmpty();
    }

    /// Seed 21 of the whole node: it was told of the partition, slept for longer than its session, and took it before it heard that it was out.
    @Test void whoWakesUpTooLateTakesNothingOver() {
        isHeard("sleeper", 4, 0);
        isHeard("b", 7, 6_500);
        takes("b", 6_700);
        isHeard("b", 7, 8_900);
        takes("sleeper", 9_000);
        commits("b", 7, 9_050);
        isTold("sleeper", ErrorCode.UNKNOWN_MEMBER_ID, 9_100);
        assertThat(broken()).isEmpty();
    }

    @Test void whoIsToldThatItIsOutMayTakeUntilItHearsThat() {
        isHeard("a", 4, 0);
        isTold("a", ErrorCode.FENCED_MEMBER_EPOCH, 1_000);
        isHeard("b", 7, 1_100);
        takes("b", 1_200);
        takes("a", 1_300);
        assertThat(broken()).isEmpty();
    }

    @Test void givingAwayWhatAMemberWasToldOfBeforeItsSessionIsOverBreaksG1HoweverLateItTakes() {
        isHeard("sleeper", 4, 0);
        isHeard("b", 7, 3_000);
        takes("b", 3_100);
        isHeard("b", 7, 8_900);
        takes("sleeper", 9_000);
        assertThat(broken()).isEqualTo("G1");
    }

    @Test void tellingWhoIsBackOfWhatAnotherHasBreaksG1() {
        isHeard("sleeper", 4, 0);
        isHeard("b", 7, 6_500);
        takes("b", 6_700);
        isHeard("sleeper", 8, 8_000);
        isHeard("b", 7, 8_900);
        takes("sleeper", 9_000);
        assertThat(broken()).isEqualTo("G1");
    }

    /// On a slow disk: its session began when it was heard, not when it was told so.
    @Test void aSessionMayBeOverSoonAfterALateAnswer() {
        history.heard(new Heard("a", "a", 2, ErrorCode.NONE, 2, nanos(0), nanos(4_600)));
        takes("a", 4_700);
        isHeard("b", 3, 6_100);
        takes("b", 6_200);
        assertThat(broken()).isEmpty();
    }

    @Test void aCommitForWhatAnotherHasTakenOverBreaksG3() {
        isHeard("a", 2, 0);
        takes("a", 100);
        isHeard("b", 3, 6_100);
        takes("b", 6_200);
        commits("a", 2, 6_300);
        assertThat(broken()).isEqualTo("G3");
    }

    @Test void anEpochThatGoesBackBreaksG4() {
        isHeard("a", 7, 0);
        isHeard("b", 6, 100);
        assertThat(broken()).isEmpty();
        isHeard("a", 6, 200);
        assertThat(broken()).isEqualTo("G4");
    }

    @Test void anAnswerToWhatWasAskedEarlierMayComeLater() {
        isHeard("a", 7, 200);
        history.heard(new Heard("a", "a", 6, ErrorCode.NONE, 6, nanos(100), nanos(201)));
        assertThat(broken()).isEmpty();
    }

    @Test void whatOneMemberHasBeenGivenAnotherMayCommit() {
        isHeard("a", 2, 0);
        offsets.given(7, List.of(0L, 1L));
        isHeard("b", 3, 600);
        offsets.given(7, List.of(1L, 2L));
        commits("b", 3, 3, 700);
        assertThat(broken()).isEmpty();
    }

    @Test void committingWhatNobodyHasBeenGivenBreaksG5() {
        isHeard("a", 2, 0);
        offsets.given(7, List.of(0L, 2L));
        commits("a", 2, 1, 100);
        assertThat(broken()).isEmpty();
        commits("a", 2, 3, 200);
        offsets.given(7, List.of(1L));
        assertThat(broken()).as("then it was too late").isEqualTo("G5");
    }
}
