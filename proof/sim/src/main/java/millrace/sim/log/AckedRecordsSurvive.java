package millrace.sim.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.sim.Violation;
import millrace.sim.log.LogHistory.Outcome;
import millrace.sim.log.LogHistory.Poll;
import millrace.sim.log.LogHistory.Produce;
import millrace.sim.log.LogHistory.Seen;

/// D1: once acknowledged at an offset, a record is in every later read that covers this offset, and in the last read for ever, unless
/// somebody has asked to delete it.
public final class AckedRecordsSurvive implements LogChecker {
    private record Acked(long recordId, long doneNanos) {}

    public AckedRecordsSurvive() {}

    @Override public List<Violation> violations(LogHistory history) {
        var byPartition = new TreeMap<Integer, TreeMap<Long, Acked>>();
        for (Produce produce : history.produces()) {
            if (produce.outcome() != Outcome.OK) continue;
            TreeMap<Long, Acked> acked = byPartition.computeIfAbsent(produce.partition(), it -> new TreeMap<>());
            for (int i = 0; i < produce.count(); i++) acked.putIfAbsent(produce.offset() + i, new Acked(produce.recordId(i), produce.doneNanos()));
        }
        List<Violation> found = new ArrayList<>();
        for (Poll poll : history.polls()) {
            TreeMap<Long, Acked> acked = byPartition.get(poll.partition());
            if (acked == null) continue;
            missing(poll, poll.last() ? acked.tailMap(history.deletedBelow(poll.partition())) : acked.subMap(poll.from(), Math.max(poll.from(), poll.next())), found);
        }
        return found;
    }

    private static void missing(Poll poll, Map<Long, Acked> expected, List<Violation> found) {
        var seen = new TreeMap<Long, Long>();
        for (Seen record : poll.seen()) seen.put(record.offset(), record.recordId());
        expected.forEach((offset, acked) -> {
            if (acked.doneNanos() >= poll.invokedNanos()) return;
            Long there = seen.get(offset);
            if (there == null || there != acked.recordId()) {
                found.add(new Violation("D1", "record " + acked.recordId() + " was acknowledged at offset " + offset + " of partition " + poll.partition() + " at " + acked.doneNanos() / 1_000
                        + " us; a read of " + poll.from() + " to " + poll.next() + " at " + poll.invokedNanos() / 1_000 + " us found " + (there == null ? "nothing" : "record " + there) + " there"));
            }
        });
    }
}
