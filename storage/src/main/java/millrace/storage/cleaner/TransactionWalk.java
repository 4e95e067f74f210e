package millrace.storage.cleaner;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import millrace.record.ControlRecord;
import millrace.record.RecordBatch;
import millrace.storage.log.AbortedTransaction;

/// Tells of each batch, as one walks over a log, whether its transaction was aborted, and of each marker whether anything of its transaction
/// was met on the way. It goes from segment to segment: a transaction may span them (KAFKA-8351).
final class TransactionWalk {
    /// @param nothingLeft  no batch of the transaction was met
    /// @param stillAborted what the transaction index has to go on saying; null when nothing
    record Marker(boolean nothingLeft, AbortedTransaction stillAborted) {}

    private static final Marker NOTHING_LEFT = new Marker(true, null);
    private static final Marker NEEDED = new Marker(false, null);

    private static final class Aborted {
        final AbortedTransaction transaction;
        boolean met;

        Aborted(AbortedTransaction transaction) {
            this.transaction = transaction;
        }
    }

    private final PriorityQueue<AbortedTransaction> ahead = new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
    private final TreeMap<Long, Aborted> aborted = new TreeMap<>();
    private final TreeSet<Long> committed = new TreeSet<>();

    /// @param aborted all whose records or markers the walk may meet
    TransactionWalk(List<AbortedTransaction> aborted) {
        ahead.addAll(aborted);
    }

    /// @return whether the batch's records were taken back
    boolean isAborted(RecordBatch data) {
        reach(data.lastOffset());
        if (!data.isTransactional()) return false;
        Aborted its = aborted.get(data.producerId());
        if (its == null) {
            committed.add(data.producerId());
            return false;
        }
        its.met = true;
        return true;
    }

    /// @param end of the marker's batch; null when the batch holds no record any more
    Marker marker(RecordBatch control, ControlRecord end) {
        reach(control.lastOffset());
        if (end == null) return NOTHING_LEFT;
        if (!(end instanceof ControlRecord.EndTransaction marker)) return NEEDED;
        if (marker.commit()) return committed.remove(control.producerId()) ? NEEDED : NOTHING_LEFT;
        Aborted its = aborted.remove(control.producerId());
        return its != null && its.met ? new Marker(false, its.transaction) : NOTHING_LEFT;
    }

    private void reach(long offset) {
        while (!ahead.isEmpty() && ahead.peek().firstOffset() <= offset) {
            AbortedTransaction next = ahead.poll();
            aborted.putIfAbsent(next.producerId(), new Aborted(next));
        }
    }
}
