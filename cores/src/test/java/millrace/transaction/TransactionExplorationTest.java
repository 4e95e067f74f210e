package millrace.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

import millrace.transaction.ExploredWorld.Bug;
import millrace.transaction.ExploredWorld.Key;
import millrace.transaction.ExploredWorld.Setting;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every order in which things can happen to producers of one transactional id with up to two transactions each, when one request is delayed, the
/// coordinator reads its log again, and a transaction times out: each at most once, and at any moment.
///
/// Nearest worlds first, and no more of them than `-Dexploration.states`; the stories that break something are short.
class TransactionExplorationTest {
    private static final int MOST_STATES = Integer.getInteger("exploration.states", 20_000);
    private static final short FEW_EPOCHS_LEFT = Short.MAX_VALUE - 4;

    /// @param broken null when no law is broken in any of the states; otherwise which, and the story that leads there
    private record Result(int states, String broken) {}

    private static Result explore(Setting setting, int mostStates) {
        var first = new ExploredWorld(setting);
        Set<Key> seen = new HashSet<>();
        var waiting = new ArrayDeque<ExploredWorld>();
        seen.add(first.key());
        waiting.add(first);
        while (!waiting.isEmpty() && seen.size() < mostStates) {
            for (ExploredWorld next : waiting.poll().next()) {
                if (!seen.add(next.key())) continue;
                String broken = next.broken();
                if (broken != null) return new Result(seen.size(), broken + next.story());
                waiting.add(next);
            }
        }
        return new Result(seen.size(), null);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, true, 1", "0, 0, false, 1", "2, 0, true, 1", "2, " + FEW_EPOCHS_LEFT + ", true, 1", "0, 0, true, 2", "2, 0, true, 2", "2, " + FEW_EPOCHS_LEFT + ", true, 2"})
    void noLawIsBrokenInAnyOrderOfEvents(short version, short firstEpoch, boolean oneConnection, int producers, TestReporter reporter) {
        Result result = explore(new Setting(version, firstEpoch, oneConnection, producers, Bug.NONE), MOST_STATES);
        reporter.publishEntry("states", Integer.toString(result.states()));
        assertThat(result.broken()).as(result.states() + " states").isNull();
        assertThat(result.states()).isGreaterThan(1_000);
    }

    /// The numbers are scenarios of `reliability.md` section 3.
    @ParameterizedTest
    @CsvSource({"38, 0, 1, NO_FENCE", "39, 0, 1, NO_VERIFICATION", "39, 0, 1, NO_GUARD", "42, 2, 1, REPEATED_MARKER_REFUSED", "40, 0, 1, COMPLETED_BEFORE_MARKERS", "45, 2, 1, BEGIN_FORGOTTEN",
            "41, 2, 2, EPOCHS_WITHOUT_END", "0, 2, 2, SUCCESSOR_GETS_THE_SAME_EPOCH"})
    void aPlantedBugIsFound(int scenario, short version, int producers, Bug bug) {
        short firstEpoch = bug == Bug.EPOCHS_WITHOUT_END ? FEW_EPOCHS_LEFT : 0;
        Result result = explore(new Setting(version, firstEpoch, true, producers, bug), 400_000);
        assertThat(result.broken()).as("scenario " + scenario + ", " + result.states() + " states").isNotNull();
    }
}
