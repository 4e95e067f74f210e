package millrace.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import millrace.app.logging.Logging;

/// What the launcher runs in place of [Main] where a start is recorded for the AOT cache: an empty directory first, which no node has a second
/// time, then the start that was asked for (`start …`). One process, since a cache remembers one.
public final class Training {
    private Training() {}

    public static void main(String[] arguments) throws Exception {
        Logging.choose("info");
        startOnEmpty(Arrays.asList(arguments).subList(1, arguments.length));
        Main.main(arguments);
    }

    private static void startOnEmpty(List<String> arguments) throws Exception {
        Path empty = Files.createTempDirectory("millrace-training");
        try {
            List<String> elsewhere = new ArrayList<>(arguments);
            elsewhere.addAll(List.of("--set", "log.dirs=" + empty));
            NodeSettings settings = new StartCommand(Node::start, System.getenv(), System.out, System.err).settings(StartArguments.parse(elsewhere));
            if (settings == null) throw new IllegalArgumentException("the settings of the training are wrong: see above");
            Node.start(settings).close();
        } finally {
            delete(empty);
        }
    }

    private static void delete(Path directory) throws Exception {
        try (var inside = Files.walk(directory)) {
            for (Path each : inside.toList().reversed()) Files.delete(each);
        }
    }
}
