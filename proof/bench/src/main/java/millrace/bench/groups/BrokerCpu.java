package millrace.bench.groups;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The processor time that a process of this machine has taken: user and system, all its threads.
final class BrokerCpu {
    /// Of Linux's `USER_HZ`, which is 100 on every platform that Java runs on.
    private static final int MILLISECONDS_OF_A_TICK = 10;
    private static final long LOOK_EVERY_MS = 2_000;
    private static final long AT_REST_BELOW_MS = 300;

    private final Path stat;

    BrokerCpu(int pid) {
        stat = Path.of("/proc/" + pid + "/stat");
    }

    long milliseconds() {
        try {
            String line = Files.readString(stat);
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");     // the name before may hold blanks
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MILLISECONDS_OF_A_TICK;
        } catch (IOException e) {
            throw new UncheckedIOException("no processor time of the broker: " + stat, e);
        }
    }

    /// Waits until what the broker was asked to do before no longer counts in what is measured next.
    void awaitRest() throws InterruptedException {
        long before = milliseconds();
        while (true) {
            Thread.sleep(LOOK_EVERY_MS);
            long now = milliseconds();
            if (now - before < AT_REST_BELOW_MS) return;
            before = now;
        }
    }
}
