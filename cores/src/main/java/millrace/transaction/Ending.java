package millrace.transaction;

import static millrace.protocol.ErrorCode.CONCURRENT_TRANSACTIONS;
import static millrace.protocol.ErrorCode.INVALID_PRODUCER_ID_MAPPING;
import static millrace.protocol.ErrorCode.INVALID_TXN_STATE;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.PRODUCER_FENCED;
import static millrace.transaction.TransactionState.COMPLETE_COMMIT;

import java.util.List;

import millrace.protocol.ErrorCode;
import millrace.transaction.TransactionAnswer.Ended;
import millrace.transaction.TransactionAnswer.MarkersDue;
import millrace.transaction.TransactionAnswer.ProducerIdNeeded;
import millrace.transaction.TransactionCommand.CompleteTransaction;
import millrace.transaction.TransactionCommand.EndTransaction;

/// EndTxn: how a transaction ends, and what a request is told that comes twice or too late.
///
/// With transaction version 2 a request names the epoch of the transaction that it ends, and the end moves the epoch. So one epoch behind is
/// the same request again, and the epoch itself is the next transaction, which may be aborted before anything was written in it. A producer is
/// told of that epoch before the markers are written, so its next transaction may end too early, and is told to come again (KAFKA-18464):
///
///     state            abort, one behind   abort, same epoch     commit, one behind   commit, same epoch
///     Empty            fenced              aborted, next epoch   fenced               invalid state
///     Ongoing          fenced              aborted               fenced               committed
///     PrepareCommit    invalid state       concurrent            concurrent           concurrent
///     PrepareAbort     concurrent          concurrent            invalid state        concurrent
///     CompleteCommit   invalid state       aborted, next epoch   as it was            invalid state
///     CompleteAbort    as it was           aborted, next epoch   invalid state        invalid state
///
/// Before, the epoch stays: whatever repeats the outcome of the last transaction is taken for a repetition, and anything else is invalid.
/// Source: KIP-890.
final class Ending {
    private Ending() {}

    /// @param known null for a transactional id that nobody has used
    static void decide(EndTransaction command, Transaction known, Turn turn) {
        if (known == null) {
            turn.reply(command.token(), Ended.with(INVALID_PRODUCER_ID_MAPPING));
        } else if (command.clientVersion() >= Transaction.EPOCH_FOR_EACH) {
            decideWithOwnEpoch(command, known, turn);
        } else {
            decideWithSharedEpoch(command, known, turn);
        }
    }

    // ---- an epoch for each transaction ----

    private static void decideWithOwnEpoch(EndTransaction command, Transaction known, Turn turn) {
        if (known.isNext(command.producerId(), command.producerEpoch())) {
            turn.reply(command.token(), Ended.with(CONCURRENT_TRANSACTIONS));
            return;
        }
        boolean again = isAgain(command, known);
        boolean ofReplacedId = isOfReplacedId(command, known);
        ErrorCode error = known.producerId() != command.producerId() && !ofReplacedId ? INVALID_PRODUCER_ID_MAPPING
                : !mayHaveEpoch(command, known, again) ? PRODUCER_FENCED : NONE;
        if (error != NONE) turn.reply(command.token(), Ended.with(error));
        else if (again) repeat(command, known, turn);
        else if (isAllowed(command, known)) endWithOwnEpoch(command, known, turn);
        else turn.reply(command.token(), Ended.with(INVALID_TXN_STATE));
    }

    private static boolean isAgain(EndTransaction command, Transaction known) {
        return known.producerEpoch() == command.producerEpoch() + 1 || isOfReplacedId(command, known);
    }

    /// The end of the transaction has used up the epochs of the producer id, and the producer has not heard of its new one yet.
    private static boolean isOfReplacedId(EndTransaction command, Transaction known) {
        return known.previousProducerId() == command.producerId() && command.producerEpoch() == Short.MAX_VALUE - 1 && known.producerEpoch() == 0;
    }

    private static boolean mayHaveEpoch(EndTransaction command, Transaction known, boolean again) {
        boolean same = command.producerEpoch() == known.producerEpoch();
        return switch (known.state()) {
            case ONGOING, EMPTY                  -> same;
            case PREPARE_COMMIT, PREPARE_ABORT   -> known.producerEpoch() == command.producerEpoch() + 1;
            case COMPLETE_COMMIT, COMPLETE_ABORT -> same || again;
            case DEAD, PREPARE_EPOCH_FENCE       -> false;
        };
    }

    private static void repeat(EndTransaction command, Transaction known, Turn turn) {
        boolean sameOutcome = command.commit() == isCommit(known.state());
        if (!sameOutcome) turn.reply(command.token(), Ended.with(INVALID_TXN_STATE));
        else if (known.state().isPrepared()) turn.reply(command.token(), Ended.with(CONCURRENT_TRANSACTIONS));
        else turn.reply(command.token(), new Ended(NONE, known.producerId(), known.producerEpoch()));
    }

    private static boolean isCommit(TransactionState state) {
        return state == TransactionState.PREPARE_COMMIT || state == COMPLETE_COMMIT;
    }

    /// A transaction in which nothing was written may be aborted; there is nothing to commit in it.
    private static boolean isAllowed(EndTransaction command, Transaction known) {
        return known.state() == TransactionState.ONGOING || !command.commit();
    }

    private static void endWithOwnEpoch(EndTransaction command, Transaction known, Turn turn) {
        if (needsProducerId(known, command.clientVersion()) && command.newProducerId() == Transaction.NO_PRODUCER_ID) {
            turn.reply(command.token(), new ProducerIdNeeded());
            return;
        }
        long replacement = replacement(known, command.clientVersion(), command.newProducerId());
        Transaction prepared = known.prepared(command.commit(), command.clientVersion(), replacement, turn.timestampMs());
        Transaction afterwards = prepared.completed(turn.timestampMs());
        turn.reply(command.token(), new Ended(NONE, afterwards.producerId(), afterwards.producerEpoch()));
        end(command.transactionalId(), prepared, turn);
    }

    // ---- one epoch for many transactions ----

    private static void decideWithSharedEpoch(EndTransaction command, Transaction known, Turn turn) {
        ErrorCode error = known.producerId() != command.producerId() ? INVALID_PRODUCER_ID_MAPPING
                : known.producerEpoch() != command.producerEpoch() ? PRODUCER_FENCED : problemWith(command, known.state());
        turn.reply(command.token(), Ended.with(error));
        if (error == NONE && known.state() == TransactionState.ONGOING) {
            end(command.transactionalId(), known.prepared(command.commit(), (short) 0, Transaction.NO_PRODUCER_ID, turn.timestampMs()), turn);
        }
    }

    private static ErrorCode problemWith(EndTransaction command, TransactionState state) {
        return switch (state) {
            case ONGOING         -> NONE;
            case COMPLETE_COMMIT -> command.commit() ? NONE : INVALID_TXN_STATE;
            case COMPLETE_ABORT  -> command.commit() ? INVALID_TXN_STATE : NONE;
            case PREPARE_COMMIT  -> command.commit() ? CONCURRENT_TRANSACTIONS : INVALID_TXN_STATE;
            case PREPARE_ABORT   -> command.commit() ? INVALID_TXN_STATE : CONCURRENT_TRANSACTIONS;
            case EMPTY, DEAD, PREPARE_EPOCH_FENCE -> INVALID_TXN_STATE;
        };
    }

    // ---- the end itself ----

    /// @return whether ending the transaction takes the producer's last epoch, so that it has to go on with another id
    static boolean needsProducerId(Transaction known, short version) {
        return version >= Transaction.EPOCH_FOR_EACH && known.hasNoEpochLeft();
    }

    static long replacement(Transaction known, short version, long newProducerId) {
        return needsProducerId(known, version) ? newProducerId : Transaction.NO_PRODUCER_ID;
    }

    /// Decides the outcome. Where nothing was written there are no markers to wait for. To be called after whoever asked is answered: replies are given
    /// out in their order, and he need not wait until the markers are on their way.
    static void end(String transactionalId, Transaction prepared, Turn turn) {
        turn.change(transactionalId, prepared);
        if (prepared.partitions().isEmpty()) turn.change(transactionalId, prepared.completed(turn.timestampMs()));
        else turn.announce(markersOf(transactionalId, prepared));
    }

    static MarkersDue markersOf(String transactionalId, Transaction prepared) {
        return new MarkersDue(transactionalId, prepared.producerId(), prepared.producerEpoch(), isCommit(prepared.state()), List.copyOf(prepared.partitions()),
                prepared.clientVersion(), prepared.lastUpdateTimestampMs());
    }

    /// @return null when that is not the transaction whose markers are on their way
    static Transaction completed(Transaction known, CompleteTransaction complete, long timestampMs) {
        boolean waits = known != null && known.state().isPrepared() && known.producerId() == complete.producerId() && known.producerEpoch() == complete.producerEpoch();
        return waits && known.lastUpdateTimestampMs() == complete.decidedMs() ? known.completed(timestampMs) : null;
    }
}
