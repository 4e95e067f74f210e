package millrace.sim;

import java.util.List;

/// A law that a history breaks.
///
/// @param law its name in the list of laws (`D1`, `G3`)
public record Violation(String law, String text) {
    @Override public String toString() {
        return law + ": " + text;
    }

    /// @throws SimulationFailed when there is one; the text has the first ones
    public static void refuse(List<Violation> violations) {
        if (violations.isEmpty()) return;
        var text = new StringBuilder(violations.size() + " violations:");
        violations.stream().limit(10).forEach(violation -> text.append("\n  ").append(violation));
        throw new SimulationFailed(text.toString());
    }
}
