package millrace.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import millrace.group.ExploredGroup.Bug;
import millrace.group.ExploredGroup.Key;
import millrace.group.ExploredGroup.Setting;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every order in which three members of a consumer group with three partitions join, are heard, do as they are told, leave, are put out, lose
/// answers and leave a heartbeat behind on an old connection, each step read back from the log.
///
/// All moments that there are within these bounds, nearest first: a member comes at most twice and leaves at most once, and one thing goes wrong: an answer
/// or a farewell is lost, a member is put out though it lives, or a heartbeat comes once more, as late as may be. Two members meet all three. A new
/// coordinator comes with every step. For the last two, three members come for the first time in the order of their names, unless
/// `-Dexploration.any.order` is set: 61,474 and 55,789 moments.
class GroupExplorationTest {
    /// More than there are; a group that changes its ways may have more of them, and that is to be seen.
    private static final int MOST_MOMENTS = 200_000;
    private static final boolean ANY_ORDER = Boolean.getBoolean("exploration.any.order");

    /// @param broken null when no law is broken at any of the moments; otherwise which, and the story that leads there
    private record Result(int moments, boolean all, String broken) {}

    private static Result explore(Setting setting) {
        var first = new ExploredGroup(setting);
        Map<Key, Integer> settled = new HashMap<>();
        Set<Key> seen = new HashSet<>();
        var waiting = new ArrayDeque<ExploredGroup>();
        seen.add(Key.of(first.toString()));
        waiting.add(first);
        while (!waiting.isEmpty() && seen.size() < MOST_MOMENTS) {
            for (ExploredGroup next : waiting.poll().next()) {
                if (!seen.add(Key.of(next.toString()))) continue;
                String broken = next.broken(settled);
                if (broken != null) return new Result(seen.size(), false, broken + next.story());
                waiting.add(next);
            }
        }
        return new Result(seen.size(), waiting.isEmpty(), null);
    }

    @ParameterizedTest
    @CsvSource({"3, false, 1, 0, 0", "3, true, 0, 1, 0", "3, true, 0, 0, 1", "2, false, 1, 1, 1"})
    void noLawIsBrokenInAnyOrderOfEvents(int members, boolean inOrder, int losses, int fences, int copies, TestReporter reporter) {
        Result result = explore(new Setting(members, inOrder && !ANY_ORDER, losses, fences, copies, Bug.NONE));
        reporter.publishEntry("moments", Integer.toString(result.moments()));
        assertThat(result.broken()).as(result.moments() + " moments").isNull();
        assertThat(result.all()).as("nothing is left after " + result.moments() + " moments").isTrue();
        assertThat(result.moments()).as("there is enough to be found").isGreaterThan(5_000);
    }

    /// The numbers are scenarios of `reliability.md` section 3.
    @ParameterizedTest
    @CsvSource({"51, G1, GIVEN_BEFORE_RELEASED", "51, G1, SILENCE_MEANS_NOTHING", "52, G4, EPOCH_USED_AGAIN", "52, G4, EMPTY_GROUP_NOT_ASSIGNED", "0, it does not settle, PUT_OUT_KEEPS_ITS_SHARE",
            "0, it does not settle, ANSWERS_NOT_REPEATED", "38, G1, NO_FENCE"})
    void aPlantedBugIsFound(int scenario, String law, Bug bug) {
        Result result = explore(new Setting(3, false, 1, 1, 1, bug));
        assertThat(result.broken()).as("scenario " + scenario + ", " + result.moments() + " moments").startsWith(law + ":");
    }
}
