package millrace.sim.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import millrace.sim.Violation;
import millrace.sim.log.LogHistory.EndSeen;
import millrace.sim.log.LogHistory.Outcome;
import millrace.sim.log.LogHistory.Produce;

/// D7: what was acknowledged before something else was asked for lies before it; and who asks for the log's end after an acknowledgement
/// is told an end behind it.
public final class RealTime implements LogChecker {
    public RealTime() {}

    @Override public List<Violation> violations(LogHistory history) {
        List<Violation> found = new ArrayList<>();
        var partitions = new TreeSet<Integer>();
        history.produces().forEach(produce -> partitions.add(produce.partition()));
        for (int partition : partitions) {
            TreeMap<Long, Long> highestBy = highestAckedBy(history, partition);
            for (Produce later : history.produces()) {
                if (later.partition() != partition || later.outcome() != Outcome.OK) continue;
                var before = highestBy.lowerEntry(later.invokedNanos());
                if (before != null && before.getValue() >= later.offset()) {
                    found.add(new Violation("D7", later + " was asked for after offset " + before.getValue() + " had been acknowledged, and lies before it"));
                }
            }
            for (EndSeen end : history.ends()) {
                var before = end.partition() == partition ? highestBy.lowerEntry(end.invokedNanos()) : null;
                if (before != null && before.getValue() >= end.end()) {
                    found.add(new Violation("D7", "partition " + partition + " was said to end at " + end.end() + " after offset " + before.getValue() + " had been acknowledged"));
                }
            }
        }
        return found;
    }

    /// @return for each moment of an acknowledgement the highest offset acknowledged up to then
    private static TreeMap<Long, Long> highestAckedBy(LogHistory history, int partition) {
        var highestBy = new TreeMap<Long, Long>();
        long highest = -1;
        List<Produce> acked = history.produces().stream().filter(it -> it.partition() == partition && it.outcome() == Outcome.OK).sorted(Comparator.comparingLong(Produce::doneNanos)).toList();
        for (Produce produce : acked) {
            highest = Math.max(highest, produce.offset() + produce.count() - 1);
            highestBy.put(produce.doneNanos(), highest);
        }
        return highestBy;
    }
}
