package millrace.sim.log;

import java.util.ArrayList;
import java.util.List;
import millrace.sim.Violation;
import millrace.sim.log.LogHistory.Outcome;
import millrace.sim.log.LogHistory.Poll;
import millrace.sim.log.LogHistory.Produce;
import millrace.sim.log.LogHistory.Seen;

/// D11: an acknowledged record is shown at the offset that its acknowledgement named, or not at all. It is what is left of D1 and D3 where the
/// device damages the only copy: a header that rotted, and a batch that the device wrote over another, pass every CRC.
public final class ServedAsWritten implements LogChecker {
    public ServedAsWritten() {}

    @Override public List<Violation> violations(LogHistory history) {
        List<Violation> found = new ArrayList<>();
        for (Poll poll : history.polls()) {
            for (Seen seen : poll.seen()) {
                Produce produce = history.produceOf(seen.recordId());
                if (produce == null || produce.outcome() != Outcome.OK) continue;
                long acknowledged = produce.offset() + seen.recordId() % LogHistory.MOST_RECORDS;
                if (seen.offset() != acknowledged)
                    found.add(new Violation("D11", "record " + seen.recordId() + " was acknowledged at offset " + acknowledged + " and is shown at " + seen.offset() + " of partition " + poll.partition()));
            }
        }
        return found;
    }
}
