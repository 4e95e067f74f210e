package millrace.bindings.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import millrace.ports.DiskFile;

/// One descriptor with a count of those who hold it.
public final class NioDiskFile implements DiskFile {
    private final FileChannel channel;
    private final Path path;
    private final AtomicInteger holds = new AtomicInteger(1);
    private final AtomicBoolean ownerHolds = new AtomicBoolean(true);

    NioDiskFile(FileChannel channel, Path path) {
        this.channel = channel;
        this.path = path;
    }

    /// For the socket's `sendfile` only; use it while holding the file.
    public FileChannel channel() {
        return channel;
    }

    @Override public int read(ByteBuffer target, long position) throws IOException {
        return channel.read(target, position);
    }

    @Override public void write(ByteBuffer source, long position) throws IOException {
        long at = position;
        while (source.hasRemaining()) at += channel.write(source, at);
    }

    /// There is no positional gathering write in the JDK, and a shared file position would tie writer and readers together;
    /// the few callers with several sources pay one call each.
    @Override public void write(ByteBuffer[] sources, long position) throws IOException {
        long at = position;
        for (ByteBuffer source : sources) {
            int length = source.remaining();
            write(source, at);
            at += length;
        }
    }

    @Override public long size() throws IOException {
        return channel.size();
    }

    @Override public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override public void sync() throws IOException {
        channel.force(false);
    }

    @Override public void writeBack(long position, long length) throws IOException {
        if (NioDisk.ON_LINUX) LinuxWriteBack.of(path, position, length);
    }

    @Override public boolean retain() {
        for (int now = holds.get(); now > 0; now = holds.get()) {
            if (holds.compareAndSet(now, now + 1)) return true;
        }
        return false;
    }

    @Override public void release() {
        int left = holds.decrementAndGet();
        if (left < 0) throw new IllegalStateException(path + " was released more often than held");
        if (left == 0) closeChannel();
    }

    private void closeChannel() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("could not close " + path, e);
        }
    }

    @Override public void close() throws IOException {
        if (!ownerHolds.compareAndSet(true, false)) return;
        try {
            release();
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override public String toString() {
        return path + " (" + holds.get() + " holds)";
    }
}
