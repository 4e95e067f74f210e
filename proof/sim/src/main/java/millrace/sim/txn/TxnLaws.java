package millrace.sim.txn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import millrace.sim.Violation;
import millrace.sim.txn.TxnHistory.Initialized;
import millrace.sim.txn.TxnHistory.Read;
import millrace.sim.txn.TxnHistory.Seen;
import millrace.sim.txn.TxnHistory.Txn;
import millrace.sim.txn.TxnHistory.Wish;

/// The laws of transactions, T1 to T7, T9 and T10 of `reliability.md`, asked of a finished history. T8 is the workload's: it waits for it.
final class TxnLaws {
    private final TxnHistory history;
    private final List<Violation> violations = new ArrayList<>();
    /// Record ids that a reader of what is committed is shown at the end.
    private final Set<Long> visible = new TreeSet<>();
    /// By transaction and partition: whether its records ended in a commit.
    private final Map<Long, Map<Integer, Boolean>> outcomes = new TreeMap<>();

    private TxnLaws(TxnHistory history) {
        this.history = history;
        history.wholeCommitted().values().forEach(seen -> seen.forEach(each -> visible.add(each.recordId())));
    }

    static List<Violation> violations(TxnHistory history) {
        var laws = new TxnLaws(history);
        laws.noAbortedRecordIsVisible();
        history.wholeLogs().forEach(laws::transactionsDoNotMerge);
        laws.oneOutcome();
        laws.allOrNothing();
        laws.offsetsFollow();
        laws.readersSeeNoMore();
        laws.olderProducersAreFenced();
        laws.noCircleOfReads();
        history.surprises().forEach(each -> laws.broken("D5", each));
        return laws.violations;
    }

    private void broken(String law, String text) {
        violations.add(new Violation(law, text));
    }

    /// T1, over every answer that any reader has had.
    private void noAbortedRecordIsVisible() {
        for (Read read : history.reads()) {
            if (read.committed()) read.seen().forEach(each -> mustBeCommitted(read.partition(), each));
        }
        history.wholeCommitted().forEach((partition, seen) -> seen.forEach(each -> mustBeCommitted(partition, each)));
    }

    private void mustBeCommitted(int partition, Seen seen) {
        Txn txn = history.of(seen.recordId());
        if (txn == null) broken("T1", "record " + seen.recordId() + " at offset " + seen.offset() + " of partition " + partition + " was never sent");
        else if (!txn.mayBeCommitted()) broken("T1", "record " + seen.recordId() + " at offset " + seen.offset() + " of partition " + partition + " is visible, and it is of " + txn);
    }

    /// T5, and on the way how each transaction ended in this partition.
    private void transactionsDoNotMerge(int partition, List<Seen> log) {
        Map<Long, Txn> open = new TreeMap<>();
        for (Seen each : log) {
            if (each.marker() != null) {
                Txn ended = open.remove(each.producerId());
                if (ended != null) outcomes.computeIfAbsent(ended.id(), _ -> new TreeMap<>()).merge(partition, each.marker(), Boolean::logicalOr);
                continue;
            }
            Txn txn = history.of(each.recordId());
            if (txn == null) continue;
            Txn before = open.put(each.producerId(), txn);
            if (before != null && before != txn) broken("T5", "no marker is between records of " + before + " and of " + txn + ", at offset " + each.offset() + " of partition " + partition);
            if (before == null && outcomes.getOrDefault(txn.id(), Map.of()).containsKey(partition))
                broken("T5", "a record of " + txn + " comes after its marker, at offset " + each.offset() + " of partition " + partition);
        }
    }

    /// T6.
    private void oneOutcome() {
        outcomes.forEach((id, byPartition) -> {
            Txn txn = history.transactions().get((int) (id - 1));
            if (new TreeSet<>(byPartition.values()).size() > 1) broken("T6", txn + " ended differently in different partitions: " + byPartition);
            if (byPartition.containsValue(true) && !txn.mayBeCommitted()) broken("T1", txn + " is committed: " + byPartition);
        });
        Map<String, Initialized> owners = new TreeMap<>();
        for (Initialized each : history.initialized()) {
            if (each.epoch() < 0) broken("T6", "a producer was given a negative epoch: " + each);
            Initialized before = owners.putIfAbsent(each.producerId() + "/" + each.epoch(), each);
            if (before != null && (before.instance() != each.instance() || !before.transactionalId().equals(each.transactionalId())))
                broken("T6", "two producers have been given the same epoch: " + before + " and " + each);
        }
    }

    /// T2 and T3, for records.
    private void allOrNothing() {
        for (Txn txn : history.transactions()) {
            List<Long> missing = txn.acknowledged().stream().filter(each -> !visible.contains(each)).toList();
            if (missing.isEmpty()) continue;
            String found = missing.size() + " of " + txn.acknowledged().size() + " acknowledged records of " + txn + " are not visible: " + missing;
            if (txn.wish() == Wish.COMMITTED) broken("T3", found);
            else if (missing.size() < txn.acknowledged().size()) broken("T2", found);
        }
    }

    /// T2 and T3, for offsets: each transaction commits its own id as an offset, so the last one that is committed tells.
    private void offsetsFollow() {
        history.offsets().forEach((transactionalId, offset) -> {
            List<Txn> own = history.transactions().stream().filter(each -> each.transactionalId().equals(transactionalId)).toList();
            if (own.stream().anyMatch(each -> each.inputTo() > 0)) {
                everyInputOnce(transactionalId, own, Math.max(0, offset));
                return;
            }
            Txn last = own.stream().filter(each -> each.id() == offset).findFirst().orElse(null);
            if (offset >= 0 && (last == null || !last.mayBeCommitted() || isAborted(last))) broken("T2", "offset " + offset + " of " + transactionalId + " is committed, by " + last);
            for (Txn txn : own) {
                boolean counts = txn.hasOffsets() && (txn.wish() == Wish.COMMITTED || outcomes.getOrDefault(txn.id(), Map.of()).containsValue(true));
                if (counts && txn.id() > offset) broken("T3", "the offset of " + txn + " is not there, but " + offset);
            }
        });
    }

    /// T9: committed transactions have made something of every input up to the committed offset, each once.
    private void everyInputOnce(String transactionalId, List<Txn> own, long offset) {
        List<Txn> committed = own.stream().filter(each -> each.wish() == Wish.COMMITTED || outcomes.getOrDefault(each.id(), Map.of()).containsValue(true))
                .sorted(Comparator.comparingLong(Txn::inputFrom)).toList();
        long next = 0;
        for (Txn txn : committed) {
            if (txn.inputFrom() != next) broken("T9", txn + " has made its records of the input from offset " + txn.inputFrom() + ", and what was committed before reaches to " + next);
            next = txn.inputTo();
        }
        if (next != offset) broken("T9", "committed transactions of " + transactionalId + " reach to offset " + next + " of the input, and committed is " + offset);
    }

    private boolean isAborted(Txn txn) {
        return outcomes.getOrDefault(txn.id(), Map.of()).containsValue(false);
    }

    /// T4: what was shown once is what is there at the end, without gaps, and lies below the last stable offset.
    private void readersSeeNoMore() {
        for (Read read : history.reads()) {
            List<Seen> whole = (read.committed() ? history.wholeCommitted() : history.wholeLogs()).getOrDefault(read.partition(), List.of());
            List<Seen> then = whole.stream().filter(each -> each.offset() >= read.from() && each.offset() < read.next()).toList();
            if (!then.equals(read.seen())) broken("T4", "a reader of partition " + read.partition() + (read.committed() ? " (committed)" : "") + " was shown " + offsets(read.seen()) + " from offset "
                    + read.from() + " to " + read.next() + ", and there is " + offsets(then));
            if (read.committed() && read.next() > read.lastStableOffset() && read.next() > read.from())
                broken("T4", "a reader of what is committed in partition " + read.partition() + " got to " + read.next() + ", beyond the last stable offset " + read.lastStableOffset());
        }
    }

    private static String offsets(List<Seen> seen) {
        return seen.stream().map(each -> Long.toString(each.offset())).collect(Collectors.joining(",", "[", "]"));
    }

    /// T7: a transaction whose end was asked for after somebody else had been given an epoch is not committed.
    private void olderProducersAreFenced() {
        for (Initialized other : history.initialized()) {
            for (Txn txn : history.transactions()) {
                boolean another = txn.transactionalId().equals(other.transactionalId()) && txn.instance() != other.instance();
                boolean successor = another && other.invokedNanos() > txn.ownerSinceNanos() && other.doneNanos() < txn.endInvokedNanos();
                if (!successor) continue;
                if (txn.wish() == Wish.COMMITTED || outcomes.getOrDefault(txn.id(), Map.of()).containsValue(true)) broken("T7", txn + " is committed, after " + other);
            }
        }
    }

    /// T10: of committed transactions none has read what follows from its own records. That two wrote in turns (G0) says nothing.
    ///
    /// Whoever has read from nobody that is left is taken out, again and again; what cannot be taken out is a circle, or has read from one.
    private void noCircleOfReads() {
        Map<Long, Set<Long>> readFrom = new TreeMap<>();
        for (Txn txn : history.transactions()) if (isCommitted(txn)) readFrom.put(txn.id(), new TreeSet<>(txn.readFrom()));
        for (Map.Entry<Long, Set<Long>> each : readFrom.entrySet()) {
            each.getValue().remove(each.getKey());
            each.getValue().retainAll(readFrom.keySet());
        }
        Set<Long> done = new TreeSet<>();
        do {
            done.clear();
            readFrom.forEach((reader, writers) -> {
                if (writers.isEmpty()) done.add(reader);
            });
            readFrom.keySet().removeAll(done);
            readFrom.values().forEach(writers -> writers.removeAll(done));
        } while (!done.isEmpty());
        if (!readFrom.isEmpty()) broken("T10", "transactions have read from each other in a circle: " + readFrom);
    }

    private boolean isCommitted(Txn txn) {
        return txn.wish() == Wish.COMMITTED || outcomes.getOrDefault(txn.id(), Map.of()).containsValue(true);
    }
}
