package millrace.sim.log;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import millrace.sim.Violation;
import millrace.sim.log.LogHistory.Outcome;
import millrace.sim.log.LogHistory.Poll;
import millrace.sim.log.LogHistory.Produce;
import millrace.sim.log.LogHistory.Seen;

/// D6: a record has one offset. An idempotent producer sends a batch as often as it must, and is told the offset of the first time.
public final class NoDuplicates implements LogChecker {
    public NoDuplicates() {}

    @Override public List<Violation> violations(LogHistory history) {
        List<Violation> found = new ArrayList<>();
        var offsetOf = new TreeMap<Long, Long>();
        for (Produce produce : history.produces()) {
            if (produce.outcome() != Outcome.OK) continue;
            for (int i = 0; i < produce.count(); i++) offsetOf.put(produce.recordId(i), produce.offset() + i);
        }
        for (Poll poll : history.polls()) {
            for (Seen seen : poll.seen()) {
                Long before = offsetOf.putIfAbsent(seen.recordId(), seen.offset());
                if (before != null && before != seen.offset()) {
                    found.add(new Violation("D6", "record " + seen.recordId() + " is at offset " + seen.offset() + " and at offset " + before + " of partition " + poll.partition()));
                }
            }
        }
        return found;
    }
}
