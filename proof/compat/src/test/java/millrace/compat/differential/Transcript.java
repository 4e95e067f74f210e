package millrace.compat.differential;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What one node answered to one script: for each step, in order, the lines of its rendered answer.
final class Transcript {
    private final Map<String, List<String>> steps = new LinkedHashMap<>();

    void add(String step, List<String> lines) {
        if (steps.put(step, List.copyOf(lines)) != null) throw new IllegalArgumentException("two steps are called " + step);
    }

    Map<String, List<String>> steps() {
        return steps;
    }
}
