package millrace.sim.group;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import millrace.sim.Violation;
import millrace.sim.group.GroupHistory.Commit;
import millrace.sim.group.GroupHistory.Fetched;
import millrace.sim.group.GroupHistory.Joined;
import millrace.sim.group.GroupHistory.Left;
import millrace.sim.group.GroupHistory.Outcome;
import millrace.sim.group.GroupHistory.Synced;

/// G3: what a member commits after it has been fenced never takes effect: after a later generation counts (in the same life of the
/// coordinator: has begun), after it has left, or after another process has taken over its group instance id.
public final class FencedCommits implements GroupChecker {
    public FencedCommits() {}

    @Override public List<Violation> violations(GroupHistory history) {
        var seen = new TreeSet<Long>();
        for (Fetched fetch : history.fetched()) seen.add(fetch.commitId());
        List<Violation> found = new ArrayList<>();
        for (Commit commit : history.commits()) {
            if (commit.outcome() != Outcome.OK && !seen.contains(commit.id())) continue;
            String fenced = fencedBy(commit, history);
            if (fenced != null) found.add(new Violation("G3", commit + " took effect, though it was sent after " + fenced));
        }
        return found;
    }

    private static String fencedBy(Commit commit, GroupHistory history) {
        Joined latestOfIdentity = null;
        for (Joined joined : history.joined()) {
            if (joined.issuedNanos() >= commit.invokedNanos()) continue;
            if (joined.life() == commit.life() && joined.generation() > commit.generation()) return "generation " + joined.generation() + " had begun";
            if (joined.identity().equals(commit.identity())) latestOfIdentity = joined;
        }
        for (Synced synced : history.synced()) {
            if (synced.issuedNanos() < commit.invokedNanos() && synced.generation() > commit.generation()) return "generation " + synced.generation() + " counted";
        }
        if (latestOfIdentity != null && !latestOfIdentity.memberId().equals(commit.memberId())) return latestOfIdentity.memberId() + " had taken over as " + commit.identity();
        for (Left left : history.left()) {
            if (left.issuedNanos() < commit.invokedNanos() && left.memberId().equals(commit.memberId())) return "its member had left";
        }
        return null;
    }
}
