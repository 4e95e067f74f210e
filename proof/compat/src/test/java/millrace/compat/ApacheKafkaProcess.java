package millrace.compat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Apache Kafka, broker and controller in one process, from the jars of one of proof/peers. Loopback only, on free ports.
public final class ApacheKafkaProcess implements BrokerProcess {
    /// The folders of proof/peers.
    public enum Release {
        KAFKA_4_4("kafka-broker"), KAFKA_3_9("kafka-broker-3.9");

        private final String peer;

        Release(String peer) {
            this.peer = peer;
        }
    }

    private static final String CLUSTER_ID = "5L6g3nShT-eMCtK--X86sw";
    private static final String SETTINGS_FILE = "server.properties";
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Release release;
    private final Path directory;
    private final int port;
    private final List<String> overrides = new ArrayList<>();
    private Process process;
    private int starts;

    private ApacheKafkaProcess(Release release, Path directory, int port) {
        this.release = release;
        this.directory = directory;
        this.port = port;
    }

    /// Formats a new data directory and begins to start; [#awaitReady] waits for it.
    ///
    /// It is formatted without eligible leader replicas: with them a new Kafka cluster also sets `min.insync.replicas` for all brokers,
    /// and every description of settings would show it.
    /// @param overrides settings on top of the ports and the data directory
    public static ApacheKafkaProcess start(Path directory, Map<String, String> overrides) {
        int port = NodeProcess.freePort();
        int controllerPort = NodeProcess.freePort();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("log.dirs", directory.resolve("data").toString());
        settings.putAll(overrides);
        NodeProcess.writeSettings(directory, settings);
        var kafka = on(Release.KAFKA_4_4, directory, port);
        kafka.format("--feature", "eligible.leader.replicas.version=0");
        kafka.start();
        return kafka;
    }

    /// A process for the `server.properties` of this folder, not started yet.
    /// @param port where that file lets clients in
    public static ApacheKafkaProcess on(Release release, Path directory, int port) {
        return new ApacheKafkaProcess(release, directory, port);
    }

    /// A setting that stands above the file, for this process alone.
    public ApacheKafkaProcess with(String key, String value) {
        overrides.addAll(List.of("--override", key + "=" + value));
        return this;
    }

    /// Makes its data directory a new one, with Kafka's own tool.
    public void format(String... options) {
        List<String> arguments = new ArrayList<>(List.of("format", "-t", CLUSTER_ID, "-c", settingsFile()));
        arguments.addAll(List.of(options));
        Peers.java(release.peer, "", START_LIMIT, "kafka.tools.StorageTool", arguments.toArray(String[]::new)).succeeded();
    }

    private String settingsFile() {
        return directory.resolve(SETTINGS_FILE).toString();
    }

    @Override public void start() {
        List<String> command = new ArrayList<>(List.of(Peers.javaCommand(), "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "-Dkafka.logs.dir=" + directory, "-cp", Peers.lib(release.peer) + "/*", "kafka.Kafka", settingsFile()));
        command.addAll(overrides);
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true).redirectOutput(directory.resolve("kafka-" + ++starts + ".log").toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override public void stopInOrder() {
        process.destroy();
        await();
    }

    @Override public void kill() {
        process.destroyForcibly();
        await();
    }

    private void await() {
        try {
            if (process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) return;
            process.destroyForcibly();
            throw new IllegalStateException("Apache Kafka did not end within " + STOP_LIMIT.toSeconds() + " s:\n" + output());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override public void awaitReady() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) throw new IllegalStateException("Apache Kafka ended with status " + process.exitValue() + ":\n" + output());
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
                return;
            } catch (IOException notYet) {
                pause();
            }
        }
        throw new IllegalStateException("Apache Kafka did not listen within " + START_LIMIT.toSeconds() + " s:\n" + output());
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /// All that it has printed since its last start.
    public String output() {
        try {
            return Files.readString(directory.resolve("kafka-" + starts + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /// Its data is thrown away, so nothing is gained by letting it end in order.
    @Override public void close() {
        if (process != null) process.destroyForcibly();
    }
}
