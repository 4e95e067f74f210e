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

/// Every order in which things can happen to producers of one transactional id when one request is delayed, the coordinator reads its log again, and a
/// transaction times out: each at most once, and at any moment.
///
/// All worlds that there are of one producer with two transactions, and of two producers, of which the second takes over whenever it begins, with one each and without
/// time-outs. Of what is more than that the nearest, no more than `-Dexploration.states`; the stories that break something are short.
class TransactionExplorationTest {
    private static final int MOST_STATES = Integer.getInteger("exploration.states", 20_000);
    /// More than there are; if there should come to be more of them, that is to be seen.
    private static final int MOST_OF_ALL = 200_000;
    private static final short FEW_EPOCHS_LEFT = Short.MAX_VALUE - 4;

    /// @param broken null when no law is broken in any of the states; otherwise which, and the story that leads there
    private record Result(int states, boolean all, String broken) {}

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
                if (broken != null) return new Result(seen.size(), false, broken + next.story());
                waiting.add(next);
            }
        }
        return new Result(seen.size(), waiting.isEmpty(), null);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, true", "0, 0, false", "2, 0, true", "2, " + FEW_EPOCHS_LEFT + ", true"})
    void noLawIsBrokenInAnyOrderOfEvents(short version, short firstEpoch, boolean oneConnection, TestReporter reporter) {
        everythingIsSeenAndHolds(new Setting(version, firstEpoch, oneConnection, 1, 2, true, Bug.NONE), reporter);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "2, 0", "2, " + FEW_EPOCHS_LEFT})
    void norWhereAnotherProducerTakesOver(short version, short firstEpoch, TestReporter reporter) {
        everythingIsSeenAndHolds(new Setting(version, firstEpoch, true, 2, 1, false, Bug.NONE), reporter);
    }

    private static void everythingIsSeenAndHolds(Setting setting, TestReporter reporter) {
        Result result = explore(setting, MOST_OF_ALL);
        reporter.publishEntry("states", Integer.toString(result.states()));
        assertThat(result.broken()).as(result.states() + " states").isNull();
        assertThat(result.all()).as("nothing is left after " + result.states() + " states").isTrue();
        assertThat(result.states()).as("there is enough to be found").isGreaterThan(5_000);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "2, 0", "2, " + FEW_EPOCHS_LEFT})
    void norNearbyWhenTheFirstHasTwoTransactionsThatMayTimeOut(short version, short firstEpoch, TestReporter reporter) {
        Result result = explore(new Setting(version, firstEpoch, true, 2, 2, true, Bug.NONE), MOST_STATES);
        reporter.publishEntry("states", result.states() + (result.all() ? ", all that there are" : ", the nearest"));
        assertThat(result.broken()).as(result.states() + " states").isNull();
    }

    /// The numbers are scenarios of `reliability.md` section 3.
    @ParameterizedTest
    @CsvSource({"38, 0, 1, NO_FENCE", "39, 0, 1, NO_VERIFICATION", "39, 0, 1, NO_GUARD", "42, 2, 1, REPEATED_MARKER_REFUSED", "40, 0, 1, COMPLETED_BEFORE_MARKERS", "45, 2, 1, BEGIN_FORGOTTEN",
            "41, 2, 2, EPOCHS_WITHOUT_END", "0, 2, 2, SUCCESSOR_GETS_THE_SAME_EPOCH"})
    void aPlantedBugIsFound(int scenario, short version, int producers, Bug bug) {
        short firstEpoch = bug == Bug.EPOCHS_WITHOUT_END ? FEW_EPOCHS_LEFT : 0;
        Result result = explore(new Setting(version, firstEpoch, true, producers, 2, true, bug), 400_000);
        assertThat(result.broken()).as("scenario " + scenario + ", " + result.states() + " states").isNotNull();
    }
}
