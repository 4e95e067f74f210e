package millrace.sim.group;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import millrace.sim.Violation;
import millrace.sim.group.ConsumerHistory.Heard;
import millrace.sim.group.ConsumerHistory.Held;
import millrace.sim.group.GroupHistory.Commit;
import millrace.sim.group.GroupHistory.Fetched;
import millrace.sim.group.GroupHistory.Outcome;

/// The laws of consumer groups: G1 (nobody takes on what another member still has), G3 (who is no member commits nothing), G4 (member epochs do not
/// go back), and G5 (no record is skipped). G2 is [CommittedOffsets].
///
/// A member is one from the answer to its first heartbeat until the coordinator tells it otherwise, or another process takes over its group instance
/// id, or its session may have ended: the coordinator may then have put it out, and it does not know. Such a one may wake up and take on what it was
/// told of before it fell asleep. Nobody can keep it from that, and it takes nothing over: the partition is whose it has become meanwhile.
final class ConsumerLaws {
    /// Nobody's session ends earlier, however fast clocks run.
    private static final long SURE_SESSION_NANOS = WireNode.SESSION_TIMEOUT_MS * 900_000L;

    private final ConsumerHistory history;
    private final List<Violation> violations = new ArrayList<>();

    private ConsumerLaws(ConsumerHistory history) {
        this.history = history;
    }

    static List<Violation> violations(ConsumerHistory history, GroupHistory offsets) {
        var laws = new ConsumerLaws(history);
        laws.oneOwner();
        laws.fencedCommits(offsets);
        laws.noneSkipped(offsets);
        laws.epochsGrow();
        return laws.violations;
    }

    private void oneOwner() {
        for (Held taken : history.held()) {
            for (Held other : history.held()) {
                boolean both = other.partition() == taken.partition() && !other.memberId().equals(taken.memberId()) && other.at(taken.fromNanos());
                Heard last = both ? lastHeard(other.memberId(), other.identity(), taken.fromNanos()) : null;
                if (mayBeOut(last, taken.fromNanos()) || isTooLate(taken, other)) continue;
                violations.add(new Violation("G1", taken.memberId() + " takes partition " + taken.partition() + " at " + taken.fromNanos() / 1_000 + " us, which " + other.memberId() + " has since "
                        + other.fromNanos() / 1_000 + " us, heard of in epoch " + last.memberEpoch() + " at " + last.issuedNanos() / 1_000 + " us"));
            }
        }
    }

    /// @param last by which a member was one then; null when it was none
    private static boolean mayBeOut(Heard last, long nowNanos) {
        return last == null || nowNanos - last.takenNanos() >= SURE_SESSION_NANOS;
    }

    /// Whether a member may have been out already when the other took the partition on, and has not been heard of since.
    private boolean isTooLate(Held taken, Held other) {
        Heard then = lastHeard(taken.memberId(), taken.identity(), other.fromNanos());
        Heard now = lastHeard(taken.memberId(), taken.identity(), taken.fromNanos());
        return mayBeOut(then, other.fromNanos()) && (now == null || now.issuedNanos() <= other.fromNanos());
    }

    /// @return by which it was a member then; null when it was none
    private Heard lastHeard(String memberId, String identity, long nowNanos) {
        Heard last = null;
        for (Heard each : history.heard()) {
            if (each.issuedNanos() > nowNanos) break;
            boolean own = each.memberId().equals(memberId);
            if (own && each.staysMember()) last = each;
            else if (own && each.ends() || !own && each.identity().equals(identity) && each.staysMember()) last = null;
        }
        return last;
    }

    private void fencedCommits(GroupHistory offsets) {
        var seen = new TreeSet<Long>();
        for (Fetched fetch : offsets.fetched()) seen.add(fetch.commitId());
        for (Commit commit : offsets.commits()) {
            if (commit.outcome() != Outcome.OK && !seen.contains(commit.id())) continue;
            Heard last = lastHeard(commit.memberId(), commit.identity(), commit.invokedNanos());
            if (last == null) violations.add(new Violation("G3", commit + " took effect, though it was sent after its member had been fenced"));
            else if (isTakenOver(commit, last)) violations.add(new Violation("G3", commit + " took effect, though it was sent when another member had taken over the partition"));
        }
    }

    /// Whoever still has what another one has taken on is no member, unless it was heard of since, or the other one is too late.
    private boolean isTakenOver(Commit commit, Heard last) {
        for (Held own : history.held()) {
            if (!own.memberId().equals(commit.memberId()) || own.partition() != commit.partition() || !own.at(commit.invokedNanos())) continue;
            for (Held other : history.held()) {
                boolean since = other.fromNanos() > Math.max(own.fromNanos(), last.issuedNanos()) && other.fromNanos() < commit.invokedNanos();
                if (since && other.partition() == commit.partition() && !other.memberId().equals(commit.memberId()) && !isTooLate(other, own)) return true;
            }
        }
        return false;
    }

    /// G5: members commit no more than they have been given, and begin where the group has got to, so nothing below a committed offset is new to all of them.
    private void noneSkipped(GroupHistory offsets) {
        for (Commit commit : offsets.commits()) {
            if (commit.outcome() != Outcome.OK || commit.firstSkipped() < 0) continue;
            violations.add(new Violation("G5", commit + " says that everything below " + commit.offset() + " is done, and nobody had been given record " + commit.firstSkipped()));
        }
    }

    /// What the coordinator takes on at the same time, since the member gave up its first connection, it may answer in any order.
    private void epochsGrow() {
        var told = new TreeMap<String, List<Heard>>();
        for (Heard each : history.heard()) {
            if (!each.staysMember()) continue;
            List<Heard> earlier = told.computeIfAbsent(each.memberId(), _ -> new ArrayList<>());
            for (Heard before : earlier) {
                if (before.memberEpoch() <= each.memberEpoch() || before.issuedNanos() > each.takenNanos()) continue;
                violations.add(new Violation("G4", each.memberId() + " was told of epoch " + each.memberEpoch() + " after epoch " + before.memberEpoch()));
                break;
            }
            earlier.add(each);
        }
    }
}
