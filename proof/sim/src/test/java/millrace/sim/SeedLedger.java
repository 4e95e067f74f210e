package millrace.sim;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Which seeds a build has run, a line for each in a file that its JVMs share:
///
///     time of the build ⇥ simulation ⇥ seed ⇥ milliseconds
final class SeedLedger {
    private static final Path FILE = Path.of("target", "seeds.tsv");
    /// Null outside of a build.
    private static final String BUILD = System.getProperty("sim.build");

    record Line(String simulation, long seed, long millis) {}

    private SeedLedger() {}

    static void note(Line line) throws IOException {
        if (BUILD == null) return;
        Files.writeString(FILE, String.join("\t", BUILD, line.simulation(), Long.toString(line.seed()), Long.toString(line.millis())) + "\n", CREATE, APPEND);
    }

    /// @return what this build has run so far
    static List<Line> ofThisBuild() throws IOException {
        if (!Files.exists(FILE)) return List.of();
        return Files.readAllLines(FILE).stream().map(line -> line.split("\t")).filter(fields -> fields[0].equals(BUILD))
                .map(fields -> new Line(fields[1], Long.parseLong(fields[2]), Long.parseLong(fields[3]))).toList();
    }
}
