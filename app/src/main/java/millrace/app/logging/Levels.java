package millrace.app.logging;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.slf4j.event.Level;

/// Which events are logged: a level for all, and other ones for loggers whose names begin in some way.
/// Safe for use from any thread; a change shows in every logger at once.
public final class Levels {
    public static final Levels SHARED = new Levels();

    private static final int OFF = Level.ERROR.toInt() + 1;

    private final ConcurrentMap<String, ConsoleLogger> loggers = new ConcurrentHashMap<>();
    private Map<String, Integer> byPrefix = Map.of("", Level.INFO.toInt());

    Levels() {}

    /// @param text such as `info,millrace.wire=debug`; parts that name no level are left out
    /// @return those parts, as they are written
    public synchronized List<String> set(String text) {
        Map<String, Integer> levels = new TreeMap<>(byPrefix);
        List<String> notUnderstood = new ArrayList<>();
        for (String part : text.split(",")) {
            int equals = part.indexOf('=');
            Integer level = level(part.substring(equals + 1).trim());
            if (level != null) levels.put(equals < 0 ? "" : part.substring(0, equals).trim(), level);
            else notUnderstood.add(part.trim());
        }
        use(levels);
        return notUnderstood;
    }

    /// @param prefix of loggers' names, empty for all
    /// @param level null to go back to what the shorter prefixes say
    public synchronized void set(String prefix, String level) {
        Map<String, Integer> levels = new TreeMap<>(byPrefix);
        Integer parsed = level == null ? null : level(level);
        if (parsed != null) levels.put(prefix, parsed);
        else if (!prefix.isEmpty()) levels.remove(prefix);
        use(levels);
    }

    /// @return the name of the level in force
    public synchronized String of(String logger) {
        int level = threshold(logger);
        return level >= OFF ? "OFF" : Level.intToLevel(level).name();
    }

    /// @return names of the loggers made so far, sorted
    public List<String> loggers() {
        return loggers.keySet().stream().sorted().toList();
    }

    ConsoleLogger logger(String name) {
        ConsoleLogger known = loggers.get(name);
        return known != null ? known : loggers.computeIfAbsent(name, this::make);
    }

    private synchronized ConsoleLogger make(String name) {
        return new ConsoleLogger(name, threshold(name));
    }

    private void use(Map<String, Integer> levels) {
        byPrefix = levels;
        loggers.forEach((name, logger) -> logger.threshold(threshold(name)));
    }

    private int threshold(String name) {
        for (String prefix = name; !prefix.isEmpty(); prefix = prefix.substring(0, Math.max(0, prefix.lastIndexOf('.')))) {
            Integer level = byPrefix.get(prefix);
            if (level != null) return level;
        }
        return byPrefix.get("");
    }

    private static Integer level(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "TRACE" -> Level.TRACE.toInt();
            case "DEBUG" -> Level.DEBUG.toInt();
            case "INFO" -> Level.INFO.toInt();
            case "WARN", "WARNING" -> Level.WARN.toInt();
            case "ERROR", "FATAL" -> Level.ERROR.toInt();
            case "OFF" -> OFF;
            default -> null;
        };
    }
}
