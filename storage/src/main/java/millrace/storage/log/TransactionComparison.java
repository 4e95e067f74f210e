package millrace.storage.log;

import millrace.record.RecordBatch;

/// Compares the entries of a segment's transaction index with its batches, which it is shown in order.
///
/// What can be told: an entry names the offset of an abort marker of its producer, in this segment. A marker that compaction has taken away
/// leaves its entry behind by right, and a marker without an entry ended a transaction that had no records here, so neither is a fault.
final class TransactionComparison {
    static final String ADVICE = "delete it with the node stopped, and the .snapshot files behind it and .kafka_cleanshutdown with it: the next start reads the log and makes it anew";

    record Wrong(int entry, String what) {}

    private final TransactionIndex index;
    private int next;
    private Wrong wrong;

    TransactionComparison(TransactionIndex index) {
        this.index = index;
    }

    void batch(RecordBatch batch) {
        for (; next < index.entries().size() && index.entries().get(next).lastOffset() <= batch.lastOffset(); next++) {
            AbortedTransaction entry = index.entries().get(next);
            if (entry.lastOffset() < batch.baseOffset() || wrong != null) continue;
            if (!batch.isControl() || batch.producerId() != entry.producerId())
                wrong = new Wrong(next, "entry " + next + " says that the marker of producer " + entry.producerId() + " lies at offset " + entry.lastOffset() + ", and another record does");
        }
    }

    /// @return null when nothing is wrong
    Wrong wrong(long baseOffset, long nextOffset) {
        for (int entry = 0; wrong == null && entry < index.entries().size(); entry++) {
            long last = index.entries().get(entry).lastOffset();
            if (last < baseOffset || last >= nextOffset)
                wrong = new Wrong(entry, "entry " + entry + " names offset " + last + ", and the segment has " + baseOffset + " to " + (nextOffset - 1));
        }
        return wrong;
    }
}
