package millrace.compat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A Millrace node as its users start it: the launcher, a settings file, a data directory. Loopback only, on free ports.
public final class NodeProcess implements BrokerProcess {
    private static final String SETTINGS_FILE = "server.properties";
    /// `-Dnode.start.seconds=N` for campaigns that take only the processor time that others leave.
    private static final Duration START_LIMIT = Duration.ofSeconds(Long.getLong("node.start.seconds", 30));
    /// How the line begins that a node ends its start with.
    private static final String READY = "  ready ";

    private final Path directory;
    private final int port;
    private final Map<String, String> environment;
    private Process process;
    private int starts;

    private NodeProcess(Path directory, int port, Map<String, String> environment) {
        this.directory = directory;
        this.port = port;
        this.environment = environment;
    }

    /// @param overrides settings on top of the ports and the data directory
    public static NodeProcess start(Path directory, Map<String, String> overrides) {
        return start(directory, overrides, Map.of());
    }

    /// @param environment variables of the process, on top of our own
    public static NodeProcess start(Path directory, Map<String, String> overrides, Map<String, String> environment) {
        int port = freePort();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + freePort());
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("log.dirs", directory.resolve("data").toString());
        settings.put("group.initial.rebalance.delay.ms", "300");
        settings.putAll(overrides);
        return startWith(directory, settings, port, environment);
    }

    /// @param settings all there are
    /// @param port of the client listener among them
    static NodeProcess startWith(Path directory, Map<String, String> settings, int port) {
        return startWith(directory, settings, port, Map.of());
    }

    private static NodeProcess startWith(Path directory, Map<String, String> settings, int port, Map<String, String> environment) {
        writeSettings(directory, settings);
        var node = new NodeProcess(directory, port, environment);
        node.start();
        return node;
    }

    public static NodeProcess start(Path directory) {
        return start(directory, Map.of());
    }

    /// A process for the `server.properties` of this folder, not started yet.
    /// @param port where that file lets clients in
    public static NodeProcess on(Path directory, int port) {
        return new NodeProcess(directory, port, Map.of());
    }

    public static void writeSettings(Path directory, Map<String, String> settings) {
        List<String> lines = new ArrayList<>();
        settings.forEach((key, value) -> lines.add(key + "=" + value));
        try {
            Files.createDirectories(directory);
            Files.write(directory.resolve(SETTINGS_FILE), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Starts (again) on the data that is there, and returns when the node has told that it is ready.
    @Override public void start() {
        Path log = directory.resolve("node-" + ++starts + ".log");
        try {
            var builder = new ProcessBuilder(Peers.launcher(), "start", "--config", directory.resolve(SETTINGS_FILE).toString())
                    .redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitReady();
    }

    @Override public void awaitReady() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) throw new IllegalStateException("the node ended with status " + process.exitValue() + ":\n" + output());
            if (output().contains("\n" + READY)) return;
            pause();
        }
        throw new IllegalStateException("the node was not ready within " + START_LIMIT.toSeconds() + " s:\n" + output());
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    public Path data() {
        return directory.resolve("data");
    }

    public long pid() {
        return process.pid();
    }

    /// All that the node has printed since its last start.
    public String output() {
        try {
            return Files.readString(directory.resolve("node-" + starts + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override public void kill() {
        process.destroyForcibly();
        await(Duration.ofSeconds(10));
    }

    /// SIGSTOP: from here on it does nothing more, and nothing of what it has under way is told to anybody.
    public void freeze() {
        Peers.run(List.of("kill", "-STOP", Long.toString(process.pid())), "", Duration.ofSeconds(10)).succeeded();
    }

    @Override public void stopInOrder() {
        stop();
    }

    /// SIGTERM.
    /// @return how long it took to end
    public Duration stop() {
        long begin = System.nanoTime();
        process.destroy();
        await(Duration.ofSeconds(20));
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /// Waits for the node to end by itself.
    /// @return its exit status
    public int awaitEnd(Duration limit) {
        await(limit);
        return process.exitValue();
    }

    int exitStatus() {
        return process.exitValue();
    }

    private void await(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("the node did not end within " + limit.toSeconds() + " s:\n" + output());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override public void close() {
        if (process != null && process.isAlive()) stop();
    }

    public static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
