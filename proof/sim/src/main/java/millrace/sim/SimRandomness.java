package millrace.sim;

import millrace.ports.Randomness;

/// The code's chance, out of the world's.
final class SimRandomness implements Randomness {
    private final Chance chance;

    SimRandomness(Chance chance) {
        this.chance = chance;
    }

    @Override public long nextLong() {
        return chance.nextLong();
    }

    @Override public int nextInt(int bound) {
        return chance.below(bound);
    }
}
