package millrace.sim.group;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import millrace.sim.Violation;
import millrace.sim.group.GroupHistory.Commit;
import millrace.sim.group.GroupHistory.Fetched;
import millrace.sim.group.GroupHistory.Outcome;

/// G2: the committed offset of a partition is a linearizable register: every fetch finds the latest commit, for some order of all of
/// them that agrees with real time.
///
/// Every commit is recognisable, so this needs no search (Gibbons and Korach, "Testing shared memories", 1997). For each value, the
/// commit and the fetches that found it have a zone: from the first moment by which one of them was over to the last moment at which one
/// of them began. Where the first lies before the last, the register must have held this value all the time between (a forward zone);
/// otherwise at some moment between (a backward zone). The history is linearizable if no two forward zones overlap, no
/// backward zone lies within a forward zone of another value, and no fetch is over before its commit began.
public final class CommittedOffsets implements GroupChecker {
    /// The time during which the register must (forward) or may (backward) hold a value.
    private record Zone(String value, long firstOver, long lastBegun) {
        boolean forward() {
            return firstOver < lastBegun;
        }

        long low() {
            return Math.min(firstOver, lastBegun);
        }

        long high() {
            return Math.max(firstOver, lastBegun);
        }
    }

    public CommittedOffsets() {}

    @Override public List<Violation> violations(GroupHistory history) {
        List<Violation> found = new ArrayList<>();
        var zones = new TreeMap<Integer, TreeMap<Long, Zone>>();
        for (Commit commit : history.commits()) {
            if (commit.outcome() == Outcome.OK) zonesOf(zones, commit.partition()).put(commit.id(), new Zone(commit.toString(), commit.doneNanos(), commit.invokedNanos()));
        }
        for (Fetched fetch : history.fetched()) {
            Commit commit = history.commitOf(fetch.commitId());
            if (fetch.commitId() != 0 && wrong(commit, fetch, found)) continue;
            Zone written = zonesOf(zones, fetch.partition()).get(fetch.commitId());
            if (written == null) written = commit == null ? new Zone("nothing committed", 0, -1) : new Zone(commit.toString(), commit.doneNanos(), commit.invokedNanos());
            zonesOf(zones, fetch.partition()).put(fetch.commitId(), new Zone(written.value(), Math.min(written.firstOver(), fetch.doneNanos()), Math.max(written.lastBegun(), fetch.invokedNanos())));
        }
        zones.forEach((partition, ofPartition) -> overlaps(partition, ofPartition.values().stream().sorted(Comparator.comparingLong(Zone::low)).toList(), found));
        return found;
    }

    private static TreeMap<Long, Zone> zonesOf(TreeMap<Integer, TreeMap<Long, Zone>> zones, int partition) {
        return zones.computeIfAbsent(partition, it -> {
            var ofPartition = new TreeMap<Long, Zone>();
            ofPartition.put(0L, new Zone("nothing committed", 0, -1));
            return ofPartition;
        });
    }

    private static boolean wrong(Commit commit, Fetched fetch, List<Violation> found) {
        String problem = null;
        if (commit == null) problem = "which nobody sent";
        else if (commit.partition() != fetch.partition()) problem = "which was for partition " + commit.partition();
        else if (commit.offset() != fetch.offset()) problem = "with offset " + fetch.offset() + " instead of " + commit.offset();
        else if (commit.outcome() == Outcome.FAILED) problem = "which had failed: " + commit;
        else if (commit.invokedNanos() > fetch.doneNanos()) problem = "which was sent only later: " + commit;
        if (problem != null) found.add(new Violation("G2", "a fetch of partition " + fetch.partition() + " found commit " + fetch.commitId() + ", " + problem));
        return problem != null;
    }

    private static void overlaps(int partition, List<Zone> zones, List<Violation> found) {
        List<Zone> forward = zones.stream().filter(Zone::forward).toList();
        for (int i = 1; i < forward.size(); i++) {
            if (forward.get(i).low() < forward.get(i - 1).high()) {
                found.add(new Violation("G2", "partition " + partition + " was seen with " + forward.get(i - 1).value() + " and with " + forward.get(i).value() + " in turns: the offset went back"));
            }
        }
        for (Zone between : zones) {
            if (between.forward()) continue;
            for (Zone around : forward) {
                if (around.low() < between.low() && between.high() < around.high()) {
                    found.add(new Violation("G2", "partition " + partition + ": " + between.value() + " is lost: " + around.value() + " was seen before it and after it"));
                    break;
                }
            }
        }
    }
}
