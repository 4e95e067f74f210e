package millrace.compat.differential;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import millrace.compat.Peers.Result;
import millrace.compat.Tools;

/// A script's talk with one node through Apache's command-line tools. What a tool prints is noted line by line, without regard to order, which
/// follows from hash maps in the tools; columns are parted by one blank.
final class ToolTalk {
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern ERROR_TEXT = Pattern.compile("(\\bkafka\\.common\\.errors\\.\\w+): .*");
    private static final Pattern TIME_MS = Pattern.compile("\\b1[6-9]\\d{11}\\b");

    private final Tools tools;
    private final Session session;
    private final String mainClass;
    private final Map<Pattern, String> names = new LinkedHashMap<>();

    /// @param mainClass of the tool
    ToolTalk(Tools tools, Session session, String mainClass) {
        this.tools = tools;
        this.session = session;
        this.mainClass = mainClass;
        names.put(Pattern.compile(Pattern.quote(session.bootstrap())), "(the node)");
        names.put(UUID, "(an id)");
        names.put(TIME_MS, "(a time)");
        names.put(ERROR_TEXT, "$1: (a text)");
    }

    /// What matches is noted as this name.
    ToolTalk calls(String pattern, String name) {
        names.put(Pattern.compile(pattern), name);
        return this;
    }

    /// Runs the tool with these arguments, and notes what it says under them. A tab in an argument is not possible.
    void run(String... arguments) {
        runAs(String.join(" ", arguments), arguments);
    }

    void runAs(String step, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", session.bootstrap()));
        all.addAll(List.of(arguments));
        Result result = tools.run(mainClass, all.toArray(String[]::new));
        List<String> lines = new ArrayList<>(List.of("status " + result.status()));
        result.output().lines().map(this::rendered).filter(line -> !line.isEmpty()).forEach(lines::add);
        session.note(step, lines);
    }

    private String rendered(String line) {
        String text = line.strip().replaceAll("\\s+", " ");
        for (var name : names.entrySet()) text = name.getKey().matcher(text).replaceAll(name.getValue());
        return text;
    }
}
