package millrace.broker.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.ports.DiskThrough;
import millrace.ports.FileThrough;

/// A disk that counts the holds that readers have on its files, and whose syncs or writes fail when the test says so.
public final class HeldDisk extends DiskThrough {
    private final AtomicInteger holds = new AtomicInteger();
    private volatile boolean syncsFail;
    private volatile boolean writesFail;
    private volatile boolean renamesFail;
    private volatile Consumer<Path> onRename = _ -> { };

    HeldDisk(Disk disk) {
        super(disk);
    }

    /// @return holds taken and not given back
    public int holds() {
        return holds.get();
    }

    public void failSyncs() {
        syncsFail = true;
    }

    public void failRenames() {
        renamesFail = true;
    }

    /// @param listener is told of new names
    public void onRename(Consumer<Path> listener) {
        onRename = listener;
    }

    public void failWrites() {
        writesFail = true;
    }

    @Override public DiskFile open(Path file, OpenMode mode) throws IOException {
        return new Held(super.open(file, mode));
    }

    @Override public void rename(Path from, Path to) throws IOException {
        if (renamesFail) throw gone();
        super.rename(from, to);
        onRename.accept(to);
    }

    private static IOException gone() {
        return new IOException("the device is gone");
    }

    private final class Held extends FileThrough {
        Held(DiskFile file) {
            super(file);
        }

        @Override public void write(ByteBuffer source, long position) throws IOException {
            if (writesFail) throw gone();
            super.write(source, position);
        }

        @Override public void write(ByteBuffer[] sources, long position) throws IOException {
            if (writesFail) throw gone();
            super.write(sources, position);
        }

        @Override public void sync() throws IOException {
            if (syncsFail) throw gone();
            super.sync();
        }

        @Override public boolean retain() {
            boolean retained = super.retain();
            if (retained) holds.incrementAndGet();
            return retained;
        }

        @Override public void release() {
            holds.decrementAndGet();
            super.release();
        }
    }
}
