package millrace.broker.partition;

import java.util.LinkedHashMap;
import java.util.List;

import millrace.protocol.ErrorCode;
import millrace.record.RecordBatch;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult.Refused;
import millrace.storage.log.PartitionLog;

/// Keeps a transaction's first records out of a log when the transaction has ended by the time they come to be written.
///
/// Why: a batch may wait in a socket while its transaction is aborted. Written then, it would begin a transaction that nobody ends, and hold back
/// every read_committed consumer for ever. So before the first batch the transaction's coordinator is asked, and between its answer and the append
/// the marker may still come; it takes the guard away that was drawn before the question:
///
///     draw ──▶ ask the coordinator ──▶ append: is it still my guard? ──▶ written, the transaction is open
///                                 marker ─┘ the producer's guard falls
///
/// One marker is not meant: where each transaction has an epoch of its own, that of a transaction bears the epoch of the next. The producer may
/// hear of that epoch, and write in it, before the marker is here; then the marker ends the transaction before, and the guard of the next stays
/// (KAFKA-18575).
///
/// A guard is good for one leadership: while another broker leads, markers come that are not seen here, so whoever has drawn before finds out that
/// the leader has changed, and tries again.
///
/// Once the transaction is open here, every batch up to its marker belongs to it, and nothing is asked. Guarded by the partition's turns.
/// Source: KIP-890 part 1; `reliability.md` scenario 39.
final class TransactionGuards {
    static final long OPEN = 0;
    /// What is shown for a transaction for which nothing was drawn.
    static final long UNDRAWN = -1;
    /// Who is forgotten of so many is refused, and begins again.
    private static final int MOST_GUARDS = 10_000;

    private static final class Guard {
        private final long ticket;
        private short epoch;
        private boolean ownEpochs;
        private int lowestSequence;

        Guard(long ticket, short epoch, boolean ownEpochs, int sequence) {
            this.ticket = ticket;
            this.epoch = epoch;
            this.ownEpochs = ownEpochs;
            this.lowestSequence = sequence;
        }

        void joinedBy(short otherEpoch, boolean othersOwnEpochs, int sequence) {
            if (otherEpoch < epoch) return;
            lowestSequence = otherEpoch > epoch ? sequence : Math.min(lowestSequence, sequence);
            ownEpochs = otherEpoch > epoch ? othersOwnEpochs : ownEpochs && othersOwnEpochs;
            epoch = otherEpoch;
        }

        boolean isOfTheNext(RecordBatch marker) {
            return ownEpochs && marker.producerEpoch() == epoch;
        }
    }

    private final LinkedHashMap<Long, Guard> byProducer = new LinkedHashMap<>();
    private long nextTicket = OPEN + 1;
    /// The first one that was drawn in this leadership.
    private long firstTicket = nextTicket;

    /// @param ownEpochs whether each transaction of that producer has an epoch of its own (transaction version 2)
    /// @param sequence of the batch that is to be first, [RecordBatch#NO_SEQUENCE] when it has none
    /// @return [#OPEN] when the transaction is open in `log`
    long draw(PartitionLog log, long producerId, short epoch, boolean ownEpochs, int sequence) {
        if (log.hasOpenTransaction(producerId, epoch)) return OPEN;
        Guard guard = byProducer.computeIfAbsent(producerId, _ -> new Guard(nextTicket++, epoch, ownEpochs, sequence));
        guard.joinedBy(epoch, ownEpochs, sequence);
        if (byProducer.size() > MOST_GUARDS) byProducer.pollFirstEntry();
        return guard.ticket;
    }

    /// A producer that is fenced hears of that first, also where its transaction has ended (KAFKA-19690).
    ///
    /// @param batch of data, in a transaction
    /// @return null when it may be written
    Refused check(PartitionLog log, RecordBatch batch, AppendOrigin origin, long ticket) {
        if (log.hasOpenTransaction(batch.producerId(), batch.producerEpoch())) return null;
        if (ticket != OPEN && ticket < firstTicket) return new Refused(ErrorCode.NOT_LEADER_OR_FOLLOWER, "the leader of " + log.topicPartition()
                + " has changed while it was asked whether the transaction of producer " + batch.producerId() + " reaches it; ask again", List.of());
        if (log.hasLaterEpoch(batch.producerId(), batch.producerEpoch())) return new Refused(ErrorCode.INVALID_PRODUCER_EPOCH, "producer " + batch.producerId()
                + " appends to " + log.topicPartition() + " with epoch " + batch.producerEpoch() + ", a later one has been here already", List.of());
        Guard guard = byProducer.get(batch.producerId());
        if (guard == null || guard.ticket != ticket) return new Refused(ErrorCode.INVALID_TXN_STATE, "Record was not part of an ongoing transaction: that of producer "
                + batch.producerId() + " in epoch " + batch.producerEpoch() + " had ended in " + log.topicPartition() + " before the record came", List.of());
        boolean overtakes = origin == AppendOrigin.CLIENT && batch.baseSequence() > guard.lowestSequence;
        return !overtakes ? null : new Refused(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, "producer " + batch.producerId() + " sent sequence " + batch.baseSequence() + " to "
                + log.topicPartition() + " while its batch with sequence " + guard.lowestSequence + " is on its way", List.of());
    }

    /// The partition begins to be led by this broker, or ends to be.
    void clearAll() {
        byProducer.clear();
        firstTicket = nextTicket;
    }

    /// A transaction of that producer has begun here, or has ended.
    /// @param batch of data, or a marker
    void appended(RecordBatch batch) {
        Guard guard = byProducer.get(batch.producerId());
        if (guard == null || batch.isControl() && guard.isOfTheNext(batch)) return;
        byProducer.remove(batch.producerId());
    }
}
