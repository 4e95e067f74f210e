package millrace.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Asked by the build when all other tests are over (the pom's execution `seeds`): that it has run as many seeds as it promises, and which.
class SeedsWereRun {
    /// Tries out the seeds themselves, and simulates nothing.
    private static final String TRIAL = WorldTest.class.getSimpleName();

    @Test void asManyAsPromised() throws IOException {
        assumeTrue(System.getProperty("seed") == null && System.getProperty("test") == null, "only some of the simulations were asked for");
        List<SeedLedger.Line> run = SeedLedger.ofThisBuild().stream().filter(line -> !line.simulation().startsWith(TRIAL)).toList();
        Map<String, LongSummaryStatistics> seeds = run.stream().collect(Collectors.groupingBy(SeedLedger.Line::simulation, TreeMap::new, Collectors.summarizingLong(SeedLedger.Line::seed)));
        seeds.forEach((simulation, some) -> System.out.println(simulation + ": seeds " + some.getMin() + " to " + some.getMax()));
        System.out.println(run.size() + " seeds in " + run.stream().mapToLong(SeedLedger.Line::millis).sum() / 1_000 + " s of one core");
        assertThat(run).hasSizeGreaterThanOrEqualTo(SimulationSeeds.inAll());
    }
}
