package millrace.app;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import millrace.settings.BrokerSettings;
import millrace.settings.NodeDefaults;
import millrace.settings.PropertiesFile;
import millrace.settings.StaticSettings;

/// `start`: settings, node, banner, and the wait for a signal.
final class StartCommand {
    private final NodeStarter starter;
    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;

    StartCommand(NodeStarter starter, Map<String, String> environment, PrintStream out, PrintStream err) {
        this.starter = starter;
        this.environment = environment;
        this.out = out;
        this.err = err;
    }

    /// @param arguments what follows `start`
    /// @return the process's exit status
    int run(List<String> arguments) {
        try {
            StartArguments start = StartArguments.parse(arguments);
            if (start.help()) {
                out.print(StartArguments.USAGE);
                return 0;
            }
            NodeSettings settings = settings(start);
            return settings == null ? 1 : serve(settings);
        } catch (StartArguments.Misunderstood misunderstood) {
            err.println("millrace: " + misunderstood.getMessage() + ".");
            return 1;
        }
    }

    /// @return null when the settings are wrong; what and where has been told
    NodeSettings settings(StartArguments start) {
        StaticSettings given = StaticSettings.none();
        if (start.config() != null && !read(start.config(), given)) return null;
        start.set().forEach(given::option);
        Path workingDirectory = Path.of("").toAbsolutePath();
        return switch (NodeDefaults.complete(given, workingDirectory.resolve("data").toString()).result()) {
            case StaticSettings.Wrong(List<String> problems) -> refuse(problems);
            case StaticSettings.Usable(BrokerSettings all, List<String> warnings) -> {
                warnings.forEach(warning -> err.println("Warning: " + warning));
                NodeSettingsReader reader = new NodeSettingsReader(all, workingDirectory, StartCommand::hostName);
                String clusterId = environment.get("MILLRACE_CLUSTER_ID");
                NodeSettings settings = reader.read(clusterId == null || clusterId.isBlank() ? null : clusterId.trim());
                yield reader.problems().isEmpty() ? settings : refuse(reader.problems());
            }
        };
    }

    private boolean read(Path file, StaticSettings into) {
        try {
            into.file(file.toString(), PropertiesFile.parse(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)));
            return true;
        } catch (NoSuchFileException absent) {
            err.println("millrace: the settings file " + file + " does not exist (looked in " + Path.of("").toAbsolutePath() + ").");
        } catch (IOException unreadable) {
            err.println("millrace: the settings file " + file + " cannot be read: " + unreadable);
        }
        return false;
    }

    private NodeSettings refuse(List<String> problems) {
        err.println("millrace: the settings are wrong, so nothing was started:");
        problems.forEach(problem -> err.println("  " + problem));
        return null;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (UnknownHostException unnamed) {
            return "localhost";
        }
    }

    private int serve(NodeSettings settings) {
        RunningNode node;
        try {
            node = starter.start(settings);
        } catch (StartFailure failure) {
            err.println("millrace: " + failure.getMessage());
            return 1;
        }
        Thread closing = new Thread(() -> stop(node), "stop");
        Runtime.getRuntime().addShutdownHook(closing);
        out.print(Banner.of(settings, node, sinceProcessStart()));
        out.flush();
        return waitFor(node);
    }

    private void stop(RunningNode node) {
        long begin = System.nanoTime();
        node.close();
        out.println("Stopped cleanly in " + (System.nanoTime() - begin) / 1_000_000 + " ms.");
        out.flush();
    }

    private int waitFor(RunningNode node) {
        try {
            if (node.awaitEnd()) return 0;
            err.println("millrace: the node has given up; the log above says why.");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        return 1;
    }

    /// The launcher notes the time before it looks for Java; started without it, the process itself is the beginning.
    /// @return milliseconds
    private static long sinceProcessStart() {
        String launched = System.getProperty("millrace.launched.us", "");
        if (!launched.isEmpty() && launched.chars().allMatch(Character::isDigit)) return System.currentTimeMillis() - Long.parseLong(launched) / 1_000;
        return ProcessHandle.current().info().startInstant().map(start -> System.currentTimeMillis() - start.toEpochMilli()).orElse(0L);
    }
}
