package millrace.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The arguments of `start`. They are few, and reading them here instead of with picocli saves 100 ms of every start.
///
/// @param config the settings file, null for none
/// @param set `key=value` each, in order
record StartArguments(Path config, List<String> set, boolean help) {
    static final String SUMMARY = "Start a node: broker and controller in one, unless settings say otherwise.";

    static final String USAGE = """
            Usage: millrace start [--config FILE] [--set KEY=VALUE]...

            Starts a node and keeps running until Ctrl-C or SIGTERM, which stop it cleanly. Without settings it is broker
            and controller in one, keeps its data in ./data and listens on 127.0.0.1:9092 only.

              -c, --config FILE       a settings file with Kafka's keys, such as Kafka's own server.properties
                  --set KEY=VALUE     one setting, on top of the file (may be repeated; --override means the same)
              -h, --help              this text

            Environment:
              MILLRACE_CLUSTER_ID     id of the cluster to form or join (generated where not given)
              MILLRACE_HEAP_OPTS      memory of the Java process, such as -Xmx2g (KAFKA_HEAP_OPTS is understood, too)
              MILLRACE_LOG            what is logged: a level, and levels of loggers, such as info,millrace.wire=debug
              MILLRACE_LOG_CONFIG     a Log4j 2 configuration file, to log by Log4j instead

            Examples:
              millrace start
              millrace start --config server.properties
              millrace start --set listeners=PLAINTEXT://0.0.0.0:9092,CONTROLLER://127.0.0.1:9093 \\
                             --set advertised.listeners=PLAINTEXT://kafka.example.org:9092
            """;

    /// Arguments that cannot be understood; the message says which and what would be.
    static final class Misunderstood extends Exception {
        private static final long serialVersionUID = 1;

        Misunderstood(String message) {
            super(message);
        }
    }

    static StartArguments parse(List<String> arguments) throws Misunderstood {
        Path config = null;
        List<String> set = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (name.equals("-h") || name.equals("--help")) return new StartArguments(null, List.of(), true);
            boolean isConfig = name.equals("-c") || name.equals("--config");
            if (isConfig || name.equals("--set") || name.equals("--override")) {
                if (equals < 0 && ++i == arguments.size()) throw new Misunderstood(name + " needs a value: " + name + (isConfig ? " FILE" : " KEY=VALUE"));
                String value = equals < 0 ? arguments.get(i) : argument.substring(equals + 1);
                if (isConfig) config = once(config, value);
                else set.add(value);
            } else if (!argument.startsWith("-")) {
                config = once(config, argument);                  // as kafka-server-start.sh takes it
            } else {
                throw new Misunderstood("start does not know " + name + "; it knows --config FILE, --set KEY=VALUE and --help");
            }
        }
        return new StartArguments(config, List.copyOf(set), false);
    }

    private static Path once(Path config, String next) throws Misunderstood {
        if (config != null) throw new Misunderstood("two settings files are given, " + config + " and " + next + "; put single settings on top with --set KEY=VALUE");
        return Path.of(next);
    }
}
