package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import millrace.common.Uuid;
import millrace.ports.Disk;

/// Whose log directory it is: its `meta.properties` are checked, or written where the directory is new.
///
/// Invariant: a directory that holds logs is never given another name than the metadata knows it by.
final class DirectoryOwner {
    private static final int DIRECTORY_ID_TRIES = 100;

    private final Disk disk;
    private final Path path;
    private final LogDirSettings settings;

    DirectoryOwner(Disk disk, Path path, LogDirSettings settings) {
        this.disk = disk;
        this.path = path;
        this.settings = settings;
    }

    /// @throws IllegalStateException when it belongs to another cluster or node, or to nobody who could be told; the text says what to do
    MetaProperties identify() throws IOException {
        Optional<MetaProperties> found = MetaProperties.read(disk, path);
        if (found.isEmpty()) return format();
        MetaProperties known = found.get();
        if (settings.clusterId() != null && !settings.clusterId().equals(known.clusterId()))
            throw new IllegalStateException(path + " belongs to cluster " + known.clusterId() + ", this node to " + settings.clusterId() + "; correct log.dirs or the cluster id");
        if (known.nodeId() != settings.nodeId())
            throw new IllegalStateException(path + " belongs to node " + known.nodeId() + ", this is node " + settings.nodeId() + "; correct log.dirs or node.id");
        return known;
    }

    private MetaProperties format() throws IOException {
        refuseLogsOfNobody();
        if (settings.clusterId() == null)
            throw new IllegalStateException(path + " is not formatted (no " + MetaProperties.FILE_NAME + "); format it with kafka-storage.sh, or give a cluster id");
        var fresh = new MetaProperties(settings.clusterId(), settings.nodeId(), newDirectoryId());
        fresh.write(disk, path);
        return fresh;
    }

    /// To call it ours would give the logs another cluster and another directory id than the metadata knows them by.
    private void refuseLogsOfNobody() throws IOException {
        for (Path child : disk.list(path)) {
            if (PartitionFolder.of(child.getFileName().toString()).kind() != PartitionFolder.Kind.LOG || !disk.isDirectory(child)) continue;
            throw new IllegalStateException(path + " holds logs (" + child.getFileName() + "), and its " + MetaProperties.FILE_NAME + ", which says whose they are, is missing; restore that file (cluster.id, directory.id,"
                    + " node.id=" + settings.nodeId() + ", version=1), or name an empty directory in log.dirs");
        }
    }

    /// Not one of the reserved ids, and without a leading dash, which command lines take for an option.
    private Uuid newDirectoryId() {
        for (int i = 0; i < DIRECTORY_ID_TRIES; i++) {
            var id = new Uuid(settings.randomness().nextLong() & ~0xF000L | 0x4000L, settings.randomness().nextLong() & ~(3L << 62) | 2L << 62);
            if (!id.isReserved() && !id.toString().startsWith("-")) return id;
        }
        throw new IllegalStateException("the source of randomness gives no usable directory id");
    }
}
