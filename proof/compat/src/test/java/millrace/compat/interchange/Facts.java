package millrace.compat.interchange;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a broker answers, one line for each question, so that a difference is named by its question.
final class Facts {
    private final SortedMap<String, String> lines = new TreeMap<>();

    void add(String question, Object answer) {
        lines.put(question, String.valueOf(answer));
    }

    int size() {
        return lines.size();
    }

    /// @return one line for each question that is answered differently, or by one of the two only
    List<String> differencesTo(Facts later) {
        var questions = new TreeSet<>(lines.keySet());
        questions.addAll(later.lines.keySet());
        List<String> differences = new ArrayList<>();
        for (String question : questions) {
            String before = lines.getOrDefault(question, "(nothing)");
            String after = later.lines.getOrDefault(question, "(nothing)");
            if (!before.equals(after)) differences.add(question + ": before " + before + ", now " + after);
        }
        return differences;
    }
}
