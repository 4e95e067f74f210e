package millrace.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;

import org.apache.kafka.clients.admin.Admin;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `version`: what runs here.
@Command(name = "version", description = "Versions of Millrace, its Kafka client and Java.", footer = {"", "Example:", "  millrace version --json"})
final class VersionCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Write JSON, for programs.") boolean json;
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this text.") boolean help;
    private final Terminal terminal;

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override public Integer call() {
        Map<String, String> versions = new LinkedHashMap<>();
        String own = VersionCommand.class.getPackage().getImplementationVersion();
        versions.put("millrace", own == null ? "(not packaged)" : own);
        versions.put("kafka-clients", kafkaClients());
        versions.put("java", Runtime.version().toString());
        if (json) terminal.out().println(Json.of(versions));
        else versions.forEach((name, version) -> terminal.out().println(name + " " + version));
        terminal.out().flush();
        return 0;
    }

    /// kafka-clients carries its version as a resource.
    private static String kafkaClients() {
        Properties version = new Properties();
        try (InputStream in = Admin.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            if (in != null) version.load(in);
        } catch (IOException unreadable) {
            return "(unknown)";
        }
        return version.getProperty("version", "(unknown)");
    }
}
