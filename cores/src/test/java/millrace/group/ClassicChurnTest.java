package millrace.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import millrace.group.ClassicChurn.Bug;
import millrace.group.GroupCheckers.Violation;

/// Whole lives of a group under churn, each from a seed; and the proof that the checkers would notice.
class ClassicChurnTest {
    private static final int SEEDS = 300;
    private static final int STEPS = 1_500;

    @Test void groupsKeepTheirPromisesInBadWeather() {
        int rounds = 0;
        int commits = 0;
        int failovers = 0;
        int kept = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            var churn = new ClassicChurn(seed, Bug.NONE);
            try {
                churn.run(STEPS);
            } catch (RuntimeException | AssertionError broken) {
                fail("seed " + seed + "\n" + churn.story(), broken);
            }
            rounds += churn.stableRounds();
            commits += churn.acceptedCommits();
            failovers += churn.failovers();
            kept += churn.keptHeartbeats();
        }
        assertThat(rounds).as("the weather is not so bad that nothing happens").isGreaterThan(SEEDS * 20);
        assertThat(commits).isGreaterThan(SEEDS * 50);
        assertThat(failovers).isGreaterThan(SEEDS);
        assertThat(kept).as("heartbeats are kept back").isGreaterThan(SEEDS * 8);
    }

    @Test void aSeedAlwaysTellsTheSameStory() {
        assertThat(new ClassicChurn(42, Bug.NONE).run(STEPS).story()).isEqualTo(new ClassicChurn(42, Bug.NONE).run(STEPS).story());
    }

    @ParameterizedTest
    @CsvSource({"TWO_OWNERS, G1", "GENERATION_BEGINS_AGAIN, G4", "ZOMBIE_COMMITS, G3", "ANSWERS_BEFORE_COMMIT, G2", "LOSES_A_CHANGE, G7",
                "FORGETS_A_HEARTBEAT, heartbeats", "KEEPS_A_REBALANCE_TO_ITSELF, heartbeats", "ANSWERS_A_HEARTBEAT_TWICE, answers"})
    void aPlantedBugIsFound(Bug bug, String invariant) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                new ClassicChurn(seed, bug).run(STEPS);
            } catch (Violation found) {
                if (found.getMessage().startsWith(invariant)) return;
            } catch (RuntimeException alsoBroken) {
                // A core that was lied to may notice it itself; the checker is to notice it as well.
            }
        }
        fail("nobody noticed " + bug);
    }
}
