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
/// - the environment variable `MILLRACE_SIM_SEEDS` sets the number of seeds of every simulation (CI asks for more than an everyday run)
/// - `-Dlines=4000` prints more of what happened before a failure than the last 60 lines
/// - `-Dseeds.from=100000` begins elsewhere than at seed 1
///
/// Every fiftieth seed is run twice, and both runs must leave the same trace hash.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SimulationSeeds.class)
public @interface Simulation {
    int seeds();
}
