package millrace.controller;

import java.util.ArrayList;
import java.util.List;

import millrace.common.Uuid;

/// A sequence of numbers that look random and follow from a seed alone (SplitMix64), so that a command decides the same way
/// whenever it is replayed. The shell draws the seed from its source of randomness.
public final class Chance {
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private long state;

    public Chance(long seed) {
        state = seed;
    }

    public long nextLong() {
        state += STEP;
        long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /// @return from 0 to below `bound`
    public int nextInt(int bound) {
        return (int) Long.remainderUnsigned(nextLong(), bound);
    }

    /// A random (version 4) id, not reserved, and whose text does not begin with a dash, which command lines would take for an option.
    public Uuid nextUuid() {
        while (true) {
            long upper = nextLong() & 0xFFFFFFFFFFFF0FFFL | 0x4000L;
            long lower = nextLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
            var id = new Uuid(upper, lower);
            if (!id.isReserved() && !id.toString().startsWith("-")) return id;
        }
    }

    public <T> List<T> shuffled(List<T> given) {
        var shuffled = new ArrayList<>(given);
        for (int i = shuffled.size() - 1; i > 0; i--) shuffled.set(i, shuffled.set(nextInt(i + 1), shuffled.get(i)));
        return shuffled;
    }
}
