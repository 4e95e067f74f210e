package millrace.logtool;

import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Where rows go: lines as `kafka-dump-log.sh` writes them, or one JSON object a line, which names its file.
abstract class Output {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int LINES_BETWEEN_LOOKS = 4_096;

    private final PrintStream out;
    private int lines;

    private Output(PrintStream out) {
        this.out = out;
    }

    static Output text(PrintStream out) {
        return new Text(out);
    }

    static Output json(PrintStream out) {
        return new Json(out);
    }

    /// Whether nobody reads any more (`| head`), looked at now and then.
    boolean isGone() {
        return lines % LINES_BETWEEN_LOOKS == 0 && out.checkError();
    }

    void line(CharSequence line) {
        lines++;
        out.println(line);
    }

    abstract void file(Path file);

    /// A sentence about the file as a whole.
    abstract void say(String sentence);

    abstract void row(Row row);

    private static final class Text extends Output {
        Text(PrintStream out) {
            super(out);
        }

        @Override void file(Path file) {
            line("Dumping " + file);
        }

        @Override void say(String sentence) {
            line(sentence);
        }

        @Override void row(Row row) {
            var line = new StringBuilder(row.kind().equals("record") && !row.facts().isEmpty() ? "|" : "");
            for (Map.Entry<String, Object> fact : row.facts().entrySet()) {
                if (!line.isEmpty()) line.append(' ');
                line.append(fact.getKey()).append(separator(fact.getKey())).append(text(fact.getValue()));
            }
            line(line);
        }

        private static Object text(Object fact) {
            return fact instanceof List<?> list ? list.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]")) : fact;
        }

        /// Control records of snapshots are written without a colon there.
        private static String separator(String name) {
            return switch (name) {
                case "SnapshotHeader", "SnapshotFooter", "KRaftVersion", "KRaftVoters" -> " ";
                default -> ": ";
            };
        }
    }

    private static final class Json extends Output {
        private String file;

        Json(PrintStream out) {
            super(out);
        }

        @Override void file(Path named) {
            file = named.toString();
        }

        @Override void say(String sentence) {
            row(new Row("note").with("text", sentence));
        }

        @Override void row(Row row) {
            var text = new StringWriter();
            try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
                json.writeStartObject();
                json.writeStringProperty("file", file);
                json.writeStringProperty("kind", row.kind());
                for (Map.Entry<String, Object> fact : row.facts().entrySet()) {
                    json.writeName(fact.getKey());
                    FieldsJson.value(json, fact.getValue());
                }
                json.writeEndObject();
            }
            line(text.getBuffer());
        }
    }
}
