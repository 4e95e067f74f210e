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
            if (!missing.isEmpty() || !added.isEmpty()) differences.add(new Difference(script, step, missing, added));
        }
        return differences;
    }

    private static List<String> without(List<String> lines, List<String> others) {
        List<String> rest = new ArrayList<>(lines);
        others.forEach(rest::remove);
        return rest;
    }
}
