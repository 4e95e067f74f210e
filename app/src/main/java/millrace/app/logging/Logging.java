package millrace.app.logging;

import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/// Chooses what is behind SLF4J. To be called before the first logger is made and before a second thread runs.
public final class Logging {
    private static final String PROVIDER = "slf4j.provider";

    private Logging() {}

    /// @param level what is logged where the environment's `MILLRACE_LOG` says nothing
    /// @return one sentence for each part of `MILLRACE_LOG` that is left out, for standard error: the log itself may be switched off
    public static List<String> choose(String level) {
        List<String> problems = choose(level, System.getenv());
        LoggerFactory.getILoggerFactory();      // takes effect now, before a second thread asks for a logger
        return problems;
    }

    static List<String> choose(String level, Map<String, String> environment) {
        System.setProperty("slf4j.internal.verbosity", "WARN");            // it would tell that it found what we told it
        String log4j = environment.get("MILLRACE_LOG_CONFIG");
        if (log4j != null && !log4j.isBlank()) System.setProperty("log4j2.configurationFile", log4j);
        if (System.getProperty("log4j2.configurationFile") != null) {
            System.setProperty("log4j2.disableJmx", "true");
            System.setProperty("log4j.shutdownHookEnabled", "false");      // it would end the log before the node has stopped
            System.setProperty(PROVIDER, "org.apache.logging.slf4j.SLF4JServiceProvider");
            return List.of();
        }
        System.setProperty(PROVIDER, ConsoleProvider.class.getName());
        String wanted = environment.get("MILLRACE_LOG");
        Levels.SHARED.set(level);
        return wanted == null || wanted.isBlank() ? List.of() : Levels.SHARED.set(wanted).stream().map(part -> "MILLRACE_LOG has '" + part
                + "', which names no level and is left out: write trace, debug, info, warn, error or off, as in info,millrace.wire=debug.").toList();
    }
}
