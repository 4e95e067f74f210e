package millrace.sim.group;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// What one group's coordinator gave out, and what members asked of it. The checkers know nothing else.
///
/// `issued` is the moment when the coordinator let the answer go, whether or not it ever arrived; `invoked` and `done` are the client's.
/// `life` is the coordinator's: it counts its failovers.
///
/// A generation *begins* when members are told that they have joined it, and *counts* once somebody is given an assignment of it: only
/// then does the log know it. A coordinator that fails over in between begins the same generation once more, as Apache Kafka's does.
public final class GroupHistory {
    /// What a commit has come to.
    public enum Outcome { OPEN, OK, FAILED }

    /// A JoinGroup was answered with a generation.
    ///
    /// @param identity of the member: its group instance id, or its member id when it has none
    /// @param members  identities of all members, as the leader is told; empty for the others
    public record Joined(int life, int generation, String memberId, String identity, String protocol, TreeSet<String> members, long issuedNanos) {}

    /// A SyncGroup was answered with an assignment: from now on the member owns these partitions.
    public record Synced(int life, int generation, String memberId, String identity, List<Integer> partitions, long issuedNanos) {}

    /// A LeaveGroup was answered without an error.
    public record Left(String memberId, long issuedNanos) {}

    /// One offset that a member commits, recognisable by its id.
    public static final class Commit {
        private final long id;
        private final String memberId;
        private final String identity;
        private final int generation;
        private final int partition;
        private final long offset;
        private final long invokedNanos;
        private final long firstSkipped;
        private Outcome outcome = Outcome.OPEN;
        private int life = -1;
        private long doneNanos = Long.MAX_VALUE;

        private Commit(long id, String memberId, String identity, int generation, int partition, long offset, long invokedNanos, long firstSkipped) {
            this.id = id;
            this.memberId = memberId;
            this.identity = identity;
            this.generation = generation;
            this.partition = partition;
            this.offset = offset;
            this.invokedNanos = invokedNanos;
            this.firstSkipped = firstSkipped;
        }

        /// The coordinator has said yes; the client may not have heard it yet.
        public void issuedIn(int coordinatorLife) {
            life = coordinatorLife;
        }

        public void ok(long nowNanos) {
            outcome = Outcome.OK;
            doneNanos = nowNanos;
        }

        public void failed(long nowNanos) {
            outcome = Outcome.FAILED;
            doneNanos = nowNanos;
        }

        public long id() {
            return id;
        }

        public String memberId() {
            return memberId;
        }

        public String identity() {
            return identity;
        }

        public int generation() {
            return generation;
        }

        public int partition() {
            return partition;
        }

        public long offset() {
            return offset;
        }

        public long invokedNanos() {
            return invokedNanos;
        }

        /// @return the first offset below the committed one that no member had been given by then, -1 for none
        public long firstSkipped() {
            return firstSkipped;
        }

        public long doneNanos() {
            return doneNanos;
        }

        /// @return the coordinator's life in which it said yes, -1 if it never did
        public int life() {
            return life;
        }

        public Outcome outcome() {
            return outcome;
        }

        @Override public String toString() {
            return "commit " + id + " of partition " + partition + " by " + memberId + " in generation " + generation + " (" + outcome + ")";
        }
    }

    /// An OffsetFetch was answered.
    ///
    /// @param commitId of the commit that was found, 0 when nothing is committed
    public record Fetched(int partition, long commitId, long offset, long invokedNanos, long doneNanos) {}

    private final List<Joined> joined = new ArrayList<>();
    private final List<Synced> synced = new ArrayList<>();
    private final List<Left> left = new ArrayList<>();
    private final List<Commit> commits = new ArrayList<>();
    private final List<Fetched> fetched = new ArrayList<>();
    private final TreeMap<Integer, Long> givenUpTo = new TreeMap<>();
    private final TreeMap<Integer, TreeSet<Long>> givenAhead = new TreeMap<>();

    public GroupHistory() {}

    public void joined(Joined event) {
        joined.add(event);
    }

    public void synced(Synced event) {
        synced.add(event);
    }

    public void left(Left event) {
        left.add(event);
    }

    public Commit commit(String memberId, String identity, int generation, int partition, long offset, long nowNanos) {
        long given = givenUpTo(partition);
        var commit = new Commit(commits.size() + 1, memberId, identity, generation, partition, offset, nowNanos, given < offset ? given : -1);
        commits.add(commit);
        return commit;
    }

    /// A member of the group has got the records with these offsets.
    public void given(int partition, List<Long> recordOffsets) {
        TreeSet<Long> ahead = givenAhead.computeIfAbsent(partition, _ -> new TreeSet<>());
        ahead.addAll(recordOffsets);
        long next = givenUpTo.getOrDefault(partition, 0L);
        for (Long first = ahead.pollFirst(); first != null; first = ahead.pollFirst()) {
            if (first > next) {
                ahead.add(first);
                break;
            }
            next = Math.max(next, first + 1);
        }
        givenUpTo.put(partition, next);
    }

    /// @return how far members have been given everything, from the beginning on
    public long givenUpTo(int partition) {
        return givenUpTo.getOrDefault(partition, 0L);
    }

    public void fetched(Fetched event) {
        fetched.add(event);
    }

    public List<Joined> joined() {
        return joined;
    }

    public List<Synced> synced() {
        return synced;
    }

    public List<Left> left() {
        return left;
    }

    public List<Commit> commits() {
        return commits;
    }

    public List<Fetched> fetched() {
        return fetched;
    }

    /// @return the commit with this id, null when nobody ever sent it
    public Commit commitOf(long id) {
        return id < 1 || id > commits.size() ? null : commits.get((int) id - 1);
    }
}
