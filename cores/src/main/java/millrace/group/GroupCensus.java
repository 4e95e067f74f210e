package millrace.group;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// How many groups there are, and how many offsets they have committed.
///
/// @param classic by the state's name, as DescribeGroups has it; states that no group is in may be missing
/// @param consumer by the state's name, as ConsumerGroupDescribe has it
public record GroupCensus(SortedMap<String, Integer> classic, SortedMap<String, Integer> consumer, long offsets) {
    public static final GroupCensus NOBODY = new GroupCensus(Collections.emptySortedMap(), Collections.emptySortedMap(), 0);

    static GroupCensus of(List<String> classicStates, List<String> consumerStates, long offsets) {
        return new GroupCensus(counted(classicStates), counted(consumerStates), offsets);
    }

    private static SortedMap<String, Integer> counted(List<String> states) {
        var counts = new TreeMap<String, Integer>();
        for (String state : states) counts.merge(state, 1, Integer::sum);
        return counts;
    }

    /// Of another partition's groups, too.
    public GroupCensus plus(GroupCensus other) {
        return new GroupCensus(sum(classic, other.classic), sum(consumer, other.consumer), offsets + other.offsets);
    }

    private static SortedMap<String, Integer> sum(SortedMap<String, Integer> one, SortedMap<String, Integer> another) {
        var sum = new TreeMap<>(one);
        another.forEach((state, count) -> sum.merge(state, count, Integer::sum));
        return sum;
    }
}
