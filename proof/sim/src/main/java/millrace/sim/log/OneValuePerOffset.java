package millrace.sim.log;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import millrace.sim.Violation;
import millrace.sim.log.LogHistory.Outcome;
import millrace.sim.log.LogHistory.Poll;
import millrace.sim.log.LogHistory.Produce;
import millrace.sim.log.LogHistory.Seen;

/// D3: an offset has one record, over all acknowledgements, all reads, all times.
public final class OneValuePerOffset implements LogChecker {
    public OneValuePerOffset() {}

    @Override public List<Violation> violations(LogHistory history) {
        List<Violation> found = new ArrayList<>();
        var known = new TreeMap<Integer, TreeMap<Long, Long>>();
        for (Produce produce : history.produces()) {
            if (produce.outcome() != Outcome.OK) continue;
            for (int i = 0; i < produce.count(); i++) learn(known, produce.partition(), produce.offset() + i, produce.recordId(i), "an acknowledgement", found);
        }
        for (Poll poll : history.polls()) {
            for (Seen seen : poll.seen()) learn(known, poll.partition(), seen.offset(), seen.recordId(), "a read at " + poll.doneNanos() / 1_000 + " us", found);
        }
        return found;
    }

    private static void learn(TreeMap<Integer, TreeMap<Long, Long>> known, int partition, long offset, long recordId, String where, List<Violation> found) {
        Long before = known.computeIfAbsent(partition, it -> new TreeMap<>()).putIfAbsent(offset, recordId);
        if (before != null && before != recordId) {
            found.add(new Violation("D3", "offset " + offset + " of partition " + partition + " is record " + recordId + " in " + where + " and was record " + before + " elsewhere"));
        }
    }
}
