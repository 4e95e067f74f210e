package millrace.compat;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Finds and runs the programs of others.
public final class Peers {
    private static final Path HOME = Path.of(System.getProperty("millrace.home", "../..")).toAbsolutePath().normalize();
    private static final Path PEERS = Path.of(System.getProperty("millrace.peers", "../peers")).toAbsolutePath().normalize();
    private static final Path WORK = Path.of(System.getProperty("millrace.work", "target")).toAbsolutePath().normalize();

    private Peers() {}

    /// What a program printed (both streams) and how it ended.
    public record Result(int status, String output) {
        public Result succeeded() {
            if (status != 0) throw new AssertionError("ended with status " + status + ":\n" + output);
            return this;
        }
    }

    static String launcher() {
        return HOME.resolve("millrace").toString();
    }

    public static Path work() {
        return WORK;
    }

    /// @return whether this is CI, where nothing may be skipped for want of a client
    public static boolean isCi() {
        return System.getenv("CI") != null;
    }

    /// @return the folder of a peer's own jars
    public static Path lib(String peer) {
        Path lib = PEERS.resolve(peer).resolve("target/lib");
        if (!Files.isDirectory(lib)) throw new IllegalStateException(lib + " is missing: build proof/peers first (mvn verify does)");
        return lib;
    }

    /// @return the java that runs the tests
    public static String javaCommand() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /// @return the checkout's own folder
    public static Path home() {
        return HOME;
    }

    /// Runs a class of a peer's own jars, on the JDK that runs the tests.
    public static Result java(String peer, String input, Duration limit, String mainClass, String... arguments) {
        List<String> command = new ArrayList<>(List.of(javaCommand(),
                "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "-cp", lib(peer) + "/*:" + WORK.resolve("test-classes"), mainClass));
        command.addAll(List.of(arguments));
        return run(command, input, limit);
    }

    static Result tool(String mainClass, String... arguments) {
        return java("kafka-tools", "", Duration.ofSeconds(60), "org.apache.kafka.tools." + mainClass, arguments);
    }

    static Result millrace(String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher()));
        command.addAll(List.of(arguments));
        return run(command, input, Duration.ofSeconds(60));
    }

    /// Runs a program to its end.
    /// @param input what it reads from its standard input, "" for nothing
    public static Result run(List<String> command, String input, Duration limit) {
        try {
            Path in = Files.createTempFile("millrace-in", ".txt");
            Path out = Files.createTempFile("millrace-out", ".txt");
            try {
                Files.writeString(in, input);
                return run(command, in, out, limit);
            } finally {
                Files.deleteIfExists(in);
                Files.deleteIfExists(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Result run(List<String> command, Path in, Path out, Duration limit) throws IOException {
        Process process = new ProcessBuilder(command).redirectInput(in.toFile()).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(String.join(" ", command) + " did not end within " + limit.toSeconds() + " s:\n" + Files.readString(out));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException(e);
        }
        return new Result(process.exitValue(), new String(Files.readAllBytes(out), StandardCharsets.UTF_8));
    }

    /// Skips the test loudly (fails it in CI) when a program is not there.
    public static void require(String program, String howToInstall) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) return;
        }
        missing(program + " is not installed: " + howToInstall);
    }

    public static void missing(String message) {
        if (isCi()) fail(message);
        System.out.println("SKIPPED: " + message);
        abort(message);
    }
}
