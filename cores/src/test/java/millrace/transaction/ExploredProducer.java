package millrace.transaction;

import java.util.Arrays;
import java.util.List;

import millrace.protocol.ErrorCode;
import millrace.transaction.ExploredWorld.Request;

/// A producer that writes one record to each partition in each of its transactions, one request after the other.
///
/// As the clients that there are (KIP-360): when it has given up a record, nobody knows whether its sequence is used up, so after the abort it asks
/// for a new epoch, unless the abort itself has brought one.
final class ExploredProducer {
    enum Step { INIT, ADD, PRODUCE, END, DONE }

    /// What the application was told, or has asked for last.
    enum Wish { NOTHING, COMMIT, COMMITTED, ABORT, ABORTED }

    static final int MOST_TRANSACTIONS = 2;

    private final int number;
    private final boolean ownEpochs;
    private final int transactions;
    private Step step = Step.INIT;
    private int txnNo;
    private int partition;
    private boolean mustAbort;
    private boolean mustBegin;
    private boolean isFenced;
    private long producerId = Transaction.NO_PRODUCER_ID;
    private short epoch = Transaction.NO_EPOCH;
    private int[] nextSequence = new int[ExploredWorld.PARTITIONS.size()];
    private Wish[] wishes = {Wish.NOTHING, Wish.NOTHING};
    private int[] acknowledged = new int[MOST_TRANSACTIONS];
    private Request waiting;
    private long coordination;
    private long records;

    ExploredProducer(int number, boolean ownEpochs, int transactions) {
        this.number = number;
        this.ownEpochs = ownEpochs;
        this.transactions = transactions;
    }

    ExploredProducer copy() {
        var copy = new ExploredProducer(number, ownEpochs, transactions);
        copy.step = step;
        copy.txnNo = txnNo;
        copy.partition = partition;
        copy.mustAbort = mustAbort;
        copy.mustBegin = mustBegin;
        copy.isFenced = isFenced;
        copy.producerId = producerId;
        copy.epoch = epoch;
        copy.nextSequence = nextSequence.clone();
        copy.wishes = wishes.clone();
        copy.acknowledged = acknowledged.clone();
        copy.waiting = waiting;
        copy.coordination = coordination;
        copy.records = records;
        return copy;
    }

    int number() {
        return number;
    }

    Step step() {
        return step;
    }

    Request waiting() {
        return waiting;
    }

    long coordination() {
        return coordination;
    }

    long records() {
        return records;
    }

    Wish wish(int txn) {
        return wishes[txn];
    }

    /// @return whether all records of the transaction were acknowledged
    boolean isWritten(int txn) {
        return acknowledged[txn] == ExploredWorld.PARTITIONS.size();
    }

    long producerId() {
        return producerId;
    }

    short epoch() {
        return epoch;
    }

    boolean isInitialized() {
        return producerId != Transaction.NO_PRODUCER_ID;
    }

    boolean hasSameEpochAs(ExploredProducer other) {
        return producerId == other.producerId && epoch == other.epoch;
    }

    void connect(long forCoordinator, long forRecords) {
        coordination = forCoordinator;
        records = forRecords;
    }

    /// @return which ends it may choose now; empty when it sends nothing
    List<Boolean> choices() {
        if (waiting != null || isFenced || step == Step.DONE) return List.of();
        if (step != Step.END) return List.of(false);
        // What was asked for once is asked for again.
        if (mustAbort || wishes[txnNo] == Wish.ABORT) return List.of(false);
        return wishes[txnNo] == Wish.COMMIT ? List.of(true) : List.of(true, false);
    }

    void send(boolean commit) {
        if (step == Step.END) wishes[txnNo] = commit ? Wish.COMMIT : Wish.ABORT;
        waiting = new Request(number, step, txnNo, partition, commit, producerId, epoch, nextSequence[partition], step == Step.PRODUCE ? records : coordination);
    }

    void sendAgain() {
        waiting = waiting.over(waiting.step() == Step.PRODUCE ? records : coordination);
    }

    /// The record that nobody has acknowledged counts as not sent.
    void giveUp() {
        waiting = null;
        mustAbort = true;
        mustBegin = !ownEpochs;
        step = Step.END;
    }

    void initialized(long id, short givenEpoch) {
        waiting = null;
        takeOn(id, givenEpoch);
        mustBegin = false;
        begin(txnNo);
    }

    private void takeOn(long id, short newEpoch) {
        if (id != producerId || newEpoch != epoch) Arrays.fill(nextSequence, 0);
        producerId = id;
        epoch = newEpoch;
    }

    private void begin(int txn) {
        txnNo = txn;
        partition = 0;
        mustAbort = false;
        step = ownEpochs ? Step.PRODUCE : Step.ADD;
    }

    void ended(long id, short nextEpoch) {
        wishes[txnNo] = waiting.commit() ? Wish.COMMITTED : Wish.ABORTED;
        waiting = null;
        if (id != Transaction.NO_PRODUCER_ID) takeOn(id, nextEpoch);
        if (txnNo + 1 == transactions) step = Step.DONE;
        else begin(txnNo + 1);
        if (mustBegin && step != Step.DONE) step = Step.INIT;
    }

    void answered(ErrorCode error) {
        waiting = null;
        switch (error) {
            case NONE                    -> goOn();
            case CONCURRENT_TRANSACTIONS -> { }     // asked again
            case TRANSACTION_ABORTABLE   -> {
                mustAbort = true;
                step = Step.END;
            }
            default                      -> isFenced = true;
        }
    }

    private void goOn() {
        if (step == Step.ADD) {
            step = Step.PRODUCE;
            return;
        }
        nextSequence[partition]++;
        acknowledged[txnNo]++;
        if (++partition < ExploredWorld.PARTITIONS.size()) return;
        partition = 0;
        step = Step.END;
    }

    /// But for its connections.
    @Override public String toString() {
        return step + " " + txnNo + " " + partition + mustAbort + mustBegin + isFenced + producerId + " " + epoch + Arrays.toString(nextSequence) + Arrays.toString(wishes) + Arrays.toString(acknowledged)
                + (waiting == null ? "" : waiting.over(0));
    }
}
