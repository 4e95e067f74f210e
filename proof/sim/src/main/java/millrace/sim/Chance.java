package millrace.sim;

import java.util.List;
import java.util.SplittableRandom;

/// The one source of chance of a simulated world: everything that is drawn is drawn here, so a seed tells one story.
///
/// [#split] gives a part of the world its own stream, so that drawing more there does not move the draws elsewhere.
public final class Chance {
    private final SplittableRandom random;

    private Chance(SplittableRandom random) {
        this.random = random;
    }

    public static Chance of(long seed) {
        return new Chance(new SplittableRandom(seed));
    }

    public Chance split() {
        return new Chance(random.split());
    }

    public long nextLong() {
        return random.nextLong();
    }

    /// @return from 0 (inclusive) to `bound` (exclusive)
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /// @return from `lowest` to `highest`, both inclusive
    public int between(int lowest, int highest) {
        return random.nextInt(lowest, highest + 1);
    }

    /// @return from `lowest` to `highest`, both inclusive
    public long between(long lowest, long highest) {
        return random.nextLong(lowest, highest + 1);
    }

    /// @return true about `perMille` times in a thousand
    public boolean perMille(int perMille) {
        return perMille > 0 && random.nextInt(1_000) < perMille;
    }

    public boolean coin() {
        return random.nextBoolean();
    }

    public <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    @SafeVarargs
    public final <T> T oneOf(T... of) {
        return of[random.nextInt(of.length)];
    }

    public void fill(byte[] target, int from, int to) {
        for (int i = from; i < to; i++) target[i] = (byte) random.nextInt();
    }

    /// Mostly about `typical`, seldom a hundred times as long: how real delays are spread.
    public long heavyTailed(long typical) {
        long base = typical / 2 + random.nextLong(typical + 1);
        int rarity = random.nextInt(1_000);
        if (rarity < 2) return base * 100;
        if (rarity < 30) return base * 10;
        return base;
    }
}
