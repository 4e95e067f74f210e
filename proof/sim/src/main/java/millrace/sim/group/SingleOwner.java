package millrace.sim.group;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import millrace.sim.Violation;
import millrace.sim.group.GroupHistory.Joined;
import millrace.sim.group.GroupHistory.Synced;

/// G1: a partition has one owner. Within a generation no partition is assigned to two members, and no assignment of a generation is
/// given out once the coordinator has fenced its owners: a later generation has begun in the same life, or counts.
public final class SingleOwner implements GroupChecker {
    public SingleOwner() {}

    @Override public List<Violation> violations(GroupHistory history) {
        List<Violation> found = new ArrayList<>();
        var owners = new TreeMap<Integer, TreeMap<Integer, String>>();
        for (Synced synced : history.synced()) {
            var ofGeneration = owners.computeIfAbsent(synced.generation(), it -> new TreeMap<>());
            for (int partition : synced.partitions()) {
                String other = ofGeneration.putIfAbsent(partition, synced.identity());
                if (other != null && !other.equals(synced.identity())) {
                    found.add(new Violation("G1", "partition " + partition + " belongs to " + other + " and to " + synced.identity() + " in generation " + synced.generation()));
                }
            }
            String fenced = synced.partitions().isEmpty() ? null : fencedBy(synced, history);
            if (fenced != null) found.add(new Violation("G1", synced.identity() + " was given partitions " + synced.partitions() + " of generation " + synced.generation() + " when " + fenced));
        }
        return found;
    }

    private static String fencedBy(Synced synced, GroupHistory history) {
        for (Joined joined : history.joined()) {
            if (joined.life() == synced.life() && joined.issuedNanos() < synced.issuedNanos() && joined.generation() > synced.generation()) return "generation " + joined.generation() + " had begun";
        }
        for (Synced later : history.synced()) {
            if (later.issuedNanos() < synced.issuedNanos() && later.generation() > synced.generation()) return "generation " + later.generation() + " counted";
        }
        return null;
    }
}
