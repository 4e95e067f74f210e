package millrace.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

import com.dynatrace.hash4j.hashing.Hashing;

import millrace.group.ExploredGroup.Bug;
import millrace.group.ExploredGroup.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every order in which three members of a consumer group with three partitions join, are heard, do as they are told, leave, are put out, lose
/// answers and leave a heartbeat behind on an old connection, each step read back from the log.
///
/// Nearest moments first, and no more of them than `-Dexploration.states`; the stories that break something are short.
class GroupExplorationTest {
    private static final int MOST_STATES = Integer.getInteger("exploration.states", 10_000);

    /// @param broken null when no law is broken in any of the states; otherwise which, and the story that leads there
    private record Result(int states, int left, String broken) {}

    /// A state's text in 128 bits: the texts of a million states would not fit into memory.
    private record Key(long high, long low) {
        static Key of(ExploredGroup state) {
            var hash = Hashing.murmur3_128().hashCharsTo128Bits(state.toString());
            return new Key(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
        }
    }

    private static Result explore(Setting setting, int mostStates) {
        var first = new ExploredGroup(setting);
        Set<Key> seen = new HashSet<>();
        var waiting = new ArrayDeque<ExploredGroup>();
        seen.add(Key.of(first));
        waiting.add(first);
        while (!waiting.isEmpty() && seen.size() < mostStates) {
            for (ExploredGroup next : waiting.poll().next()) {
                if (!seen.add(Key.of(next))) continue;
                String broken = next.broken();
                if (broken != null) return new Result(seen.size(), waiting.size(), broken + next.story());
                waiting.add(next);
            }
        }
        return new Result(seen.size(), waiting.size(), null);
    }

    @Test void noLawIsBrokenInAnyOrderOfEvents(TestReporter reporter) {
        Result result = explore(new Setting(3, 1, 1, 1, Bug.NONE), MOST_STATES);
        reporter.publishEntry("states", result.states() + (result.left() == 0 ? ", all that there are" : ", the nearest; " + result.left() + " of them were not followed"));
        assertThat(result.broken()).as(result.states() + " states").isNull();
        assertThat(result.states()).isGreaterThan(1_000);
    }

    /// The numbers are scenarios of `reliability.md` section 3.
    @ParameterizedTest
    @CsvSource({"51, G1, GIVEN_BEFORE_RELEASED", "51, G1, SILENCE_MEANS_NOTHING", "52, G4, EPOCH_USED_AGAIN", "52, G4, EMPTY_GROUP_NOT_ASSIGNED", "0, it does not settle, PUT_OUT_KEEPS_ITS_SHARE",
            "0, it does not settle, ANSWERS_NOT_REPEATED", "38, G1, NO_FENCE"})
    void aPlantedBugIsFound(int scenario, String law, Bug bug) {
        Result result = explore(new Setting(3, 1, 1, 1, bug), 400_000);
        assertThat(result.broken()).as("scenario " + scenario + ", " + result.states() + " states").startsWith(law + ":");
    }
}
