package millrace.ports;

/// The only source of chance: ids, jitter. Seeded in simulation, the machine's secure source in production.
public interface Randomness {
    long nextLong();

    /// @return a value from 0 (inclusive) to `bound` (exclusive); `bound` is positive
    int nextInt(int bound);
}
