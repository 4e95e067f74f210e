package millrace.sim.log;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import millrace.sim.Violation;
import millrace.sim.log.LogHistory.Outcome;
import millrace.sim.log.LogHistory.Poll;
import millrace.sim.log.LogHistory.Produce;
import millrace.sim.log.LogHistory.Seen;

/// D5: an idempotent producer's records lie in a partition in the order in which it sent them.
public final class ProducerOrder implements LogChecker {
    public ProducerOrder() {}

    @Override public List<Violation> violations(LogHistory history) {
        List<Violation> found = new ArrayList<>();
        var lastAcked = new TreeMap<String, Produce>();
        for (Produce produce : history.produces()) {
            if (!produce.idempotent() || produce.outcome() != Outcome.OK) continue;
            Produce before = lastAcked.put(produce.producer() + "/" + produce.partition(), produce);
            if (before != null && before.offset() >= produce.offset()) found.add(new Violation("D5", produce + " lies before what was sent earlier: " + before));
        }
        for (Poll poll : history.polls()) inOneRead(history, poll, found);
        return found;
    }

    private static void inOneRead(LogHistory history, Poll poll, List<Violation> found) {
        var last = new TreeMap<Integer, Long>();
        for (Seen seen : poll.seen()) {
            Produce produce = history.produceOf(seen.recordId());
            if (produce == null || !produce.idempotent()) continue;
            Long before = last.put(produce.producer(), seen.recordId());
            if (before != null && before > seen.recordId()) {
                found.add(new Violation("D5", "record " + seen.recordId() + " at offset " + seen.offset() + " of partition " + poll.partition() + " was sent before record " + before + " and lies behind it"));
            }
        }
    }
}
