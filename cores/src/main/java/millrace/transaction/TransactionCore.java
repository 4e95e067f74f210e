package millrace.transaction;

import static millrace.protocol.ErrorCode.CONCURRENT_TRANSACTIONS;
import static millrace.protocol.ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
import static millrace.protocol.ErrorCode.INVALID_PRODUCER_ID_MAPPING;
import static millrace.protocol.ErrorCode.INVALID_REGULAR_EXPRESSION;
import static millrace.protocol.ErrorCode.INVALID_REQUEST;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.PRODUCER_FENCED;
import static millrace.protocol.ErrorCode.TRANSACTIONAL_ID_NOT_FOUND;
import static millrace.protocol.ErrorCode.TRANSACTION_ABORTABLE;
import static millrace.transaction.TransactionState.ONGOING;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

import millrace.core.CoordinatorCore;
import millrace.core.Deadlines;
import millrace.core.ReplicatedCore.Decision;
import millrace.protocol.ErrorCode;
import millrace.transaction.TransactionAnswer.Completed;
import millrace.transaction.TransactionAnswer.Described;
import millrace.transaction.TransactionAnswer.Failed;
import millrace.transaction.TransactionAnswer.Initialized;
import millrace.transaction.TransactionAnswer.Listed;
import millrace.transaction.TransactionAnswer.ListedTransaction;
import millrace.transaction.TransactionAnswer.PartitionsAdded;
import millrace.transaction.TransactionAnswer.PartitionsVerified;
import millrace.transaction.TransactionAnswer.ProducerIdWanted;
import millrace.transaction.TransactionAnswer.VersionUsed;
import millrace.transaction.TransactionCommand.AbortExpired;
import millrace.transaction.TransactionCommand.AddPartitions;
import millrace.transaction.TransactionCommand.CompleteTransaction;
import millrace.transaction.TransactionCommand.DescribeTransaction;
import millrace.transaction.TransactionCommand.EndTransaction;
import millrace.transaction.TransactionCommand.InitProducerId;
import millrace.transaction.TransactionCommand.ListTransactions;
import millrace.transaction.TransactionCommand.UseVersion;
import millrace.transaction.TransactionCommand.VerifyPartitions;

/// The transactional ids of one partition of `__transaction_state`: the core that a transaction coordinator runs.
///
///     apply(change)* ──▶ loaded ──▶ ( decide | tick ──▶ apply(change)* )*
///
/// What survives is one [Transaction] for each transactional id. What dies with the coordinator, and is made anew by [#loaded], is when each
/// transaction times out. A prepared transaction is announced ([TransactionAnswer.MarkersDue]) when its outcome is committed, and again by every
/// coordinator that finds it in its log, until [CompleteTransaction] comes back.
public final class TransactionCore implements CoordinatorCore<TransactionCommand, TransactionChange, TransactionAnswer> {
    private static final short RECORDS_WITH_TAGS = 1;
    /// As long as the longest transactional id.
    private static final int MAX_PATTERN_LENGTH = 32_767;

    private final TransactionSettings settings;
    private final Initialization initialization;
    private final NavigableMap<String, Transaction> transactions = new TreeMap<>();
    private final Deadlines<String> timeouts = new Deadlines<>();
    private short clusterVersion;
    private long nextExpiryMs = Long.MAX_VALUE;
    /// Where looking for silent transactional ids goes on; null at the beginning of a round.
    private String expiredUpTo;

    /// @param clusterVersion the cluster's `transaction.version`, until [UseVersion] says another
    public TransactionCore(TransactionSettings settings, short clusterVersion) {
        this.settings = settings;
        this.clusterVersion = clusterVersion;
        this.initialization = new Initialization(settings);
    }

    @Override public void apply(TransactionChange change) {
        if (change.transaction() == null) transactions.remove(change.transactionalId());
        else transactions.put(change.transactionalId(), change.transaction());
    }

    @Override public Decision<TransactionChange, Outcome<TransactionAnswer>> loaded(long nowMs, long timestampMs) {
        Turn turn = turn(nowMs, timestampMs);
        transactions.forEach((transactionalId, transaction) -> {
            if (transaction.state() == ONGOING) timeouts.set(transactionalId, deadline(transaction, turn));
            if (transaction.state().isPrepared()) turn.announce(Ending.markersOf(transactionalId, transaction));
        });
        nextExpiryMs = nowMs + settings.expirationCheckIntervalMs();
        return turn.decision();
    }

    private Turn turn(long nowMs, long timestampMs) {
        return new Turn(nowMs, timestampMs, clusterVersion > 0 ? RECORDS_WITH_TAGS : 0);
    }

    private static long deadline(Transaction ongoing, Turn turn) {
        long left = ongoing.startTimestampMs() + ongoing.timeoutMs() - turn.timestampMs();
        return turn.nowMs() + Math.clamp(left, 0, ongoing.timeoutMs());
    }

    // ---- commands ----

    @Override public Decision<TransactionChange, Outcome<TransactionAnswer>> decide(TransactionCommand command, long nowMs, long timestampMs) {
        Turn turn = turn(nowMs, timestampMs);
        switch (command) {
            case InitProducerId init          -> init(init, turn);
            case AddPartitions add            -> add(add, turn);
            case VerifyPartitions verify      -> verify(verify, turn);
            case EndTransaction end           -> Ending.decide(end, transactions.get(end.transactionalId()), turn);
            case CompleteTransaction complete -> complete(complete, turn);
            case AbortExpired abort           -> abortExpired(abort, turn);
            case DescribeTransaction describe -> describe(describe, turn);
            case ListTransactions list        -> list(list, turn);
            case UseVersion use               -> useVersion(use, turn);
        }
        return decided(turn);
    }

    /// Time-outs follow what is decided.
    private Decision<TransactionChange, Outcome<TransactionAnswer>> decided(Turn turn) {
        for (TransactionChange change : turn.changes()) watch(change.transactionalId(), change.transaction(), turn);
        return turn.decision();
    }

    private void watch(String transactionalId, Transaction transaction, Turn turn) {
        if (transaction == null || transaction.state() != ONGOING) timeouts.clear(transactionalId);
        else if (!timeouts.has(transactionalId)) timeouts.set(transactionalId, deadline(transaction, turn));
    }

    private void init(InitProducerId init, Turn turn) {
        Transaction known = transactions.get(init.transactionalId());
        if (known == null && transactions.size() >= settings.maxTransactionalIds()) turn.reply(init.token(), Initialized.refused(COORDINATOR_LOAD_IN_PROGRESS));
        else initialization.decide(init, known, clusterVersion, turn);
    }

    private void add(AddPartitions add, Turn turn) {
        Transaction known = transactions.get(add.transactionalId());
        ErrorCode error = problemWith(known, add.transactionalId(), add.producerId(), add.producerEpoch());
        boolean already = error == NONE && known.state() == ONGOING && known.partitions().containsAll(add.partitions());
        if (error == NONE && !already) turn.change(add.transactionalId(), known.withPartitions(add.partitions(), add.clientVersion(), turn.timestampMs()));
        turn.reply(add.token(), new PartitionsAdded(error));
    }

    private void verify(VerifyPartitions verify, Turn turn) {
        Transaction known = transactions.get(verify.transactionalId());
        ErrorCode error = problemWith(known, verify.transactionalId(), verify.producerId(), verify.producerEpoch());
        List<ErrorCode> ofPartitions = error != NONE ? List.of()
                : verify.partitions().stream().map(each -> known.partitions().contains(each) ? NONE : TRANSACTION_ABORTABLE).toList();
        turn.reply(verify.token(), new PartitionsVerified(error, ofPartitions));
    }

    /// The epoch is looked at first: a producer that is fenced must not be told to wait for a transaction that is not its own (KAFKA-19690). Nor is one
    /// refused for the producer id that it was told to go on with, and that holds once the markers are written (KAFKA-18660).
    private static ErrorCode problemWith(Transaction known, String transactionalId, long producerId, short producerEpoch) {
        if (transactionalId.isEmpty()) return INVALID_REQUEST;
        if (known != null && known.isNext(producerId, producerEpoch)) return CONCURRENT_TRANSACTIONS;
        if (known == null || known.producerId() != producerId) return INVALID_PRODUCER_ID_MAPPING;
        if (known.producerEpoch() != producerEpoch) return PRODUCER_FENCED;
        return known.state().isPrepared() ? CONCURRENT_TRANSACTIONS : NONE;
    }

    private void complete(CompleteTransaction complete, Turn turn) {
        Transaction known = transactions.get(complete.transactionalId());
        Transaction completed = Ending.completed(known, complete, turn.timestampMs());
        if (completed != null) turn.change(complete.transactionalId(), completed);
        turn.reply(complete.token(), new Completed(NONE));
    }

    private void useVersion(UseVersion use, Turn turn) {
        clusterVersion = use.level();
        turn.reply(use.token(), new VersionUsed());
    }

    // ---- administration ----

    private void describe(DescribeTransaction describe, Turn turn) {
        Transaction known = transactions.get(describe.transactionalId());
        ErrorCode error = describe.transactionalId().isEmpty() ? INVALID_REQUEST : known == null ? TRANSACTIONAL_ID_NOT_FOUND : NONE;
        turn.reply(describe.token(), new Described(error, error == NONE ? known : null));
    }

    private void list(ListTransactions list, Turn turn) {
        boolean tooLong = list.pattern() != null && list.pattern().length() > MAX_PATTERN_LENGTH;
        turn.reply(list.token(), tooLong ? new Listed(INVALID_REGULAR_EXPRESSION, List.of()) : listed(list, turn));
    }

    /// A pattern that is nested more deeply than the stack is deep is as good as one that cannot be read.
    private Listed listed(ListTransactions list, Turn turn) {
        try {
            Pattern pattern = list.pattern() == null || list.pattern().isEmpty() ? null : Pattern.compile(list.pattern());
            List<ListedTransaction> listed = new ArrayList<>();
            transactions.forEach((transactionalId, transaction) -> {
                if (passes(list, pattern, transactionalId, transaction, turn)) listed.add(new ListedTransaction(transactionalId, transaction.producerId(), transaction.state()));
            });
            return new Listed(NONE, listed);
        } catch (PatternSyntaxException | StackOverflowError unreadable) {
            return new Listed(INVALID_REGULAR_EXPRESSION, List.of());
        }
    }

    private static boolean passes(ListTransactions list, Pattern pattern, String transactionalId, Transaction transaction, Turn turn) {
        if (!list.producerIds().isEmpty() && !list.producerIds().contains(transaction.producerId())) return false;
        if (!list.states().isEmpty() && !list.states().contains(transaction.state())) return false;
        if (list.durationMs() >= 0 && turn.timestampMs() - transaction.startTimestampMs() <= list.durationMs()) return false;
        return pattern == null || pattern.matches(transactionalId);
    }

    // ---- what time brings ----

    @Override public long nextDeadlineMs() {
        return Math.min(timeouts.next(), nextExpiryMs);
    }

    @Override public Decision<TransactionChange, Outcome<TransactionAnswer>> tick(long nowMs, long timestampMs) {
        Turn turn = turn(nowMs, timestampMs);
        for (int i = 0; i < settings.maxExpiredPerTick() && !turn.isFull(); i++) {
            String late = timeouts.poll(nowMs);
            if (late == null) break;
            timeOut(late, turn);
        }
        if (nowMs >= nextExpiryMs && turn.changes().isEmpty()) expire(turn);
        return decided(turn);
    }

    private void timeOut(String transactionalId, Turn turn) {
        Transaction known = transactions.get(transactionalId);
        if (known == null || known.state() != ONGOING) return;
        if (!Ending.needsProducerId(known, clusterVersion)) {
            abort(transactionalId, known, Transaction.NO_PRODUCER_ID, turn);
            return;
        }
        turn.announce(new ProducerIdWanted(transactionalId, known.producerId(), known.producerEpoch()));
        timeouts.set(transactionalId, turn.nowMs() + settings.retryPauseMs());
    }

    private void abortExpired(AbortExpired abort, Turn turn) {
        Transaction known = transactions.get(abort.transactionalId());
        boolean same = known != null && known.state() == ONGOING && known.producerId() == abort.producerId() && known.producerEpoch() == abort.producerEpoch();
        turn.reply(abort.token(), new Completed(NONE));
        if (same) abort(abort.transactionalId(), known, Ending.replacement(known, clusterVersion, abort.newProducerId()), turn);
    }

    private void abort(String transactionalId, Transaction known, long replacement, Turn turn) {
        turn.note("the transaction of producer " + known.producerId() + " in epoch " + known.producerEpoch() + " is aborted: it has lasted longer than its time-out of "
                + known.timeoutMs() + " ms");
        Ending.end(transactionalId, known.preparedToFence(clusterVersion, replacement, turn.timestampMs()), turn);
    }

    /// Goes through the transactional ids in their order, a bounded part in each tick.
    private void expire(Turn turn) {
        var rest = expiredUpTo == null ? transactions : transactions.tailMap(expiredUpTo, false);
        int looked = 0;
        for (Map.Entry<String, Transaction> each : rest.entrySet()) {
            if (looked++ >= settings.maxExpiredPerTick() || turn.isFull()) return;
            expiredUpTo = each.getKey();
            if (isSilent(each.getValue(), turn.timestampMs())) turn.change(each.getKey(), null);
        }
        expiredUpTo = null;
        nextExpiryMs = turn.nowMs() + settings.expirationCheckIntervalMs();
    }

    private boolean isSilent(Transaction transaction, long timestampMs) {
        return !transaction.state().isOpen() && timestampMs - transaction.lastUpdateTimestampMs() >= settings.expirationMs();
    }

    // ---- what could not be written ----

    @Override public Outcome<TransactionAnswer> refused(List<TransactionChange> changes, ErrorCode error, long nowMs, long timestampMs) {
        Turn turn = turn(nowMs, timestampMs);
        for (TransactionChange change : changes) {
            Transaction known = transactions.get(change.transactionalId());
            timeouts.clear(change.transactionalId());
            if (known != null && known.state() == ONGOING) timeouts.set(change.transactionalId(), Math.max(deadline(known, turn), nowMs + settings.retryPauseMs()));
        }
        return turn.outcome();
    }

    @Override public TransactionAnswer failed(ErrorCode error) {
        return new Failed(error);
    }

    // ---- for checkers ----

    /// @return the replicated state, in order of the transactional ids; to be read, not to be changed
    public NavigableMap<String, Transaction> transactions() {
        return Collections.unmodifiableNavigableMap(transactions);
    }

    @Override public String toString() {
        return "transactions " + transactions + " under transaction.version " + clusterVersion;
    }
}
