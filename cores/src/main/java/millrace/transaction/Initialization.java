package millrace.transaction;

import static millrace.protocol.ErrorCode.CONCURRENT_TRANSACTIONS;
import static millrace.protocol.ErrorCode.INVALID_REQUEST;
import static millrace.protocol.ErrorCode.INVALID_TRANSACTION_TIMEOUT;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.PRODUCER_FENCED;

import millrace.protocol.ErrorCode;
import millrace.transaction.TransactionAnswer.Initialized;
import millrace.transaction.TransactionAnswer.ProducerIdNeeded;
import millrace.transaction.TransactionCommand.InitProducerId;

/// InitProducerId: who owns the transactional id from now on.
///
/// A producer that finds a transaction under way has it aborted, in an epoch that fences whoever began it, and is told to come again: then the
/// epoch moves once more, so that the epoch of the abort was nobody's (KIP-98). One that recovers names what it had, and gets the next epoch if
/// that is still the newest; having it already from a call whose answer was lost, it gets the same again (KIP-360). Whose the transactional id is
/// shows when the markers are written: by then the producer may have another id, which it was told of before.
final class Initialization {
    private final TransactionSettings settings;

    Initialization(TransactionSettings settings) {
        this.settings = settings;
    }

    /// @param known null for a transactional id that nobody has used
    void decide(InitProducerId command, Transaction known, short clusterVersion, Turn turn) {
        ErrorCode error = problemWith(command);
        if (error != NONE) turn.reply(command.token(), Initialized.refused(error));
        else if (known == null) create(command, turn);
        else decideKnown(command, known, clusterVersion, turn);
    }

    private ErrorCode problemWith(InitProducerId command) {
        if (command.transactionalId().isEmpty()) return INVALID_REQUEST;
        return command.timeoutMs() > 0 && command.timeoutMs() <= settings.maxTimeoutMs() ? NONE : INVALID_TRANSACTION_TIMEOUT;
    }

    /// The producer may believe that it had another id here: that has expired, and it is safe to give it a new one.
    private static void create(InitProducerId command, Turn turn) {
        if (lacksProducerId(command, turn)) return;
        Transaction created = Transaction.created(command.newProducerId(), command.timeoutMs());
        give(command, created.withNextEpoch(Transaction.NO_EPOCH, command.timeoutMs(), turn.timestampMs()), turn);
    }

    private static void decideKnown(InitProducerId command, Transaction known, short clusterVersion, Turn turn) {
        boolean recovers = command.producerId() != Transaction.NO_PRODUCER_ID;
        if (known.state().isPrepared()) {
            turn.reply(command.token(), Initialized.refused(CONCURRENT_TRANSACTIONS));
        } else if (recovers && !known.mayHaveBeen(command.producerId(), command.producerEpoch())) {
            turn.reply(command.token(), Initialized.refused(PRODUCER_FENCED));
        } else if (known.state() == TransactionState.ONGOING) {
            fence(command, known, clusterVersion, turn);
        } else if (known.hasNoEpochLeft() && (!recovers || command.producerEpoch() == known.producerEpoch())) {
            if (lacksProducerId(command, turn)) return;
            short lastEpoch = recovers ? known.producerEpoch() : Transaction.NO_EPOCH;
            give(command, known.withProducerId(command.newProducerId(), lastEpoch, command.timeoutMs(), turn.timestampMs()), turn);
        } else {
            giveNextEpoch(command, known, recovers, turn);
        }
    }

    /// Aborts what is under way. The epoch that does it is never given to anybody.
    private static void fence(InitProducerId command, Transaction known, short clusterVersion, Turn turn) {
        if (Ending.needsProducerId(known, clusterVersion) && lacksProducerId(command, turn)) return;
        turn.reply(command.token(), Initialized.refused(CONCURRENT_TRANSACTIONS));
        Ending.end(command.transactionalId(), known.preparedToFence(clusterVersion, Ending.replacement(known, clusterVersion, command.newProducerId()), turn.timestampMs()), turn);
    }

    private static void giveNextEpoch(InitProducerId command, Transaction known, boolean recovers, Turn turn) {
        if (!recovers) {
            give(command, known.withNextEpoch(Transaction.NO_EPOCH, command.timeoutMs(), turn.timestampMs()), turn);
        } else if (command.producerEpoch() == known.producerEpoch() || known.producerEpoch() == Transaction.NO_EPOCH) {
            give(command, known.withNextEpoch(known.producerEpoch(), command.timeoutMs(), turn.timestampMs()), turn);
        } else if (command.producerEpoch() == known.lastProducerEpoch()) {
            give(command, known.withSameEpoch(command.timeoutMs(), turn.timestampMs()), turn);
        } else {
            turn.reply(command.token(), Initialized.refused(PRODUCER_FENCED));
        }
    }

    private static boolean lacksProducerId(InitProducerId command, Turn turn) {
        if (command.newProducerId() != Transaction.NO_PRODUCER_ID) return false;
        turn.reply(command.token(), new ProducerIdNeeded());
        return true;
    }

    private static void give(InitProducerId command, Transaction initialized, Turn turn) {
        turn.change(command.transactionalId(), initialized);
        turn.reply(command.token(), new Initialized(NONE, initialized.producerId(), initialized.producerEpoch()));
    }
}
