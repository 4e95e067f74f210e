package millrace.wire;

import java.nio.ByteBuffer;

import millrace.ports.DiskFile;
import millrace.ports.FileRecords;

/// A file in memory that counts its holds.
final class FakeFile implements DiskFile {
    final byte[] content;
    int holds = 1;

    FakeFile(byte[] content) {
        this.content = content;
    }

    FileRecords region(int position, int size) {
        retain();
        return new FileRecords(this, position, size);
    }

    @Override public int read(ByteBuffer target, long position) {
        int amount = Math.min(target.remaining(), content.length - (int) position);
        target.put(content, (int) position, amount);
        return amount;
    }

    @Override public boolean retain() {
        holds++;
        return true;
    }

    @Override public void release() {
        if (--holds < 0) throw new IllegalStateException("released too often");
    }

    @Override public void write(ByteBuffer source, long position) {
        throw new UnsupportedOperationException();
    }

    @Override public void write(ByteBuffer[] sources, long position) {
        throw new UnsupportedOperationException();
    }

    @Override public long size() {
        return content.length;
    }

    @Override public void truncate(long size) {
        throw new UnsupportedOperationException();
    }

    @Override public void sync() {
        throw new UnsupportedOperationException();
    }

    @Override public void close() {
        release();
    }
}
