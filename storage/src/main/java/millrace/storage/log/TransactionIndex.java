package millrace.storage.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The aborted transactions whose markers lie in one segment, in the order of the markers. Immutable; most segments have none and no file.
///
/// | at | bytes | field                                         |
/// |----|-------|-----------------------------------------------|
/// |  0 |   2   | version, 0                                    |
/// |  2 |   8   | producer id                                   |
/// | 10 |   8   | first offset                                  |
/// | 18 |   8   | last offset, the marker's                     |
/// | 26 |   8   | last stable offset when the marker was written |
record TransactionIndex(List<AbortedTransaction> entries) {
    static final int ENTRY_BYTES = 34;
    static final TransactionIndex EMPTY = new TransactionIndex(List.of());

    /// @return null when the bytes are no such index
    static TransactionIndex read(ByteBuffer file) {
        if (file.remaining() % ENTRY_BYTES != 0) return null;
        var entries = new ArrayList<AbortedTransaction>(file.remaining() / ENTRY_BYTES);
        long last = -1;
        while (file.hasRemaining()) {
            if (file.getShort() != 0) return null;
            var entry = new AbortedTransaction(file.getLong(), file.getLong(), file.getLong(), file.getLong());
            if (entry.lastOffset() <= last || entry.firstOffset() > entry.lastOffset()) return null;
            last = entry.lastOffset();
            entries.add(entry);
        }
        return new TransactionIndex(List.copyOf(entries));
    }

    TransactionIndex with(AbortedTransaction entry) {
        var more = new ArrayList<AbortedTransaction>(entries.size() + 1);
        more.addAll(entries);
        more.add(entry);
        return new TransactionIndex(List.copyOf(more));
    }

    /// What markers below `offset` say.
    TransactionIndex below(long offset) {
        var kept = entries.stream().filter(entry -> entry.lastOffset() < offset).toList();
        return kept.size() == entries.size() ? this : new TransactionIndex(kept);
    }

    ByteBuffer bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(entries.size() * ENTRY_BYTES);
        for (AbortedTransaction entry : entries)
            bytes.putShort((short) 0).putLong(entry.producerId()).putLong(entry.firstOffset()).putLong(entry.lastOffset()).putLong(entry.lastStableOffset());
        return bytes.flip();
    }

    /// Adds the transactions with records from `fromOffset` to below `upperBound`.
    /// @return true when no later segment can know of more
    boolean collect(long fromOffset, long upperBound, List<AbortedTransaction> into) {
        for (AbortedTransaction entry : entries) {
            if (entry.lastOffset() >= fromOffset && entry.firstOffset() < upperBound) into.add(entry);
            if (entry.lastStableOffset() >= upperBound) return true;
        }
        return false;
    }
}
