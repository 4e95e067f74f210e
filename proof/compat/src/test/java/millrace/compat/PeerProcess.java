package millrace.compat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A program on a peer's own jars that goes on until it is told to end, or is killed. It is told by the end of its standard input.
public final class PeerProcess implements AutoCloseable {
    private final Path output;
    private final Process process;

    /// @param output where its output goes, both streams
    public PeerProcess(String peer, Path output, String mainClass, String... arguments) {
        this.output = output;
        List<String> command = new ArrayList<>(List.of(Peers.javaCommand(), "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "-cp", Peers.lib(peer) + "/*:" + Peers.work().resolve("test-classes"), mainClass));
        command.addAll(List.of(arguments));
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<String> lines() {
        try {
            return Files.readAllLines(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until what it has printed is as wanted.
    public void await(String what, Predicate<List<String>> wanted, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!wanted.test(lines())) {
            if (!process.isAlive()) throw new AssertionError("ended with status " + process.exitValue() + " before " + what + ":\n" + String.join("\n", lines()));
            if (System.nanoTime() > deadline) throw new AssertionError("waited " + limit.toSeconds() + " s in vain for " + what + ":\n" + String.join("\n", lines()));
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// SIGKILL.
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(10));
    }

    /// Tells it to end, and waits until it has.
    /// @return its exit status
    public int end(Duration limit) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitEnd(limit);
        return process.exitValue();
    }

    private void awaitEnd(Duration limit) {
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) return;
            process.destroyForcibly();
            throw new AssertionError("did not end within " + limit.toSeconds() + " s:\n" + String.join("\n", lines()));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override public void close() {
        process.destroyForcibly();
    }
}
