package millrace.transaction;

import java.util.ArrayList;
import java.util.List;

import millrace.common.TopicPartition;
import millrace.core.CoordinatorCore.Outcome;
import millrace.core.CoordinatorCore.Reply;
import millrace.core.ReplicatedCore.Decision;

/// One decision in the making: what time it is, and what has been decided so far.
final class Turn {
    /// Of one decision that may be split, about: well below `max.message.bytes`, with which the log refuses what is too large, every time again.
    private static final int MAX_BYTES = 256 * 1024;
    /// What a record takes beside its strings, about.
    private static final int RECORD_BYTES = 100;
    /// What a partition takes in a record beside its topic, about.
    private static final int PARTITION_BYTES = 8;

    private final long nowMs;
    private final long timestampMs;
    private final short recordVersion;
    private final List<TransactionChange> changes = new ArrayList<>(1);
    private final List<Reply<TransactionAnswer>> replies = new ArrayList<>(1);
    private final List<String> notes = new ArrayList<>(0);
    private long bytes;

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
        bytes += RECORD_BYTES + transactionalId.length();
        if (transaction == null) return;
        for (TopicPartition each : transaction.partitions()) bytes += PARTITION_BYTES + each.topic().length();
    }

    /// @return whether what else is due is better left to the next decision
    boolean isFull() {
        return bytes >= MAX_BYTES;
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
        return new Outcome<>(replies, false, notes, false);
    }
}
