package millrace.sim.txn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What producers asked for and were told, and what readers saw. The laws know nothing else.
public final class TxnHistory {
    /// Most records of one transaction, so that a record's id tells its transaction.
    private static final int MOST_RECORDS = 1_000;

    /// How a transaction is to end, and whether its producer was told that it has.
    public enum Wish { OPEN, COMMIT, COMMITTED, ABORT, ABORTED }

    /// One transaction of one producer.
    public static final class Txn {
        private final long id;
        private final String transactionalId;
        private final int instance;
        private final long ownerSinceNanos;
        /// Record id to partition, in the order of sending.
        private final Map<Long, Integer> sent = new TreeMap<>();
        private final List<Long> acknowledged = new ArrayList<>();
        /// Ids of the other transactions whose records it has read.
        private final Set<Long> readFrom = new TreeSet<>();
        private boolean offsetsAcknowledged;
        private long inputFrom = -1;
        private long inputTo = -1;
        private Wish wish = Wish.OPEN;
        private long endInvokedNanos = Long.MAX_VALUE;

        private Txn(long id, String transactionalId, int instance, long ownerSinceNanos) {
            this.id = id;
            this.transactionalId = transactionalId;
            this.instance = instance;
            this.ownerSinceNanos = ownerSinceNanos;
        }

        long id() {
            return id;
        }

        String transactionalId() {
            return transactionalId;
        }

        int instance() {
            return instance;
        }

        /// @return when its producer was given the epoch in which it began
        long ownerSinceNanos() {
            return ownerSinceNanos;
        }

        long nextRecord(int partition) {
            long recordId = id * MOST_RECORDS + sent.size();
            sent.put(recordId, partition);
            return recordId;
        }

        void acknowledged(List<Long> recordIds) {
            acknowledged.addAll(recordIds);
        }

        List<Long> acknowledged() {
            return acknowledged;
        }

        /// It makes its records of the input from the one offset to the other (exclusive), and commits the latter.
        void takes(long from, long to) {
            inputFrom = from;
            inputTo = to;
        }

        /// @return -1 for a transaction that is made of no input
        long inputFrom() {
            return inputFrom;
        }

        long inputTo() {
            return inputTo;
        }

        /// It has read these records, as one that is committed.
        void reads(List<Seen> seen) {
            for (Seen each : seen) readFrom.add(each.recordId() / MOST_RECORDS);
        }

        Set<Long> readFrom() {
            return readFrom;
        }

        void offsetsAcknowledged() {
            offsetsAcknowledged = true;
        }

        boolean hasOffsets() {
            return offsetsAcknowledged;
        }

        void wishes(boolean commit, long nowNanos) {
            if (wish == Wish.OPEN) endInvokedNanos = nowNanos;
            wish = commit ? Wish.COMMIT : Wish.ABORT;
        }

        void ended() {
            wish = wish == Wish.COMMIT ? Wish.COMMITTED : Wish.ABORTED;
        }

        Wish wish() {
            return wish;
        }

        boolean mayBeCommitted() {
            return wish == Wish.COMMIT || wish == Wish.COMMITTED;
        }

        long endInvokedNanos() {
            return endInvokedNanos;
        }

        @Override public String toString() {
            return "transaction " + id + " of " + transactionalId + "#" + instance + " (" + wish + ")";
        }
    }

    /// A producer was given its epoch, some time between the two.
    record Initialized(String transactionalId, int instance, long producerId, short epoch, long invokedNanos, long doneNanos) {}

    /// A record, or a marker, at its offset.
    ///
    /// @param marker null for a record of data; otherwise whether it commits
    record Seen(long offset, long recordId, long producerId, short epoch, Boolean marker) {}

    /// One answer to one reader.
    ///
    /// @param committed whether it was asked for what is committed
    /// @param seen      what it may use of the answer, from the offset asked for on
    record Read(int partition, boolean committed, long from, long next, long lastStableOffset, List<Seen> seen) {}

    private final List<Txn> transactions = new ArrayList<>();
    private final List<Initialized> initialized = new ArrayList<>();
    private final List<Read> reads = new ArrayList<>();
    private final Map<Integer, Long> shownUpTo = new TreeMap<>();
    private final List<String> surprises = new ArrayList<>();
    /// By partition, at the end.
    private final Map<Integer, List<Seen>> wholeLogs = new TreeMap<>();
    private final Map<Integer, List<Seen>> wholeCommitted = new TreeMap<>();
    /// By transactional id, at the end: the id of the transaction that committed it, -1 for none.
    private final Map<String, Long> offsets = new TreeMap<>();

    Txn begin(String transactionalId, int instance, long ownerSinceNanos) {
        var txn = new Txn(transactions.size() + 1, transactionalId, instance, ownerSinceNanos);
        transactions.add(txn);
        return txn;
    }

    void initialized(Initialized event) {
        initialized.add(event);
    }

    void read(Read read) {
        reads.add(read);
        if (read.committed()) shownUpTo.merge(read.partition(), read.next(), Math::max);
    }

    /// A producer that kept the rules was told that it has not.
    void surprised(String what) {
        surprises.add(what);
    }

    void whole(int partition, boolean committed, List<Seen> seen) {
        (committed ? wholeCommitted : wholeLogs).put(partition, seen);
    }

    void offset(String transactionalId, long offset) {
        offsets.put(transactionalId, offset);
    }

    List<Txn> transactions() {
        return transactions;
    }

    List<Initialized> initialized() {
        return initialized;
    }

    List<Read> reads() {
        return reads;
    }

    List<String> surprises() {
        return surprises;
    }

    Map<Integer, List<Seen>> wholeLogs() {
        return wholeLogs;
    }

    Map<Integer, List<Seen>> wholeCommitted() {
        return wholeCommitted;
    }

    Map<String, Long> offsets() {
        return offsets;
    }

    /// @return where readers of what is committed have got to in that partition
    long shownUpTo(int partition) {
        return shownUpTo.getOrDefault(partition, 0L);
    }

    /// @return null when nobody ever sent it
    Txn of(long recordId) {
        long id = recordId / MOST_RECORDS;
        return id < 1 || id > transactions.size() || !transactions.get((int) id - 1).sent.containsKey(recordId) ? null : transactions.get((int) id - 1);
    }

    /// @return how many ended so
    public long count(Wish wish) {
        return transactions.stream().filter(each -> each.wish == wish).count();
    }
}
