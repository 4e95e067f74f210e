package millrace.sim.disk;

import java.io.IOException;
import java.nio.file.Path;
import millrace.ports.Disk;
import millrace.sim.World;

class SimDiskContractTest extends DiskContract {
    private final Disk disk = World.of(1).node("n").start().disk();

    @Override Disk disk() {
        return disk;
    }

    @Override Path home() throws IOException {
        disk.createDirectories(Path.of("/data"));
        return Path.of("/data");
    }
}
