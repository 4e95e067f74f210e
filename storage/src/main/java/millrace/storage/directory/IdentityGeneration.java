package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import millrace.ports.Disk;
import millrace.storage.file.SmallFiles;

/// `millrace-identity`: under which generation the claims of this directory's segments were made ([millrace.storage.identity]), and how the
/// node that made them stopped.
///
/// Why: an Apache Kafka broker that uses the directory in between may truncate and compact, and leaves the side files as they are. What they
/// say would then look like damage. So each use by somebody else begins a new generation, and the claims of the older ones are void. That
/// somebody else was there is seen by the clean shutdown marker: it is ours only when it names the broker epoch with which we stopped.
///
///     version: 0
///     generation: 3
///     stopped: 4711          the broker epoch of a clean stop, or `no` while in use and after a crash
///
/// One case goes unnoticed: we crash, a Kafka broker runs and crashes as well. What it truncated below our claims is then refused as damage,
/// which is safe.
final class IdentityGeneration {
    static final String FILE_NAME = "millrace-identity";
    private static final String IN_USE = "no";

    private final Disk disk;
    private final Path directory;
    private long generation;

    IdentityGeneration(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /// Notes that the directory is in use. On the device when it returns.
    /// @param marker broker epoch of the clean shutdown marker that was found, empty when there was none
    /// @return the generation whose claims hold
    long begin(OptionalLong marker) throws IOException {
        String[] known = read();
        generation = next(known, marker);
        boolean noted = known != null && known[1].equals(IN_USE) && Long.parseLong(known[0]) == generation;
        if (!noted) write(IN_USE);                                   // after a crash there may be no room, and nothing to say
        return generation;
    }

    /// The generation that a start would use; nothing is noted.
    long next(OptionalLong marker) throws IOException {
        return next(read(), marker);
    }

    private static long next(String[] known, OptionalLong marker) {
        return known == null ? 1 : ours(known[1], marker) ? Long.parseLong(known[0]) : Long.parseLong(known[0]) + 1;
    }

    private static boolean ours(String stopped, OptionalLong marker) {
        if (marker.isEmpty()) return stopped.equals(IN_USE);
        return marker.getAsLong() != CleanShutdown.NO_BROKER_EPOCH && stopped.equals(Long.toString(marker.getAsLong()));
    }

    /// To be called before the clean shutdown marker is written with the same epoch.
    void end(long brokerEpoch) throws IOException {
        write(Long.toString(brokerEpoch));
    }

    private void write(String stopped) throws IOException {
        SmallFiles.replace(disk, directory.resolve(FILE_NAME), "version: 0\ngeneration: " + generation + "\nstopped: " + stopped + "\n");
    }

    /// @return generation and how it stopped; null when nobody noted it, or not in these words
    private String[] read() throws IOException {
        try {
            String[] lines = SmallFiles.readText(disk, directory.resolve(FILE_NAME)).split("\n");
            boolean right = lines.length == 3 && lines[0].equals("version: 0") && lines[1].matches("generation: \\d{1,18}") && lines[2].startsWith("stopped: ");
            return right ? new String[] {lines[1].substring("generation: ".length()), lines[2].substring("stopped: ".length())} : new String[] {"1000", ""};
        } catch (NoSuchFileException absent) {
            return null;
        }
    }
}
