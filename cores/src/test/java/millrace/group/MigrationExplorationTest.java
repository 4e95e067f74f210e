package millrace.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

import millrace.group.ExploredMigration.Bug;
import millrace.group.ExploredMigration.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every order in which two members of the classic protocol and one of the consumer protocol go on while their group changes from the one protocol to
/// the other and back, with one request that comes again late and one new coordinator. Nearest moments first, and no more of them than
/// `-Dexploration.states`.
class MigrationExplorationTest {
    private static final int MOST_STATES = Integer.getInteger("exploration.states", 3_000);

    /// @param broken null when no law is broken in any of the states; otherwise which, and the story that leads there
    private record Result(int states, boolean all, String broken) {}

    private static Result explore(Setting setting, int mostStates) {
        var first = new ExploredMigration(setting);
        Set<String> seen = new HashSet<>();
        var waiting = new ArrayDeque<ExploredMigration>();
        seen.add(first.toString());
        waiting.add(first);
        while (!waiting.isEmpty() && seen.size() < mostStates) {
            for (ExploredMigration next : waiting.poll().next()) {
                if (!seen.add(next.toString())) continue;
                String broken = next.broken();
                if (broken != null) return new Result(seen.size(), false, broken + next.story());
                waiting.add(next);
            }
        }
        return new Result(seen.size(), waiting.isEmpty(), null);
    }

    @Test void noLawIsBrokenInAnyOrderOfEvents(TestReporter reporter) {
        Result result = explore(new Setting(1, 1, 1, Bug.NONE), MOST_STATES);
        reporter.publishEntry("states", result.states() + (result.all() ? ", all that there are" : ", the nearest"));
        assertThat(result.broken()).as(result.states() + " states").isNull();
        assertThat(result.states()).isGreaterThan(1_000);
    }

    @ParameterizedTest
    @CsvSource({"G1, CONSUMER_GETS_EVERYTHING", "it does not settle, NO_FENCE", "it does not settle, GENERATION_BEGINS_ANEW"})
    void aPlantedBugIsFound(String law, Bug bug) {
        Result result = explore(new Setting(1, 1, 0, bug), 30_000);
        assertThat(result.broken()).as(result.states() + " states").startsWith(law + ":");
    }
}
