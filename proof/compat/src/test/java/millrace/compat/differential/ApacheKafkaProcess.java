package millrace.compat.differential;

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
import millrace.compat.NodeProcess;
import millrace.compat.Peers;

/// Apache Kafka 4.4.0, broker and controller in one process, from the jars of proof/peers/kafka-broker. Loopback only, on free ports.
///
/// It is formatted without eligible leader replicas, which Millrace does not have yet: with them a new Kafka cluster also sets
/// `min.insync.replicas` for all brokers, and every description of settings would show it.
final class ApacheKafkaProcess implements AutoCloseable {
    private static final String CLUSTER_ID = "5L6g3nShT-eMCtK--X86sw";
    private static final String SETTINGS_FILE = "server.properties";
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Path directory;
    private final int port;
    private Process process;

    private ApacheKafkaProcess(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /// Begins to start; [#awaitReady] waits for it.
    /// @param overrides settings on top of the ports and the data directory
    static ApacheKafkaProcess start(Path directory, Map<String, String> overrides) {
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
        List<String> lines = new ArrayList<>();
        settings.forEach((key, value) -> lines.add(key + "=" + value));
        try {
            Files.createDirectories(directory);
            Path file = Files.write(directory.resolve(SETTINGS_FILE), lines);
            Peers.java("kafka-broker", "", START_LIMIT, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", file.toString(),
                    "--feature", "eligible.leader.replicas.version=0").succeeded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var kafka = new ApacheKafkaProcess(directory, port);
        kafka.start();
        return kafka;
    }

    /// Begins to start (again) on the data that is there.
    void start() {
        try {
            process = new ProcessBuilder(Peers.javaCommand(), "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                    "-Dkafka.logs.dir=" + directory, "-cp", Peers.lib("kafka-broker") + "/*", "kafka.Kafka", directory.resolve(SETTINGS_FILE).toString())
                    .redirectErrorStream(true).redirectOutput(directory.resolve("kafka.log").toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// SIGTERM, and waits for its end.
    void stop() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) throw new IllegalStateException("Apache Kafka did not end within " + STOP_LIMIT.toSeconds() + " s");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void awaitReady() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) throw new IllegalStateException("Apache Kafka ended with status " + process.exitValue());
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
                return;
            } catch (IOException notYet) {
                pause();
            }
        }
        throw new IllegalStateException("Apache Kafka did not listen within " + START_LIMIT.toSeconds() + " s");
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return port;
    }

    /// Its data is thrown away, so nothing is gained by letting it end in order.
    @Override public void close() {
        process.destroyForcibly();
    }
}
