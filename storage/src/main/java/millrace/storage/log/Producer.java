package millrace.storage.log;

import millrace.record.RecordBatch;

/// One producer id in one log: its epoch, its last five batches, and the transaction that it has open.
final class Producer {
    static final int BATCHES = 5;
    static final long NO_TRANSACTION = -1;
    private static final int NO_COORDINATOR_EPOCH = -1;

    final long producerId;
    private short epoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int coordinatorEpoch = NO_COORDINATOR_EPOCH;
    private long lastTimestamp = RecordBatch.NO_TIMESTAMP;
    private long transactionFirstOffset = NO_TRANSACTION;

    // A ring: slot (first + i) % BATCHES is the i-th oldest.
    private final int[] lastSequences = new int[BATCHES];
    private final long[] lastOffsets = new long[BATCHES];
    private final int[] offsetDeltas = new int[BATCHES];
    private final long[] timestamps = new long[BATCHES];
    private int first;
    private int batches;

    Producer(long producerId) {
        this.producerId = producerId;
    }

    Producer(long producerId, short epoch, int coordinatorEpoch, long lastTimestamp, long transactionFirstOffset) {
        this(producerId);
        this.epoch = epoch;
        this.coordinatorEpoch = coordinatorEpoch;
        this.lastTimestamp = lastTimestamp;
        this.transactionFirstOffset = transactionFirstOffset;
    }

    void addBatch(short batchEpoch, int lastSequence, long lastOffset, int offsetDelta, long timestamp) {
        moveTo(batchEpoch);
        int slot = (first + batches) % BATCHES;
        if (batches == BATCHES) first = (first + 1) % BATCHES;
        else batches++;
        lastSequences[slot] = lastSequence;
        lastOffsets[slot] = lastOffset;
        offsetDeltas[slot] = offsetDelta;
        timestamps[slot] = timestamp;
        lastTimestamp = timestamp;
    }

    void endTransaction(short markerEpoch, int newCoordinatorEpoch, long timestamp) {
        moveTo(markerEpoch);
        coordinatorEpoch = newCoordinatorEpoch;
        transactionFirstOffset = NO_TRANSACTION;
        lastTimestamp = timestamp;
    }

    /// A marker may have come after the last batch.
    void lastSeenAt(long timestamp) {
        lastTimestamp = timestamp;
    }

    /// A new epoch begins with sequence 0 and without batches.
    private void moveTo(short newEpoch) {
        if (epoch == newEpoch) return;
        batches = 0;
        first = 0;
        epoch = newEpoch;
    }

    void beginTransaction(long firstOffset) {
        transactionFirstOffset = firstOffset;
    }

    /// @return the slot of the batch with exactly these sequences, -1 when it is none of the last five
    int duplicateOf(RecordBatch batch) {
        if (batch.producerEpoch() != epoch) return -1;
        int baseSequence = batch.baseSequence();
        int lastSequence = batch.lastSequence();
        for (int i = 0; i < batches; i++) {
            int slot = slot(i);
            if (lastSequences[slot] == lastSequence && firstSequence(slot) == baseSequence) return slot;
        }
        return -1;
    }

    private int firstSequence(int slot) {
        int last = lastSequences[slot];
        int delta = offsetDeltas[slot];
        return last < delta ? Integer.MAX_VALUE - (delta - last) + 1 : last - delta;
    }

    long firstOffset(int slot) {
        return lastOffsets[slot] - offsetDeltas[slot];
    }

    long lastOffset(int slot) {
        return lastOffsets[slot];
    }

    long timestamp(int slot) {
        return timestamps[slot];
    }

    int batches() {
        return batches;
    }

    /// @param i 0 is the oldest of those remembered
    int slot(int i) {
        return (first + i) % BATCHES;
    }

    int lastSequence(int slot) {
        return lastSequences[slot];
    }

    int offsetDelta(int slot) {
        return offsetDeltas[slot];
    }

    short epoch() {
        return epoch;
    }

    int coordinatorEpoch() {
        return coordinatorEpoch;
    }

    long lastTimestamp() {
        return lastTimestamp;
    }

    long transactionFirstOffset() {
        return transactionFirstOffset;
    }

    boolean inTransaction() {
        return transactionFirstOffset != NO_TRANSACTION;
    }

    /// The first offset of the oldest batch that is remembered. A marker's is not, nor that of a transaction from whose batches on others are remembered:
    /// then all that there is of the log is needed.
    long neededFrom() {
        return batches == 0 || coordinatorEpoch != NO_COORDINATOR_EPOCH || inTransaction() ? 0 : firstOffset(slot(0));
    }

    /// No batch of the current epoch is known: a marker began it, or a snapshot says so.
    boolean hasNoBatches() {
        return batches == 0;
    }

    int lastSequence() {
        return batches == 0 ? RecordBatch.NO_SEQUENCE : lastSequences[newest()];
    }

    long lastOffset() {
        return batches == 0 ? -1 : lastOffsets[newest()];
    }

    int lastOffsetDelta() {
        return batches == 0 ? 0 : offsetDeltas[newest()];
    }

    private int newest() {
        return (first + batches - 1) % BATCHES;
    }
}
