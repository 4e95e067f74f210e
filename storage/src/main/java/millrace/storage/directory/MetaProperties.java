package millrace.storage.directory;

import java.nio.file.Path;
import java.util.Optional;
import millrace.common.Uuid;
import millrace.ports.Disk;

/// `meta.properties` version 1.
public record MetaProperties(String clusterId, int nodeId, Uuid directoryId) {
    public static final String FILE_NAME = "meta.properties";

    public static Optional<MetaProperties> read(Disk disk, Path logDirectory) { throw new UnsupportedOperationException("signatures only"); }
    public void write(Disk disk, Path logDirectory) { throw new UnsupportedOperationException("signatures only"); }
}
