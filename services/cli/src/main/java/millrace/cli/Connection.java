package millrace.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import picocli.CommandLine.Option;

/// How to reach the cluster: the options that every command has.
final class Connection {
    static final String DEFAULT_SERVER = "127.0.0.1:9092";
    private static final int DIAL_TIMEOUT_MS = 3_000;

    @Option(names = {"--bootstrap-server", "-b"}, paramLabel = "HOST:PORT", split = ",", defaultValue = DEFAULT_SERVER,
            description = "A node to ask first, or several separated by commas (default: ${DEFAULT-VALUE}).")
    List<String> servers;

    @Option(names = "--command-config", paramLabel = "FILE", description = "A file with further settings of the Kafka client.")
    Path config;

    @Option(names = {"--command-property", "--producer-property", "--consumer-property"}, paramLabel = "KEY=VALUE",
            description = "One further setting of the Kafka client (may be repeated).")
    Map<String, String> properties = new LinkedHashMap<>();

    @Option(names = "--request-timeout-ms", paramLabel = "MS", defaultValue = "30000", description = "How long to wait for an answer (default: ${DEFAULT-VALUE}).")
    int requestTimeoutMs;

    /// For picocli, which fills in the fields.
    Connection() {}

    /// @return settings for any kind of client: what the options say over what the file says
    Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        if (config != null) read().forEach((key, value) -> settings.put((String) key, value));
        settings.put("bootstrap.servers", String.join(",", servers));
        settings.put("request.timeout.ms", Integer.toString(requestTimeoutMs));
        settings.put("default.api.timeout.ms", Integer.toString(requestTimeoutMs));
        settings.put("client.id", "millrace-cli");
        settings.put("enable.metrics.push", "false");
        settings.putAll(properties);
        return settings;
    }

    private Properties read() {
        Properties file = new Properties();
        try (InputStream in = Files.newInputStream(config)) {
            file.load(in);
        } catch (IOException unreadable) {
            throw new Problem("the file " + config + " cannot be read: " + unreadable + ".", "Check --command-config.");
        }
        return file;
    }

    /// Dials the servers until one takes the connection: a Kafka client would try for a minute before it says that nobody is there.
    /// @throws Problem when none does
    void dial() {
        List<String> reasons = new ArrayList<>();
        for (String server : servers) {
            int colon = server.lastIndexOf(':');
            if (colon < 0) throw new Problem("'" + server + "' is no HOST:PORT.", "Write --bootstrap-server 127.0.0.1:9092.");
            try (Socket socket = new Socket()) {
                String host = server.substring(0, colon);
                socket.connect(new InetSocketAddress(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, Integer.parseInt(server.substring(colon + 1))), DIAL_TIMEOUT_MS);
                return;
            } catch (IOException | UncheckedIOException refused) {
                reasons.add(refused instanceof java.net.UnknownHostException ? "unknown host" : String.valueOf(refused.getMessage()));
            } catch (IllegalArgumentException notAPort) {
                throw new Problem("'" + server + "' is no HOST:PORT.", "Write --bootstrap-server 127.0.0.1:9092.");
            }
        }
        throw Problem.nobodyAnswers(servers, String.join("; ", reasons));
    }
}
