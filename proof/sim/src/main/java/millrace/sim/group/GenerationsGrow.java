package millrace.sim.group;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import millrace.sim.Violation;
import millrace.sim.group.GroupHistory.Joined;
import millrace.sim.group.GroupHistory.Synced;

/// G4: generations grow. Within a life of the coordinator none is given out after a later one; across failovers none that counts comes
/// back; and no generation that counts has two sets of members or two protocols.
public final class GenerationsGrow implements GroupChecker {
    public GenerationsGrow() {}

    @Override public List<Violation> violations(GroupHistory history) {
        List<Violation> found = new ArrayList<>();
        TreeMap<Integer, Long> countsSince = countsSince(history);
        var protocols = new TreeMap<Integer, Joined>();
        var leaders = new TreeMap<Integer, Joined>();
        Joined latest = null;
        for (Joined joined : history.joined()) {
            if (latest != null && latest.life() == joined.life() && joined.generation() < latest.generation()) {
                found.add(new Violation("G4", joined.identity() + " was given generation " + joined.generation() + " after " + latest.identity() + " had been given " + latest.generation()));
            }
            latest = joined;
            int newest = newestThatCounted(countsSince, joined.issuedNanos());
            if (joined.generation() < newest) found.add(new Violation("G4", joined.identity() + " was given generation " + joined.generation() + " when generation " + newest + " counted already"));
            boolean counts = countsSince.getOrDefault(joined.generation(), Long.MAX_VALUE) < joined.issuedNanos();
            Joined before = protocols.put(joined.generation(), joined);
            if (counts && before != null && !before.protocol().equals(joined.protocol())) {
                found.add(new Violation("G4", "generation " + joined.generation() + " has protocol " + before.protocol() + " and protocol " + joined.protocol()));
            }
            if (joined.members().isEmpty()) continue;
            before = leaders.put(joined.generation(), joined);
            if (counts && before != null && !before.members().equals(joined.members())) {
                found.add(new Violation("G4", "generation " + joined.generation() + " was used twice: for members " + before.members() + " and for " + joined.members()));
            }
        }
        return found;
    }

    /// @return for each generation the moment from which on it counts
    private static TreeMap<Integer, Long> countsSince(GroupHistory history) {
        var since = new TreeMap<Integer, Long>();
        for (Synced synced : history.synced()) since.putIfAbsent(synced.generation(), synced.issuedNanos());
        return since;
    }

    private static int newestThatCounted(TreeMap<Integer, Long> countsSince, long atNanos) {
        for (var generation : countsSince.descendingMap().entrySet()) {
            if (generation.getValue() < atNanos) return generation.getKey();
        }
        return -1;
    }
}
