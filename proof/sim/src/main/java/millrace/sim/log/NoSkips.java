package millrace.sim.log;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import millrace.sim.Violation;
import millrace.sim.log.LogHistory.Poll;
import millrace.sim.log.LogHistory.Seen;
import millrace.sim.log.LogHistory.Shrunk;

/// D4: within one assignment a reader goes on where it stopped, never back, and passes no record that anybody has seen at an offset
/// between two of its own. What it has been shown does not lie behind the log's end later on.
public final class NoSkips implements LogChecker {
    public NoSkips() {}

    @Override public List<Violation> violations(LogHistory history) {
        var known = new TreeMap<Integer, TreeSet<Long>>();
        for (Poll poll : history.polls()) {
            TreeSet<Long> offsets = known.computeIfAbsent(poll.partition(), it -> new TreeSet<>());
            for (Seen seen : poll.seen()) offsets.add(seen.offset());
        }
        List<Violation> found = new ArrayList<>();
        for (Shrunk shrunk : history.shrunk()) {
            found.add(new Violation("D4", "reader " + shrunk.reader() + " had been shown partition " + shrunk.partition() + " up to " + shrunk.position() + ", and then it ended at " + shrunk.end()));
        }
        var lastPoll = new TreeMap<String, Poll>();
        for (Poll poll : history.polls()) {
            Poll before = lastPoll.put(poll.reader() + "/" + poll.assignment() + "/" + poll.partition(), poll);
            if (before != null && before.next() != poll.from()) {
                found.add(new Violation("D4", "reader " + poll.reader() + " had read up to " + before.next() + " of partition " + poll.partition() + " and went on at " + poll.from()));
            }
            passed(poll, known.get(poll.partition()), found);
        }
        return found;
    }

    private static void passed(Poll poll, TreeSet<Long> known, List<Violation> found) {
        long expectedAfter = poll.from() - 1;
        for (Seen seen : poll.seen()) {
            if (seen.offset() <= expectedAfter) {
                found.add(new Violation("D4", "reader " + poll.reader() + " went back from " + expectedAfter + " to " + seen.offset() + " of partition " + poll.partition()));
                return;
            }
            skipped(poll, expectedAfter, seen.offset(), known, found);
            expectedAfter = seen.offset();
        }
        skipped(poll, expectedAfter, poll.next(), known, found);
    }

    private static void skipped(Poll poll, long after, long before, TreeSet<Long> known, List<Violation> found) {
        Long between = known.higher(after);
        if (between != null && between < before) {
            found.add(new Violation("D4", "reader " + poll.reader() + " passed offset " + between + " of partition " + poll.partition() + " on its way from " + after + " to " + before));
        }
    }
}
