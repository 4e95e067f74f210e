package millrace.record.compression;

import java.util.concurrent.atomic.AtomicReferenceArray;

/// Arrays of 64 KiB that outlive the batch they were used for: to clear a fresh one costs more than to decompress a small batch.
///
/// Bounded: 16 spare arrays (1 MiB) for the process. When none is spare a new one is made; when all places are taken the array is left
/// to the collector. A place is taken and filled by one atomic step, so an array has one owner at a time.
public final class Scratch {
    public static final int BYTES = 64 * 1024;

    private static final AtomicReferenceArray<byte[]> SPARE = new AtomicReferenceArray<>(16);

    private Scratch() {}

    /// An array of [#BYTES] with arbitrary content.
    public static byte[] take() {
        for (int place = 0; place < SPARE.length(); place++) {
            if (SPARE.getPlain(place) == null) continue;
            byte[] spare = SPARE.getAndSet(place, null);
            if (spare != null) return spare;
        }
        return new byte[BYTES];
    }

    /// The caller must not touch `array` any more.
    public static void giveBack(byte[] array) {
        for (int place = 0; place < SPARE.length(); place++) {
            if (SPARE.getPlain(place) == null && SPARE.compareAndSet(place, null, array)) return;
        }
    }
}
