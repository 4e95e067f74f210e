package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.locks.ReentrantLock;
import millrace.storage.file.SmallFiles;

/// Which transactions a segment's markers have aborted, the `.txnindex` file that says so, and its checksum ([TransactionSum]).
///
///     expected ──first look──▶ read ◀──add()── (the log's lock)
///                                │ ──write()──▶ the file (the flush lock)
///
/// Invariant: whoever asks gets all of them or an error; a file that is there and cannot be read is never taken for none.
final class SegmentTransactions {
    private static final int NOT_AS_WRITTEN = -1;

    private final LogSegment segment;
    private final LogPlace place;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile TransactionIndex index = TransactionIndex.EMPTY;       // null: there is a file, not looked at yet
    private int written;

    SegmentTransactions(LogSegment segment, LogPlace place) {
        this.segment = segment;
        this.place = place;
    }

    /// There is a file: it is read when first asked for.
    void expect() {
        index = null;
    }

    TransactionIndex index() throws IOException {
        TransactionIndex now = index;
        if (now != null) return now;
        reading.lock();
        try {
            if (index == null) {
                ByteBuffer bytes = SmallFiles.read(place.disk(), segment.file(SegmentFiles.TRANSACTION_INDEX));
                TransactionIndex read = TransactionIndex.read(bytes);
                if (read == null || !isBorneOut(read)) throw new CorruptSegment(segment.file(SegmentFiles.TRANSACTION_INDEX), 0);
                written = read.entries().size();
                index = read;
            }
            return index;
        } catch (NoSuchFileException e) {
            if (segment.isGone()) return TransactionIndex.EMPTY;
            throw e;
        } finally {
            reading.unlock();
        }
    }

    private boolean isBorneOut(TransactionIndex read) throws IOException {
        try {
            return TransactionSum.bearsOut(SmallFiles.read(place.disk(), segment.file(SegmentFiles.TRANSACTION_SUM)), read, place.cache().identityGeneration());
        } catch (NoSuchFileException nothingSaid) {
            return true;
        }
    }

    /// @return null when there is a file and it cannot be used
    TransactionIndex readable() {
        try {
            return index();
        } catch (CorruptSegment | IOException unusable) {
            place.host().onEvent(new LogEvent.SideFileRejected(place.topicPartition(), segment.file(SegmentFiles.TRANSACTION_INDEX), unusable.getMessage()));
            return null;
        }
    }

    void add(AbortedTransaction aborted) throws IOException {
        index = index().with(aborted);
    }

    /// The markers from `offset` on are cut off, or about to be read again. The file is to be written anew whatever comes: as many others may.
    /// @return whether any is forgotten
    boolean forgetFrom(long offset) throws IOException {
        TransactionIndex now = index();
        TransactionIndex kept = now.below(offset);
        if (kept == now) return false;
        replace(kept);
        return true;
    }

    /// Puts another index in place of the one read or not read: recovery makes it anew.
    void replace(TransactionIndex made) {
        index = made;
        written = NOT_AS_WRITTEN;
    }

    /// Brings the file to what is known, under the flush lock. The folder is to be synced afterwards.
    void write() throws IOException {
        TransactionIndex now = index();
        if (now.entries().size() == written) return;
        if (now.entries().isEmpty()) {
            place.disk().delete(segment.file(SegmentFiles.TRANSACTION_SUM));
            place.disk().delete(segment.file(SegmentFiles.TRANSACTION_INDEX));
        } else {
            SmallFiles.replaceWithoutDirectory(place.disk(), segment.file(SegmentFiles.TRANSACTION_INDEX), now.bytes());
            if (place.cache().keepsIdentity()) SmallFiles.replaceWithoutDirectory(place.disk(), segment.file(SegmentFiles.TRANSACTION_SUM), TransactionSum.bytes(now, place.cache().identityGeneration()));
        }
        written = now.entries().size();
    }
}
