package millrace.storage.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import millrace.protocol.ErrorCode;
import millrace.record.ControlRecord;
import millrace.record.RecordBatch;

/// What the log knows of its producers: enough to tell a repeated batch from a missing one, and which transactions are open.
///
///     (no entry) ──data──▶ idle ◀──▶ data in sequence
///                            │ transactional data            marker
///                            └────────▶ open transaction ────────────▶ ended, not replicated ──high watermark──▶ (forgotten)
///
/// It is a function of the log: reading the batches again gives the same state (a snapshot only shortens the reading). So [#update]
/// never fails and never asks who appended; [#check] is asked by the leader before.
///
/// Rules as in Kafka 4.4, where `UNKNOWN_PRODUCER_ID` is no longer answered: a producer id that the log does not know, or has
/// forgotten, may begin with any sequence (KIP-360). Sources: KIP-98, KIP-360, KIP-890.
///
/// Guarded by the log's lock, but for [#firstUnstableOffset].
final class ProducerStates {
    static final long NOTHING_UNSTABLE = Long.MAX_VALUE;
    static final long NOTHING_NEEDED = Long.MAX_VALUE;
    private static final short STRICT_MARKERS = 2;
    private static final int MOST_OWED = 10_000;

    /// @param lastOffset of the marker that ended it, [#STILL_OPEN] before
    private record Transaction(long producerId, long firstOffset, long lastOffset) {}

    private static final long STILL_OPEN = -1;

    private final TreeMap<Long, Producer> producers = new TreeMap<>();
    /// By first offset.
    private final TreeMap<Long, Transaction> open = new TreeMap<>();
    private final TreeMap<Long, Transaction> unreplicated = new TreeMap<>();
    /// First sequences of unknown producers that were refused for want of space. Such a producer may begin with any sequence, so without
    /// this its next batch in flight would be taken for the first, and the first would be out of order for ever.
    private final LinkedHashMap<Long, Integer> owed = new LinkedHashMap<>();
    private volatile long firstUnstableOffset = NOTHING_UNSTABLE;
    private volatile boolean waitsForReplication;

    // ---- may it be appended? ----

    /// @param firstOffset  that the batch would get
    /// @param transactionVersion of the markers in the batch: 2 asks for a higher epoch than the producer's last (KIP-890)
    /// @return null when it may
    AppendResult check(RecordBatch batch, AppendOrigin origin, long firstOffset, short transactionVersion, long logStartOffset) {
        if (!batch.hasProducerId() || origin == AppendOrigin.RAFT_LEADER) return null;
        Producer producer = producers.get(batch.producerId());
        if (producer == null) return origin == AppendOrigin.CLIENT ? checkOwed(batch) : null;
        if (batch.isControl()) return checkMarker(batch, producer, firstOffset, transactionVersion);
        if (origin == AppendOrigin.CLIENT) {
            int slot = producer.duplicateOf(batch);
            if (slot >= 0) return new AppendResult.Duplicate(producer.firstOffset(slot), producer.lastOffset(slot), producer.timestamp(slot), logStartOffset);
        }
        if (batch.producerEpoch() < producer.epoch()) return fenced(batch, producer, firstOffset);
        if (origin == AppendOrigin.CLIENT) {
            AppendResult wrongSequence = checkSequence(batch, producer, firstOffset);
            if (wrongSequence != null) return wrongSequence;
        }
        if (producer.inTransaction() && !batch.isTransactional())
            return refused(ErrorCode.INVALID_TXN_STATE, "producer " + producer.producerId + " has had a transaction open since offset "
                    + producer.transactionFirstOffset() + " and sent a batch that belongs to none; commit or abort first");
        return null;
    }

    private AppendResult checkOwed(RecordBatch batch) {
        Integer first = owed.isEmpty() ? null : owed.get(batch.producerId());
        if (first == null || batch.baseSequence() <= first) return null;
        return refused(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, "producer " + batch.producerId() + " sent sequence " + batch.baseSequence() + " and its batch with sequence " + first
                + ", which was refused for want of space, has not come again");
    }

    /// The batch passed [#check] and then there was no room for it.
    void refusedForSpace(RecordBatch batch) {
        if (!batch.hasProducerId() || batch.isControl() || producers.containsKey(batch.producerId())) return;
        owed.merge(batch.producerId(), batch.baseSequence(), Math::min);
        if (owed.size() > MOST_OWED) owed.pollFirstEntry();
    }

    private static AppendResult checkSequence(RecordBatch batch, Producer producer, long firstOffset) {
        int sequence = batch.baseSequence();
        if (batch.producerEpoch() != producer.epoch()) {
            if (sequence == 0 || producer.epoch() == RecordBatch.NO_PRODUCER_EPOCH) return null;
            return refused(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, "producer " + producer.producerId + " began epoch " + batch.producerEpoch() + " with sequence " + sequence
                    + " at offset " + firstOffset + ", an epoch begins with 0 (its last one here was " + producer.epoch() + ")");
        }
        int last = producer.lastSequence();
        if (follows(last, sequence)) return null;
        return refused(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, "producer " + producer.producerId + " sent sequence " + sequence + " at offset " + firstOffset
                + ", the last one here was " + last);
    }

    /// After the largest int comes 0. Before the first batch of an epoch stands -1, so it begins with 0.
    private static boolean follows(int last, int next) {
        return next == last + 1L || next == 0 && last == Integer.MAX_VALUE;
    }

    private static AppendResult checkMarker(RecordBatch batch, Producer producer, long firstOffset, short transactionVersion) {
        short epoch = batch.producerEpoch();
        boolean strict = transactionVersion >= STRICT_MARKERS;
        if (epoch < producer.epoch() || strict && epoch == producer.epoch() && !isRepeated(producer, epoch)) return fenced(batch, producer, firstOffset);
        if (Batches.controlRecord(batch) instanceof ControlRecord.EndTransaction end && producer.coordinatorEpoch() > end.coordinatorEpoch())
            return refused(ErrorCode.TRANSACTION_COORDINATOR_FENCED, "a transaction marker of coordinator epoch " + end.coordinatorEpoch() + " for producer "
                    + producer.producerId + ", whose last marker came from coordinator epoch " + producer.coordinatorEpoch());
        return null;
    }

    /// A marker that ended the transaction already comes again: its epoch was taken over then. The largest epoch has no successor.
    private static boolean isRepeated(Producer producer, short epoch) {
        return !producer.inTransaction() || epoch == Short.MAX_VALUE;
    }

    private static AppendResult fenced(RecordBatch batch, Producer producer, long firstOffset) {
        return refused(ErrorCode.INVALID_PRODUCER_EPOCH, "producer " + producer.producerId + " appends with epoch " + batch.producerEpoch() + " at offset " + firstOffset
                + ", epoch " + producer.epoch() + " has been here already");
    }

    private static AppendResult refused(ErrorCode error, String message) {
        return new AppendResult.Refused(error, message, List.of());
    }

    // ---- what is in the log ----

    void appendedData(long producerId, short epoch, int baseSequence, int lastOffsetDelta, long baseOffset, long maxTimestamp, boolean transactional) {
        Producer producer = producers.get(producerId);
        if (producer == null) {
            producer = new Producer(producerId);
            producers.put(producerId, producer);
            if (!owed.isEmpty()) owed.remove(producerId);
        }
        int lastSequence = baseSequence == RecordBatch.NO_SEQUENCE ? RecordBatch.NO_SEQUENCE : RecordBatch.sequenceAfter(baseSequence, lastOffsetDelta);
        producer.addBatch(epoch, lastSequence, baseOffset + lastOffsetDelta, lastOffsetDelta, maxTimestamp);
        if (transactional && !producer.inTransaction()) {
            producer.beginTransaction(baseOffset);
            open.put(baseOffset, new Transaction(producerId, baseOffset, STILL_OPEN));
            settle();
        }
    }

    /// @return the transaction that the marker aborted, null when it aborted none
    AbortedTransaction appendedMarker(long producerId, short epoch, boolean commit, int coordinatorEpoch, long offset, long timestamp) {
        Producer producer = producers.computeIfAbsent(producerId, Producer::new);
        long firstOffset = producer.transactionFirstOffset();
        producer.endTransaction(epoch, coordinatorEpoch, timestamp);
        if (firstOffset == Producer.NO_TRANSACTION) return null;
        open.remove(firstOffset);
        unreplicated.put(firstOffset, new Transaction(producerId, firstOffset, offset));
        long lastStableOffset = open.isEmpty() ? offset + 1 : open.firstKey();
        settle();
        return commit ? null : new AbortedTransaction(producerId, firstOffset, offset, lastStableOffset);
    }

    private void settle() {
        waitsForReplication = !unreplicated.isEmpty();
        long first = open.isEmpty() ? NOTHING_UNSTABLE : open.firstKey();
        firstUnstableOffset = unreplicated.isEmpty() ? first : Math.min(first, unreplicated.firstKey());
    }

    boolean isOpen(long producerId, short epoch) {
        Producer producer = producers.get(producerId);
        return producer != null && producer.inTransaction() && producer.epoch() == epoch;
    }

    boolean hasLaterEpoch(long producerId, short epoch) {
        Producer producer = producers.get(producerId);
        return producer != null && producer.epoch() > epoch;
    }

    /// Where the first transaction begins that is open or whose marker is not replicated; [#NOTHING_UNSTABLE] when there is none.
    long firstUnstableOffset() {
        return firstUnstableOffset;
    }

    boolean waitsForReplication() {
        return waitsForReplication;
    }

    void highWatermarkIs(long highWatermark) {
        if (unreplicated.values().removeIf(transaction -> transaction.lastOffset() < highWatermark)) settle();
    }

    void logStartOffsetIs(long logStartOffset) {
        if (unreplicated.values().removeIf(transaction -> transaction.lastOffset() < logStartOffset)) settle();
    }

    /// Reading the log again from here on, or from before, gives what is known of every producer; [#NOTHING_NEEDED] when nothing is known.
    long neededFrom() {
        long from = NOTHING_NEEDED;
        for (Producer each : producers.values()) from = Math.min(from, each.neededFrom());
        return from;
    }

    /// Forgets who has been silent too long and has no transaction open.
    void expire(long timestampMs, long expirationMs) {
        owed.clear();
        for (Iterator<Producer> each = producers.values().iterator(); each.hasNext(); ) {
            if (isExpired(each.next(), timestampMs, expirationMs)) each.remove();
        }
    }

    private static boolean isExpired(Producer producer, long timestampMs, long expirationMs) {
        return !producer.inTransaction() && timestampMs - producer.lastTimestamp() >= expirationMs;
    }

    void clear() {
        producers.clear();
        open.clear();
        unreplicated.clear();
        settle();
    }

    List<ProducerView> views() {
        var views = new ArrayList<ProducerView>(producers.size());
        for (Producer each : producers.values())
            views.add(new ProducerView(each.producerId, each.epoch(), each.lastSequence(), each.lastTimestamp(), each.coordinatorEpoch(), each.transactionFirstOffset()));
        return views;
    }

    SortedMap<Long, LastRecord> lastRecords() {
        var last = new TreeMap<Long, LastRecord>();
        for (Producer each : producers.values()) last.put(each.producerId, new LastRecord(each.lastOffset(), each.epoch()));
        return last;
    }

    // ---- snapshots ----

    /// The state as of `offset`, to be written.
    SnapshotFiles.Waiting snapshot(long offset) {
        return new SnapshotFiles.Waiting(offset, ProducerSnapshots.write(producers.values()), RecentBatches.write(producers.values()));
    }

    /// The state as it is, to be loaded elsewhere.
    List<Producer> copies() {
        List<Producer> copies = ProducerSnapshots.read(ProducerSnapshots.write(producers.values()));
        ByteBuffer recent = RecentBatches.write(producers.values());
        return recent == null ? copies : RecentBatches.addTo(copies, recent);
    }

    /// Puts a snapshot's state in place of this one. Nobody is forgotten here, as Kafka would: a wall clock that leapt before the start is not
    /// found out so early, and whoever is forgotten wrongly writes duplicates.
    void load(List<Producer> snapshot) {
        clear();
        for (Producer each : snapshot) {
            producers.put(each.producerId, each);
            if (each.inTransaction()) open.put(each.transactionFirstOffset(), new Transaction(each.producerId, each.transactionFirstOffset(), STILL_OPEN));
        }
        settle();
    }

    @Override public String toString() {
        return producers.size() + " producers, open " + open.values() + ", not replicated " + unreplicated.values();
    }

    /// For tests: every producer by id.
    Map<Long, Producer> byId() {
        return producers;
    }
}
