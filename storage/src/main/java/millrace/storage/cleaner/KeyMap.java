package millrace.storage.cleaner;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/// The last offset of every key in the dirty part of a log: an open hash table over one piece of memory that never grows.
///
///     slot:  8 bytes hash  8 bytes hash  8 bytes offset + 1 (0: empty)
///
/// Keys are known by 128 bits of [KeyHash]. The memory lies outside the heap and goes with [#close].
///
/// For one thread at a time.
final class KeyMap implements AutoCloseable {
    static final int SLOT_BYTES = 24;
    static final long NOT_FOUND = -1;
    private static final long LEAST_SLOTS = 2;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment table;
    private final long slots;
    private final long mostKeys;
    private final KeyHash hash;
    private long keys;
    private long latestOffset = NOT_FOUND;

    /// @param mostBytes of memory
    /// @param likely    keys that may come at most: less memory is taken when they fit in less
    KeyMap(long mostBytes, double loadFactor, long likely, KeyHash hash) {
        double load = Math.clamp(loadFactor, 0.01, 0.95);
        long wanted = (long) Math.min(Long.MAX_VALUE / SLOT_BYTES, Math.ceil((likely + 1) / load));
        this.slots = Math.max(LEAST_SLOTS, Math.min(mostBytes / SLOT_BYTES, wanted));
        this.mostKeys = Math.clamp((long) (slots * load), 1, slots - 1);
        this.table = arena.allocate(slots * SLOT_BYTES, Long.BYTES);
        this.hash = hash;
    }

    boolean isFull() {
        return keys >= mostKeys;
    }

    /// @param offset greater than any before
    void put(ByteBuffer key, long offset) {
        hash.hash(key);
        long slot = find();
        if (table.get(ValueLayout.JAVA_LONG, slot + 16) == 0) {
            if (isFull()) throw new IllegalStateException("the key map of " + slots + " slots is full");
            table.set(ValueLayout.JAVA_LONG, slot, hash.high());
            table.set(ValueLayout.JAVA_LONG, slot + 8, hash.low());
            keys++;
        }
        table.set(ValueLayout.JAVA_LONG, slot + 16, offset + 1);
        latestOffset = offset;
    }

    /// @return [#NOT_FOUND] for a key that the dirty part does not have
    long get(ByteBuffer key) {
        hash.hash(key);
        return table.get(ValueLayout.JAVA_LONG, find() + 16) - 1;
    }

    /// @return where the hashed key's slot begins, or the empty one in which it would be
    private long find() {
        long index = Math.unsignedMultiplyHigh(hash.high(), slots);
        while (true) {
            long slot = index * SLOT_BYTES;
            if (table.get(ValueLayout.JAVA_LONG, slot + 16) == 0) return slot;
            if (table.get(ValueLayout.JAVA_LONG, slot) == hash.high() && table.get(ValueLayout.JAVA_LONG, slot + 8) == hash.low()) return slot;
            if (++index == slots) index = 0;
        }
    }

    /// Up to here (inclusive) every key has been put.
    void coversUpTo(long offset) {
        latestOffset = Math.max(latestOffset, offset);
    }

    /// -1 when nothing is covered.
    long latestOffset() {
        return latestOffset;
    }

    long keys() {
        return keys;
    }

    long bytes() {
        return table.byteSize();
    }

    @Override public void close() {
        arena.close();
    }
}
