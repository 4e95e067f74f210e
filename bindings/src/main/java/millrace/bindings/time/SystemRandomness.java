package millrace.bindings.time;

import java.security.SecureRandom;

import millrace.ports.Randomness;

/// The operating system's own source: what it gives cannot be guessed, and two nodes never get the same. Safe from any thread.
public final class SystemRandomness implements Randomness {
    private final SecureRandom random = new SecureRandom();

    public SystemRandomness() {
    }

    @Override public long nextLong() {
        return random.nextLong();
    }

    @Override public int nextInt(int bound) {
        return random.nextInt(bound);
    }
}
