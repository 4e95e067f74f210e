package millrace.transaction;

import java.util.ArrayList;
import java.util.List;

import millrace.core.CoordinatorCore.Outcome;
import millrace.core.CoordinatorCore.Reply;
import millrace.core.ReplicatedCore.Decision;

/// One decision in the making: what time it is, and what has been decided so far.
final class Turn {
    private final long nowMs;
    private final long timestampMs;
    private final short recordVersion;
    private final List<TransactionChange> changes = new ArrayList<>(1);
    private final List<Reply<TransactionAnswer>> replies = new ArrayList<>(1);
    private final List<String> notes = new ArrayList<>(0);

    Turn(long nowMs, long timestampMs, short recordVersion) {
        this.nowMs = nowMs;
        this.timestampMs = timestampMs;
        this.recordVersion = recordVersion;
    }

    long nowMs() {
        return nowMs;
    }

    long timestampMs() {
        return timestampMs;
    }

    /// @param transaction null to forget the transactional id
    void change(String transactionalId, Transaction transaction) {
        changes.add(new TransactionChange(transactionalId, transaction, recordVersion));
    }

    void reply(long token, TransactionAnswer answer) {
        replies.add(new Reply<>(token, answer));
    }

    /// Something that is to be done as soon as this decision is committed, and that nobody asked for.
    void announce(TransactionAnswer answer) {
        replies.add(new Reply<>(Reply.UNASKED, answer));
    }

    /// @param note a sentence for the node's log
    void note(String note) {
        notes.add(note);
    }

    List<TransactionChange> changes() {
        return changes;
    }

    Decision<TransactionChange, Outcome<TransactionAnswer>> decision() {
        return new Decision<>(changes, outcome());
    }

    Outcome<TransactionAnswer> outcome() {
        return new Outcome<>(replies, false, notes);
    }
}
