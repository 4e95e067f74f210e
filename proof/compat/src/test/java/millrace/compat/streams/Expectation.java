package millrace.compat.streams;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the jobs must come to, computed from their input without Kafka: for each output topic the last count of each key.
///
/// No record is later than the shortest grace period, so nothing is left out, whatever order the partitions are read in.
final class Expectation {
    private static final long MINUTE_MS = 60_000;
    private static final long HOP_MS = MINUTE_MS;
    private static final long HOPPING_MS = 5 * MINUTE_MS;
    private static final long GAP_MS = 30 * MINUTE_MS;
    private static final long DIFFERENCE_MS = MINUTE_MS;

    private final SortedMap<String, Integer> words = new TreeMap<>();
    private final SortedMap<String, List<Long>> clicks = new TreeMap<>();

    void line(String line) {
        for (String word : line.split(" ")) words.merge(word, 1, Integer::sum);
    }

    void click(String user, long timestampMs) {
        clicks.computeIfAbsent(user, _ -> new ArrayList<>()).add(timestampMs);
    }

    /// @return for each output topic its final table
    Map<String, SortedMap<String, Integer>> tables() {
        clicks.values().forEach(times -> times.sort(null));
        var tables = new TreeMap<String, SortedMap<String, Integer>>();
        tables.put("word-counts", words);
        for (String topic : List.of("tumbling", "hopping", "sessions", "sliding")) tables.put(topic, new TreeMap<>());
        clicks.forEach((user, times) -> {
            tumbling(user, times, tables.get("tumbling"));
            hopping(user, times, tables.get("hopping"));
            sessions(user, times, tables.get("sessions"));
            sliding(user, times, tables.get("sliding"));
        });
        return tables;
    }

    private static String window(String user, long startMs, long endMs) {
        return user + "@" + startMs + "-" + endMs;
    }

    private static void tumbling(String user, List<Long> times, SortedMap<String, Integer> table) {
        for (long time : times) table.merge(window(user, time - time % MINUTE_MS, time - time % MINUTE_MS + MINUTE_MS), 1, Integer::sum);
    }

    private static void hopping(String user, List<Long> times, SortedMap<String, Integer> table) {
        for (long time : times) {
            for (long start = time - time % HOP_MS; start > time - HOPPING_MS; start -= HOP_MS) table.merge(window(user, start, start + HOPPING_MS), 1, Integer::sum);
        }
    }

    /// A session ends with the last record that has none within the gap behind it.
    private static void sessions(String user, List<Long> times, SortedMap<String, Integer> table) {
        int first = 0;
        for (int i = 1; i <= times.size(); i++) {
            if (i < times.size() && times.get(i) - times.get(i - 1) <= GAP_MS) continue;
            table.put(window(user, times.get(first), times.get(i - 1)), i - first);
            first = i;
        }
    }

    /// Every record ends a window, and begins one right behind it if there are records in that (KIP-450).
    private static void sliding(String user, List<Long> times, SortedMap<String, Integer> table) {
        for (long time : times) {
            put(user, time - DIFFERENCE_MS, times, table);
            put(user, time + 1, times, table);
        }
    }

    private static void put(String user, long startMs, List<Long> times, SortedMap<String, Integer> table) {
        int count = (int) times.stream().filter(time -> time >= startMs && time <= startMs + DIFFERENCE_MS).count();
        if (count > 0) table.put(window(user, startMs, startMs + DIFFERENCE_MS), count);
    }
}
