package millrace.bench.groups;

import java.util.Arrays;

/// Durations in nanoseconds, in the order in which they came; bounded by the length of a run.
final class Times {
    private long[] values = new long[1_024];
    private int count;

    void add(long ns) {
        if (count == values.length) values = Arrays.copyOf(values, 2 * count);
        values[count++] = ns;
    }

    long[] all() {
        return Arrays.copyOf(values, count);
    }
}
