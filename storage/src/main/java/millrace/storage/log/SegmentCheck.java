package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.record.RecordBatch;
import millrace.storage.file.SmallFiles;

/// Reads one segment from its first byte to its last and tells what is wrong with it and with its indexes. Nothing is changed, and
/// nothing is believed: neither headers nor indexes lead the way, so that one damaged batch does not hide the next.
///
/// For one thread.
final class SegmentCheck {
    static final String REBUILD = "with the node stopped in order, './millrace log repair-index' makes it anew; a node does so by itself where it finds out";
    static final String RESTORE = "restore the file from a good replica's while the node is down, or delete the partition's folder on this node and have it copied again";
    private static final String TORN = "if this is the log's last segment after an unclean stop, it is a torn tail and the next start cuts it; else " + RESTORE;
    private static final int BUFFER_BYTES = 1 << 20;

    private final Disk disk;
    private final Path log;
    private final long baseOffset;
    private final LogFileWatch watch;
    private IndexComparison indexes;
    private TransactionComparison transactions;
    private long nextOffset;

    SegmentCheck(Disk disk, Path log, LogFileWatch watch) {
        this.disk = disk;
        this.log = log;
        this.baseOffset = SegmentFiles.offsetOf(log.getFileName().toString());
        this.watch = watch;
        this.nextOffset = baseOffset;
    }

    /// @param indexesMayBeBehind whether a missing index is no finding: the log's last segment while a node runs, or after it was killed
    void run(boolean indexesMayBeBehind) throws IOException {
        try (DiskFile file = disk.open(log, Disk.OpenMode.READ)) {
            if (file.size() > Integer.MAX_VALUE) {
                tell(log, Integer.MAX_VALUE, "the segment has " + file.size() + " bytes, more than 2 GiB", RESTORE);
                return;
            }
            int size = (int) file.size();
            indexes = readIndexes(size, indexesMayBeBehind);
            transactions = readTransactions();
            walk(file, size);
            indexes.end();
            tellIndexes();
        }
    }

    /// The offset behind the last good batch.
    long nextOffset() {
        return nextOffset;
    }

    // ---- indexes ----

    private IndexComparison readIndexes(int size, boolean mayBeBehind) {
        ByteBuffer offsetBytes = size == 0 ? null : sideFile(SegmentFiles.OFFSET_INDEX, mayBeBehind);
        ByteBuffer timeBytes = size == 0 ? null : sideFile(SegmentFiles.TIME_INDEX, mayBeBehind);
        OffsetIndex offsets = offsetBytes == null ? OffsetIndex.empty() : OffsetIndex.read(offsetBytes, size);
        TimeIndex times = timeBytes == null ? TimeIndex.empty() : TimeIndex.read(timeBytes);
        if (offsets == null) tell(side(SegmentFiles.OFFSET_INDEX), Finding.WHOLE_FILE, "its entries do not ascend or point past the segment's end", REBUILD);
        if (times == null) tell(side(SegmentFiles.TIME_INDEX), Finding.WHOLE_FILE, "its entries do not ascend", REBUILD);
        return new IndexComparison(baseOffset, offsets == null ? OffsetIndex.empty() : offsets, times == null ? TimeIndex.empty() : times);
    }

    private ByteBuffer sideFile(String suffix, boolean mayBeAbsent) {
        try {
            return SmallFiles.read(disk, side(suffix));
        } catch (NoSuchFileException absent) {
            if (!mayBeAbsent) tell(side(suffix), Finding.WHOLE_FILE, "it is missing", REBUILD);
        } catch (IOException unreadable) {
            watch.found(Finding.unreadable(side(suffix), unreadable));
        }
        return null;
    }

    private TransactionComparison readTransactions() {
        ByteBuffer bytes = sideFile(SegmentFiles.TRANSACTION_INDEX, true);
        TransactionIndex index = bytes == null ? TransactionIndex.EMPTY : TransactionIndex.read(bytes);
        if (index == null) tell(side(SegmentFiles.TRANSACTION_INDEX), Finding.WHOLE_FILE, "its entries are none, or do not ascend", TransactionComparison.ADVICE);
        return new TransactionComparison(index == null ? TransactionIndex.EMPTY : index);
    }

    private void tellIndexes() {
        tellIndex(SegmentFiles.OFFSET_INDEX, OffsetIndex.ENTRY_BYTES, indexes.wrongOffset());
        tellIndex(SegmentFiles.TIME_INDEX, TimeIndex.ENTRY_BYTES, indexes.wrongTime());
        TransactionComparison.Wrong wrong = transactions.wrong(baseOffset, nextOffset);
        if (wrong != null) tell(side(SegmentFiles.TRANSACTION_INDEX), (long) wrong.entry() * TransactionIndex.ENTRY_BYTES, wrong.what(), TransactionComparison.ADVICE);
    }

    private void tellIndex(String suffix, int entryBytes, IndexComparison.Wrong wrong) {
        if (wrong == null) return;
        String others = wrong.more() == 0 ? "" : " (and " + wrong.more() + " more entries are wrong)";
        tell(side(suffix), (long) wrong.entry() * entryBytes, "entry " + wrong.entry() + " " + wrong.what() + others, REBUILD);
    }

    // ---- batches ----

    private void walk(DiskFile file, int size) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        for (int from = 0; from >= 0 && from < size; ) {
            var reader = new BatchReader(file, from, size, buffer);
            while (reader.next()) batch(reader.batch(), reader.position() - reader.batch().sizeInBytes());
            if (reader.wrong() == null) return;
            from = stepOver(file, reader.position(), size, reader.wrong());
        }
    }

    private void batch(RecordBatch batch, int position) {
        watch.read(log, batch.sizeInBytes());
        long last = batch.lastOffset();
        if (batch.baseOffset() < nextOffset || last < batch.baseOffset() || last - baseOffset > Integer.MAX_VALUE) {
            tell(log, position, "the batch says offsets " + batch.baseOffset() + " to " + last + " where " + nextOffset + " or a later one was due", RESTORE);
            return;
        }
        indexes.batch(position, batch.baseOffset(), last, batch.maxTimestamp());
        transactions.batch(batch);
        nextOffset = last + 1;
    }

    /// @return where good batches follow, -1 when none do
    private int stepOver(DiskFile file, int position, int size, String wrong) throws IOException {
        int resumed = BatchSearch.next(file, position + 1, size, nextOffset, baseOffset);
        int until = resumed < 0 ? size : resumed;
        tell(log, position, wrong + "; " + (until - position) + " bytes are no good batch" + (resumed < 0 ? ", up to the end" : ", then good ones follow"), resumed < 0 ? TORN : RESTORE);
        indexes.damage(until, resumed < 0);
        watch.read(log, until - position);
        return resumed;
    }

    private Path side(String suffix) {
        return log.resolveSibling(SegmentFiles.name(baseOffset) + suffix);
    }

    private void tell(Path file, long position, String wrong, String advice) {
        watch.found(new Finding(file, position, wrong, advice));
    }
}
