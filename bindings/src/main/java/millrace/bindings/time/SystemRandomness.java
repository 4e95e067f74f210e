package millrace.bindings.time;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

import millrace.ports.Randomness;

/// The operating system's own source: what it gives cannot be guessed, and two nodes never get the same. Safe from any thread.
///
/// Where there is `/dev/urandom` it is read as it is, which is what [SecureRandom] does there too, after it has loaded all that the JDK knows of
/// cryptography: 50 ms of a start.
public final class SystemRandomness implements Randomness {
    private static final Path DEVICE = Path.of("/dev/urandom");
    private static final int BYTES_READ_AHEAD = 256;

    private final Source source;
    private final ByteBuffer ahead = ByteBuffer.allocate(BYTES_READ_AHEAD).limit(0);

    public SystemRandomness() {
        this(DEVICE);
    }

    SystemRandomness(Path device) {
        this.source = source(device);
    }

    private static Source source(Path device) {
        try {
            InputStream open = Files.newInputStream(device);
            return bytes -> read(open, bytes);
        } catch (IOException absent) {
            return new SecureRandom()::nextBytes;
        }
    }

    private static void read(InputStream device, byte[] bytes) {
        try {
            if (device.readNBytes(bytes, 0, bytes.length) < bytes.length) throw new IOException("it has come to its end");
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot read random bytes from " + DEVICE + ": " + failed.getMessage(), failed);
        }
    }

    @Override public synchronized long nextLong() {
        if (!ahead.hasRemaining()) {
            source.fill(ahead.array());
            ahead.clear();
        }
        return ahead.getLong();
    }

    @Override public int nextInt(int bound) {
        if (bound <= 0) throw new IllegalArgumentException("a bound of " + bound);
        return (int) Math.unsignedMultiplyHigh(nextLong(), bound);
    }

    private interface Source {
        void fill(byte[] bytes);
    }
}
