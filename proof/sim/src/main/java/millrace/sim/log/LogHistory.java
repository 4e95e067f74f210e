package millrace.sim.log;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// What the clients of some partitions asked and were told, in the order of asking. The checkers know nothing else.
public final class LogHistory {
    /// Most records of one produce, so that a record's id tells its produce.
    public static final int MOST_RECORDS = 1_000;

    /// What a produce has come to.
    public enum Outcome {
        /// No answer, or one that leaves open whether it happened.
        OPEN,
        OK,
        /// It certainly did not happen.
        FAILED
    }

    /// One batch, sent once or (idempotent) until it is acknowledged.
    public static final class Produce {
        private final long id;
        private final int producer;
        private final boolean idempotent;
        private final int partition;
        private final int count;
        private final long invokedNanos;
        private Outcome outcome = Outcome.OPEN;
        private long offset = -1;
        private long doneNanos = Long.MAX_VALUE;

        private Produce(long id, int producer, boolean idempotent, int partition, int count, long invokedNanos) {
            this.id = id;
            this.producer = producer;
            this.idempotent = idempotent;
            this.partition = partition;
            this.count = count;
            this.invokedNanos = invokedNanos;
        }

        public void ok(long firstOffset, long nowNanos) {
            outcome = Outcome.OK;
            offset = firstOffset;
            doneNanos = nowNanos;
        }

        public void failed(long nowNanos) {
            outcome = Outcome.FAILED;
            doneNanos = nowNanos;
        }

        public long id() {
            return id;
        }

        public int producer() {
            return producer;
        }

        public boolean idempotent() {
            return idempotent;
        }

        public int partition() {
            return partition;
        }

        public int count() {
            return count;
        }

        public long invokedNanos() {
            return invokedNanos;
        }

        public Outcome outcome() {
            return outcome;
        }

        /// @return offset of the first record, -1 unless acknowledged
        public long offset() {
            return offset;
        }

        public long doneNanos() {
            return doneNanos;
        }

        public long recordId(int index) {
            return id * MOST_RECORDS + index;
        }

        @Override public String toString() {
            return "produce " + id + " of producer " + producer + " to partition " + partition + " (" + count + " records, " + outcome + (offset < 0 ? "" : " at " + offset) + ")";
        }
    }

    /// A record as it was read.
    ///
    /// @param intact whether its bytes are those that were sent
    public record Seen(long offset, long recordId, boolean intact) {}

    /// One read. It covers offsets `from` (inclusive) to `next` (exclusive): what is not in `seen` is not in the log.
    ///
    /// @param assignment reads of one assignment follow each other without a seek
    /// @param last       the read of the whole log after everything has healed
    public record Poll(int reader, int assignment, int partition, long from, long next, List<Seen> seen, long invokedNanos, long doneNanos, boolean last) {}

    /// A reader was told that the log ends here (exclusive).
    public record EndSeen(int partition, long end, long invokedNanos, long doneNanos) {}

    /// A reader that had been shown the log up to `position` was told that it ends before that.
    public record Shrunk(int reader, int partition, long position, long end) {}

    private final List<Produce> produces = new ArrayList<>();
    private final List<Poll> polls = new ArrayList<>();
    private final List<EndSeen> ends = new ArrayList<>();
    private final List<Shrunk> shrunk = new ArrayList<>();
    private final TreeMap<Integer, Long> deletedBelow = new TreeMap<>();

    public LogHistory() {}

    public Produce produce(int producer, boolean idempotent, int partition, int count, long nowNanos) {
        if (count > MOST_RECORDS) throw new IllegalArgumentException("at most " + MOST_RECORDS + " records in one produce, not " + count);
        var produce = new Produce(produces.size() + 1, producer, idempotent, partition, count, nowNanos);
        produces.add(produce);
        return produce;
    }

    public void poll(Poll poll) {
        polls.add(poll);
    }

    public void end(EndSeen end) {
        ends.add(end);
    }

    public void shrunk(Shrunk event) {
        shrunk.add(event);
    }

    /// Somebody has asked to delete everything below `offset`: from now on it may be gone.
    public void mayDeleteBelow(int partition, long offset) {
        deletedBelow.merge(partition, offset, Math::max);
    }

    public long deletedBelow(int partition) {
        return deletedBelow.getOrDefault(partition, 0L);
    }

    public List<Produce> produces() {
        return produces;
    }

    public List<Poll> polls() {
        return polls;
    }

    public List<EndSeen> ends() {
        return ends;
    }

    public List<Shrunk> shrunk() {
        return shrunk;
    }

    /// @return the produce that a record was sent with, or null when nobody ever sent it
    public Produce produceOf(long recordId) {
        long id = recordId / MOST_RECORDS;
        if (id < 1 || id > produces.size()) return null;
        Produce produce = produces.get((int) id - 1);
        return recordId % MOST_RECORDS < produce.count() ? produce : null;
    }
}
