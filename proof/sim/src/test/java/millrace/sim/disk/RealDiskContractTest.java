package millrace.sim.disk;

import java.io.IOException;
import java.nio.file.Path;
import millrace.bindings.disk.NioDisk;
import millrace.ports.Disk;
import org.junit.jupiter.api.io.TempDir;

/// The machine's own disk, held to the same contract as the simulated one.
class RealDiskContractTest extends DiskContract {
    @TempDir private Path home;

    @Override Disk disk() {
        return new NioDisk();
    }

    @Override Path home() throws IOException {
        return home;
    }
}
