package millrace.ports;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A file that does what another one does, but for what is overridden. For a [DiskThrough].
public class FileThrough implements DiskFile {
    protected final DiskFile file;

    public FileThrough(DiskFile file) {
        this.file = file;
    }

    @Override public int read(ByteBuffer target, long position) throws IOException {
        return file.read(target, position);
    }

    @Override public void write(ByteBuffer source, long position) throws IOException {
        file.write(source, position);
    }

    @Override public void write(ByteBuffer[] sources, long position) throws IOException {
        file.write(sources, position);
    }

    @Override public long size() throws IOException {
        return file.size();
    }

    @Override public void truncate(long size) throws IOException {
        file.truncate(size);
    }

    @Override public void sync() throws IOException {
        file.sync();
    }

    @Override public void writeBack(long position, long length) throws IOException {
        file.writeBack(position, length);
    }

    @Override public boolean retain() {
        return file.retain();
    }

    @Override public void release() {
        file.release();
    }

    @Override public void close() throws IOException {
        file.close();
    }
}
