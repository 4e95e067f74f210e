package millrace.sim.log;

import java.util.ArrayList;
import java.util.List;
import millrace.sim.Violation;
import millrace.sim.log.LogHistory.Outcome;
import millrace.sim.log.LogHistory.Poll;
import millrace.sim.log.LogHistory.Produce;
import millrace.sim.log.LogHistory.Seen;

/// D2: each record that is read was sent, with these bytes, to this partition, and its sender was not told that it did not happen.
public final class NoPhantoms implements LogChecker {
    public NoPhantoms() {}

    @Override public List<Violation> violations(LogHistory history) {
        List<Violation> found = new ArrayList<>();
        for (Poll poll : history.polls()) {
            for (Seen seen : poll.seen()) {
                String wrong = wrong(history.produceOf(seen.recordId()), seen, poll);
                if (wrong != null) found.add(new Violation("D2", "offset " + seen.offset() + " of partition " + poll.partition() + " has record " + seen.recordId() + ", " + wrong));
            }
        }
        return found;
    }

    private static String wrong(Produce produce, Seen seen, Poll poll) {
        if (produce == null) return "which nobody sent";
        if (!seen.intact()) return "whose bytes are not those that were sent";
        if (produce.partition() != poll.partition()) return "which was sent to partition " + produce.partition();
        if (produce.outcome() == Outcome.FAILED) return "whose sender was told that it failed";
        if (produce.invokedNanos() > poll.doneNanos()) return "which was sent only later";
        return null;
    }
}
