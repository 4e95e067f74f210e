package millrace.quorum;

import java.io.IOException;
import java.nio.file.Path;

import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.ports.DiskThrough;
import millrace.ports.FileThrough;

/// A disk whose syncs fail from some moment on.
final class BreakableDisk extends DiskThrough {
    boolean broken;

    BreakableDisk(Disk disk) {
        super(disk);
    }

    private void mayFail() throws IOException {
        if (broken) throw new IOException("Input/output error");
    }

    @Override public DiskFile open(Path file, OpenMode mode) throws IOException {
        return new FileThrough(super.open(file, mode)) {
            @Override public void sync() throws IOException {
                mayFail();
                super.sync();
            }
        };
    }

    @Override public void syncDirectory(Path directory) throws IOException {
        mayFail();
        super.syncDirectory(directory);
    }
}
