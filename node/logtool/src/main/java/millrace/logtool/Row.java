package millrace.logtool;

import java.util.LinkedHashMap;
import java.util.Map;

/// One thing with its facts in order: a line of text, or an object of JSON.
///
/// A fact is a number, a boolean, a text, an OptionalLong, a List of texts, null, or [RawJson].
final class Row {
    /// JSON within a row, already written.
    record RawJson(String text) {
        @Override public String toString() {
            return text;
        }
    }

    private final String kind;
    private final LinkedHashMap<String, Object> facts = new LinkedHashMap<>();

    /// @param kind `batch`, `record`, `entry`; in JSON only
    Row(String kind) {
        this.kind = kind;
    }

    Row with(String name, Object value) {
        facts.put(name, value);
        return this;
    }

    String kind() {
        return kind;
    }

    Map<String, Object> facts() {
        return facts;
    }
}
