package millrace.settings;

import java.util.List;

/// How many letters must be inserted, removed, changed or swapped with their neighbour to turn one text into another
/// (optimal string alignment).
final class EditDistance {
    private EditDistance() {}

    /// @return the first of the nearest candidates, null when there are none
    static String closest(String text, List<String> candidates) {
        String closest = null;
        int least = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            if (Math.abs(candidate.length() - text.length()) >= least) continue;
            int distance = between(text, candidate);
            if (distance < least) {
                least = distance;
                closest = candidate;
            }
        }
        return closest;
    }

    static int between(String a, String b) {
        int[] beforeLast = new int[b.length() + 1], last = new int[b.length() + 1], row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) last[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1))
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
            }
            int[] reused = beforeLast;
            beforeLast = last;
            last = row;
            row = reused;
        }
        return last[b.length()];
    }
}
