package millrace.storage.cleaner;

import millrace.ports.Randomness;

/// Always the same number.
final class FixedRandomness implements Randomness {
    @Override public long nextLong() {
        return 4;
    }

    @Override public int nextInt(int bound) {
        return 4 % bound;
    }
}
