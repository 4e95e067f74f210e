package millrace.compat.differential;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The lines that only one of two transcripts has.
final class Comparison {
    /// @param onlyReference lines of the reference's answer that the other did not give
    /// @param onlyOurs      lines that the reference did not give
    record Difference(String script, String step, List<String> onlyReference, List<String> onlyOurs) {
        @Override public String toString() {
            var text = new StringBuilder(script).append(" / ").append(step);
            onlyReference.forEach(line -> text.append("\n    Apache Kafka: ").append(line));
            onlyOurs.forEach(line -> text.append("\n    Millrace:     ").append(line));
            return text.toString();
        }
    }

    private Comparison() {}

    static List<Difference> between(String script, Transcript reference, Transcript ours) {
        List<Difference> differences = new ArrayList<>();
        Map<String, List<String>> steps = new LinkedHashMap<>(reference.steps());
        ours.steps().forEach(steps::putIfAbsent);
        for (String step : steps.keySet()) {
            List<String> expected = reference.steps().getOrDefault(step, List.of("(the script did not come so far)"));
            List<String> actual = ours.steps().getOrDefault(step, List.of("(the script did not come so far)"));
            List<String> missing = without(expected, actual);
            List<String> added = without(actual, expected);
            dropExplanations(missing, added, actual);
            if (!missing.isEmpty() || !added.isEmpty()) differences.add(new Difference(script, step, missing, added));
        }
        return differences;
    }

    /// An error that Millrace explains and Kafka does not is no difference that a client could trip over.
    private static void dropExplanations(List<String> missing, List<String> added, List<String> actual) {
        for (String explained : List.copyOf(added)) {
            if (!explained.endsWith("rrorMessage=a text")) continue;
            String field = explained.substring(0, explained.indexOf('='));
            String struct = field.substring(0, field.lastIndexOf('.') + 1);
            if (actual.contains(struct + "errorCode=0 NONE")) continue;
            if (missing.remove(field + "=null") || missing.remove(field + "=empty")) added.remove(explained);
        }
    }

    private static List<String> without(List<String> lines, List<String> others) {
        List<String> rest = new ArrayList<>(lines);
        others.forEach(rest::remove);
        return rest;
    }
}
