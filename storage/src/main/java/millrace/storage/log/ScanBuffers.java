package millrace.storage.log;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// A handful of buffers for walking over files, used again and again. When all are out a new one is made and dropped afterwards.
final class ScanBuffers {
    private final int bytes;
    private final AtomicReferenceArray<ByteBuffer> resting;

    ScanBuffers(int bytes, int slots) {
        this.bytes = bytes;
        this.resting = new AtomicReferenceArray<>(slots);
    }

    ByteBuffer take() {
        for (int i = 0; i < resting.length(); i++) {
            ByteBuffer buffer = resting.getAndSet(i, null);
            if (buffer != null) return buffer.clear();
        }
        return ByteBuffer.allocateDirect(bytes);
    }

    void give(ByteBuffer buffer) {
        for (int i = 0; i < resting.length(); i++) {
            if (resting.compareAndSet(i, null, buffer)) return;
        }
    }
}
