package millrace.sim;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test that is run once for each seed, with a [World] made from it.
///
/// - `-Dseed=8421` runs that seed alone; a failure prints the command that does.
/// - `-Dsim.seeds=2000` runs that many seeds in all simulations together, each its share of them
/// - `-Dsim.slice=7` runs the eighth part of that size of each simulation's seeds, which no other slice has; the first is slice 0
/// - `-Dlines=4000` prints more of what happened before a failure than the last 60 lines
///
/// Every fiftieth seed is run twice, and both runs must leave the same trace hash. How many seeds a build has run is asked by [SeedsWereRun].
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SimulationSeeds.class)
public @interface Simulation {
    /// Seeds of all simulations together in a build that asks for no other number. The shares add up to it.
    int ALL_SEEDS = 500;

    /// @return this simulation's share of [#ALL_SEEDS]
    int seeds();
}
