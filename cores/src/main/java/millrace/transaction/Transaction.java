package millrace.transaction;

import static millrace.transaction.TransactionState.COMPLETE_ABORT;
import static millrace.transaction.TransactionState.COMPLETE_COMMIT;
import static millrace.transaction.TransactionState.EMPTY;
import static millrace.transaction.TransactionState.ONGOING;
import static millrace.transaction.TransactionState.PREPARE_ABORT;
import static millrace.transaction.TransactionState.PREPARE_COMMIT;

import java.util.Collection;

import org.pcollections.TreePSet;

import millrace.common.TopicPartition;

/// What is known of one transactional id. Immutable; every method that returns another one is an arrow of the drawing in the package's page.
///
/// @param previousProducerId the producer id before the last change, [#NO_PRODUCER_ID] for none
/// @param nextProducerId what the producer goes on with once the markers are written, [#NO_PRODUCER_ID] for the one that it has
/// @param lastProducerEpoch the epoch before the last one, by which a repeated request is recognized; not written, -1 after a reload
/// @param partitions that the transaction has reached and that have no marker yet
/// @param startTimestampMs wall time, -1 without a transaction
/// @param lastUpdateTimestampMs wall time, later than that of any earlier step of this transactional id, also when the clock is not: by it the log
///     tells one decision from the next, where an old client's id and epoch do not
/// @param clientVersion the transaction version that the client used for the latest step
public record Transaction(long producerId, short producerEpoch, long previousProducerId, long nextProducerId, short lastProducerEpoch, int timeoutMs,
                          TransactionState state, TreePSet<TopicPartition> partitions, long startTimestampMs, long lastUpdateTimestampMs, short clientVersion) {
    public static final long NO_PRODUCER_ID = -1;
    public static final short NO_EPOCH = -1;
    /// The first transaction version in which each transaction has an epoch of its own.
    public static final short EPOCH_FOR_EACH = 2;
    private static final long NOT_STARTED = -1;
    private static final long NEVER_UPDATED = -1;

    /// Of a producer that has no epoch yet.
    static Transaction created(long producerId, int timeoutMs) {
        return new Transaction(producerId, NO_EPOCH, NO_PRODUCER_ID, NO_PRODUCER_ID, NO_EPOCH, timeoutMs, EMPTY, TreePSet.empty(), NOT_STARTED, NEVER_UPDATED, (short) 0);
    }

    // ---- epochs ----

    /// The largest epoch is kept to fence whoever has the one before it.
    static boolean isLast(short epoch) {
        return epoch >= Short.MAX_VALUE - 1;
    }

    boolean hasNoEpochLeft() {
        return isLast(producerEpoch);
    }

    /// @return whether a producer that says it was `id` may be this one: now, before anything was written, or before its id was replaced
    boolean mayHaveBeen(long id, short epoch) {
        return producerEpoch == NO_EPOCH || id == producerId || id == previousProducerId && isLast(epoch);
    }

    /// Whether that is the producer as it goes on once the markers are written. It has been told so when it ended its transaction, so what it says
    /// meanwhile is early, not out of date.
    boolean isNext(long id, short epoch) {
        if (!state.isPrepared() || clientVersion < EPOCH_FOR_EACH) return false;
        boolean replaced = nextProducerId != NO_PRODUCER_ID;
        return id == (replaced ? nextProducerId : producerId) && epoch == (replaced ? 0 : producerEpoch);
    }

    /// The producer begins anew.
    Transaction withNextEpoch(short lastEpoch, int newTimeoutMs, long timestampMs) {
        return initialized(producerId, (short) (producerEpoch + 1), lastEpoch, newTimeoutMs, timestampMs);
    }

    /// A producer asks again for what it was given before.
    Transaction withSameEpoch(int newTimeoutMs, long timestampMs) {
        return initialized(producerId, producerEpoch, lastProducerEpoch, newTimeoutMs, timestampMs);
    }

    Transaction withProducerId(long newProducerId, short lastEpoch, int newTimeoutMs, long timestampMs) {
        return initialized(newProducerId, (short) 0, lastEpoch, newTimeoutMs, timestampMs);
    }

    private Transaction initialized(long newProducerId, short epoch, short lastEpoch, int newTimeoutMs, long timestampMs) {
        return new Transaction(newProducerId, epoch, producerId, nextProducerId, lastEpoch, newTimeoutMs, EMPTY, TreePSet.empty(), NOT_STARTED,
                after(timestampMs), clientVersion);
    }

    // ---- a transaction ----

    Transaction withPartitions(Collection<TopicPartition> added, short version, long timestampMs) {
        long start = state == ONGOING ? startTimestampMs : timestampMs;
        return new Transaction(producerId, producerEpoch, producerId, nextProducerId, lastProducerEpoch, timeoutMs, ONGOING, partitions.plusAll(added), start,
                after(timestampMs), version);
    }

    /// @param replacement the producer id to go on with, when this one has no epoch left; [#NO_PRODUCER_ID] otherwise
    Transaction prepared(boolean commit, short version, long replacement, long timestampMs) {
        boolean ownEpoch = version >= EPOCH_FOR_EACH;
        short epoch = ownEpoch && producerEpoch < Short.MAX_VALUE ? (short) (producerEpoch + 1) : producerEpoch;
        long start = state == ONGOING ? startTimestampMs : timestampMs;
        return new Transaction(producerId, epoch, producerId, replacement, ownEpoch ? producerEpoch : lastProducerEpoch, timeoutMs,
                commit ? PREPARE_COMMIT : PREPARE_ABORT, partitions, start, after(timestampMs), version);
    }

    /// An abort that the producer did not ask for, so that it must not go on with its epoch. With own epochs the abort itself takes care of that.
    Transaction preparedToFence(short version, long replacement, long timestampMs) {
        return version >= EPOCH_FOR_EACH ? prepared(false, version, replacement, timestampMs) : fenced().prepared(false, version, NO_PRODUCER_ID, timestampMs);
    }

    private Transaction fenced() {
        short epoch = producerEpoch == Short.MAX_VALUE ? producerEpoch : (short) (producerEpoch + 1);
        return new Transaction(producerId, epoch, previousProducerId, nextProducerId, NO_EPOCH, timeoutMs, state, partitions, startTimestampMs, lastUpdateTimestampMs, clientVersion);
    }

    Transaction completed(long timestampMs) {
        boolean replaced = clientVersion >= EPOCH_FOR_EACH && nextProducerId != NO_PRODUCER_ID;
        return new Transaction(replaced ? nextProducerId : producerId, replaced ? 0 : producerEpoch, producerId, NO_PRODUCER_ID, lastProducerEpoch, timeoutMs,
                state == PREPARE_COMMIT ? COMPLETE_COMMIT : COMPLETE_ABORT, TreePSet.empty(), startTimestampMs, after(timestampMs), clientVersion);
    }

    private long after(long timestampMs) {
        return Math.max(timestampMs, lastUpdateTimestampMs + 1);
    }
}
