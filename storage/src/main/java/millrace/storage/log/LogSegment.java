package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.record.RecordBatch;
import millrace.storage.file.DiskSpace;
import millrace.storage.file.SmallFiles;
import millrace.storage.identity.IdentityChain;

/// One segment: a `.log` file and what is known about where things are in it.
///
///     cold ──use()──▶ open ──append()──▶ dirty ──synced()──▶ open
///       ▲               │   (only the log's last segment is appended to)
///       └──unload()─────┘   (only when not pinned)
///
/// A pinned segment stays open: the log's last one, and a rolled one until its index files are on the device ([#release]). All others are
/// opened by the first read and closed by the [SegmentCache].
///
/// Who may call what: appends and rolls under the log's lock; file writing and truncation under its flush lock; reads from any thread.
final class LogSegment {
    static final long UNKNOWN = Long.MIN_VALUE;
    /// Every file that belongs to a segment, the log last: without it the others mean nothing.
    static final List<String> SUFFIXES = List.of(SegmentFiles.OFFSET_INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TRANSACTION_INDEX, SegmentFiles.IDENTITY, SegmentFiles.LOG);
    /// The same for one that leaves the log while there are others: no index may be missing while its log is there, and an identity without its log
    /// tells of a lost one.
    static final List<String> LEAVING = List.of(SegmentFiles.IDENTITY, SegmentFiles.LOG, SegmentFiles.TRANSACTION_INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.OFFSET_INDEX);
    private static final int LEAST_BATCH = RecordBatch.HEADER_BYTES;

    /// A held descriptor with the indexes that belong to it. Whoever took it releases the file.
    record Open(DiskFile file, OffsetIndex offsets, TimeIndex times) {}

    /// Where a batch lies.
    record Found(int position, int sizeInBytes, long baseOffset, long lastOffset, long maxTimestamp) {}

    final long baseOffset;
    final long createdMs;
    private final LogPlace place;
    final SegmentIdentity identity;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile String ending = "";                            // `.cleaned` or `.swap` while it is on its way into the log
    private volatile Open open;
    private volatile boolean pinned;
    private volatile boolean gone;
    private volatile int sizeInBytes;
    private volatile TransactionIndex transactions;                 // null: not looked at yet
    private volatile long largestTimestamp = UNKNOWN;
    private volatile long offsetOfLargestTimestamp = UNKNOWN;
    private volatile long firstTimestamp = UNKNOWN;
    private int bytesSinceIndexEntry;

    // Under the flush lock: what is on the device.
    private int syncedBytes;
    private boolean syncedOnce;                                     // a new file's name needs its inode, also while it is empty
    private volatile boolean sideFilesWritten;
    private int writtenOffsetEntries;
    private int writtenTimeEntries;
    private int writtenTransactions;

    private LogSegment(LogPlace place, long baseOffset, int sizeInBytes, long createdMs) {
        this.place = place;
        this.baseOffset = baseOffset;
        this.sizeInBytes = sizeInBytes;
        this.createdMs = createdMs;
        this.identity = new SegmentIdentity(place, baseOffset);
    }

    /// A new segment at the end of the log. The file may be there already, left empty or half by a crash.
    static LogSegment create(LogPlace place, long baseOffset) throws IOException {
        return empty(place, baseOffset, "");
    }

    /// What compaction leaves of one or more segments, outside the log until it takes their place. What an earlier attempt left is deleted.
    static LogSegment createCleaned(LogPlace place, long baseOffset) throws IOException {
        for (String suffix : SUFFIXES) place.disk().delete(SegmentFiles.file(place.directory(), baseOffset, suffix + SegmentFiles.CLEANED));
        return empty(place, baseOffset, SegmentFiles.CLEANED);
    }

    private static LogSegment empty(LogPlace place, long baseOffset, String ending) throws IOException {
        var segment = new LogSegment(place, baseOffset, 0, place.clock().timestampMs());
        segment.ending = ending;
        segment.identity.movedTo(segment.file(SegmentFiles.IDENTITY));
        segment.identity.sweep();
        DiskFile file = place.disk().open(segment.logFile(), Disk.OpenMode.CREATE_READ_WRITE);
        if (file.size() > 0) file.truncate(0);
        segment.open = new Open(file, OffsetIndex.empty(), TimeIndex.empty());
        segment.transactions = TransactionIndex.EMPTY;
        segment.largestTimestamp = RecordBatch.NO_TIMESTAMP;
        segment.offsetOfLargestTimestamp = baseOffset;
        segment.firstTimestamp = RecordBatch.NO_TIMESTAMP;
        segment.pinned = true;
        return segment;
    }

    /// One that is there, not opened yet.
    static LogSegment existing(LogPlace place, long baseOffset, int sizeInBytes) {
        var segment = new LogSegment(place, baseOffset, sizeInBytes, place.clock().timestampMs());
        segment.transactions = TransactionIndex.EMPTY;
        segment.syncedBytes = sizeInBytes;
        segment.syncedOnce = true;
        segment.sideFilesWritten = true;
        if (sizeInBytes == 0) {
            segment.largestTimestamp = RecordBatch.NO_TIMESTAMP;
            segment.offsetOfLargestTimestamp = baseOffset;
            segment.firstTimestamp = RecordBatch.NO_TIMESTAMP;
        }
        return segment;
    }

    /// There is a transaction index file: it is read when first asked for.
    void expectTransactions() {
        transactions = null;
    }

    Path logFile() {
        return file(SegmentFiles.LOG);
    }

    Path file(String suffix) {
        return SegmentFiles.file(place.directory(), baseOffset, suffix + ending);
    }

    /// Gives the files another ending. The folder is to be synced afterwards.
    /// @param order of the suffixes: a crash may come between any two
    void rename(String newEnding, List<String> order) throws IOException {
        for (String suffix : order) {
            Path from = file(suffix);
            if (place.disk().exists(from)) place.disk().rename(from, SegmentFiles.file(place.directory(), baseOffset, suffix + newEnding));
        }
        ending = newEnding;
        identity.movedTo(file(SegmentFiles.IDENTITY));
    }

    /// It has left the log: its files are another's or deleted.
    boolean isGone() {
        return gone;
    }

    int sizeInBytes() {
        return sizeInBytes;
    }

    /// @return null where none is kept
    IdentityChain identity() throws IOException {
        return identity.chain(sizeInBytes);
    }

    // ---- opening ----

    /// @return the held descriptor and its indexes; null when the segment has left the log
    Open use() throws IOException {
        while (true) {
            Open now = open;
            if (now == null) now = load();
            if (now == null) return null;
            if (now.file.retain()) {
                if (!pinned) place.cache().used(this);
                return now;
            }
            if (gone) return null;
        }
    }

    private Open load() throws IOException {
        opening.lock();
        try {
            if (gone) return null;
            if (open != null) return open;
            DiskFile file = place.disk().open(logFile(), Disk.OpenMode.READ_WRITE);
            try {
                open = withIndexes(file);
                if (!sideFilesWritten && !pinned) writeRebuilt(open);
                return open;
            } finally {
                if (open == null) file.close();
            }
        } catch (NoSuchFileException e) {
            if (gone) return null;
            throw e;
        } finally {
            opening.unlock();
        }
    }

    /// A cold segment's indexes had to be made anew. Without room for them they stay in memory, and the segment stays open.
    private void writeRebuilt(Open made) throws IOException {
        try {
            writeSideFiles(made, true);
        } catch (IOException e) {
            if (!DiskSpace.isShort(place.disk(), place.directory(), e, 0)) throw e;
        }
    }

    private Open withIndexes(DiskFile file) throws IOException {
        OffsetIndex offsets = null;
        TimeIndex times = null;
        if (sizeInBytes > 0) {
            offsets = readOffsetIndex();
            times = readTimeIndex();
        }
        if (sizeInBytes == 0 || offsets != null && times != null) {
            writtenOffsetEntries = offsets == null ? 0 : offsets.count();
            writtenTimeEntries = times == null ? 0 : times.count();
            return new Open(file, offsets == null ? OffsetIndex.empty() : offsets, times == null ? TimeIndex.empty() : times);
        }
        return rebuilt(file);
    }

    private OffsetIndex readOffsetIndex() throws IOException {
        ByteBuffer bytes = sideFile(SegmentFiles.OFFSET_INDEX);
        if (bytes == null) return null;
        OffsetIndex index = OffsetIndex.read(bytes, sizeInBytes);
        if (index == null) rejected(SegmentFiles.OFFSET_INDEX, "its entries do not ascend or point past the log");
        return index;
    }

    private TimeIndex readTimeIndex() throws IOException {
        ByteBuffer bytes = sideFile(SegmentFiles.TIME_INDEX);
        if (bytes == null) return null;
        TimeIndex index = TimeIndex.read(bytes);
        if (index == null) rejected(SegmentFiles.TIME_INDEX, "its entries do not ascend");
        return index;
    }

    /// @return null when absent
    private ByteBuffer sideFile(String suffix) throws IOException {
        try {
            return SmallFiles.read(place.disk(), file(suffix));
        } catch (NoSuchFileException notWrittenBeforeACrash) {
            return null;
        }
    }

    private void rejected(String suffix, String reason) {
        place.host().onEvent(new LogEvent.SideFileRejected(place.topicPartition(), file(suffix), reason));
    }

    /// Makes both indexes from the log itself. The last segment's files stay as they are until the log is next flushed or closed.
    private Open rebuilt(DiskFile file) throws IOException {
        var made = new Open(file, OffsetIndex.empty(), TimeIndex.empty());
        ByteBuffer buffer = place.cache().lookUpBuffers.take();
        try {
            bytesSinceIndexEntry = 0;
            long largest = RecordBatch.NO_TIMESTAMP;
            long at = baseOffset;
            int interval = LogConfig.DEFAULTS.indexIntervalBytes();
            var batches = new GoodBatches(this, file, 0, sizeInBytes, buffer);
            int since = 0;
            for (HeaderScan scan; (scan = batches.next()) != null; ) {
                if (scan.maxTimestamp() > largest) {
                    largest = scan.maxTimestamp();
                    at = scan.lastOffset();
                }
                if (since > interval) {
                    made.offsets.append((int) (scan.lastOffset() - baseOffset), scan.position());
                    made.times.appendIfLater(largest, (int) (at - baseOffset));
                    since = 0;
                }
                since += scan.sizeInBytes();
            }
            made.times.appendIfLater(largest, (int) (at - baseOffset));
            largestTimestamp = largest;
            offsetOfLargestTimestamp = at;
        } finally {
            place.cache().lookUpBuffers.give(buffer);
        }
        sideFilesWritten = false;
        writtenOffsetEntries = 0;
        writtenTimeEntries = 0;
        return made;
    }

    /// Keeps the segment, once open, out of the cache's reach: it is the log's last one.
    void pin() {
        pinned = true;
        place.cache().forget(this);
    }

    /// It is the log's last one, and is going to be appended to: what says that it had come to its end goes first.
    void reopen() throws IOException {
        identity.reopen(sizeInBytes);
    }

    /// Opens with such indexes as there are, and with none where there are none: recovery makes the rest. The file is held and stays open.
    Open openForRecovery() throws IOException {
        opening.lock();
        try {
            pinned = true;
            if (open == null) {
                DiskFile file = place.disk().open(logFile(), Disk.OpenMode.READ_WRITE);
                OffsetIndex offsets = readQuietly(SegmentFiles.OFFSET_INDEX, bytes -> OffsetIndex.read(bytes, sizeInBytes));
                TimeIndex times = readQuietly(SegmentFiles.TIME_INDEX, TimeIndex::read);
                boolean usable = offsets != null && times != null;
                writtenOffsetEntries = usable ? offsets.count() : 0;
                writtenTimeEntries = usable ? times.count() : 0;
                open = usable ? new Open(file, offsets, times) : new Open(file, OffsetIndex.empty(), TimeIndex.empty());
            }
            if (!open.file.retain()) throw new IOException(logFile() + " has been closed");
            return open;
        } finally {
            opening.unlock();
        }
    }

    private <T> T readQuietly(String suffix, Function<ByteBuffer, T> reader) throws IOException {
        try {
            return reader.apply(SmallFiles.read(place.disk(), file(suffix)));
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    /// From now on the segment may be closed while nobody reads it.
    void release() {
        if (!pinned) return;
        pinned = false;
        if (open != null) place.cache().used(this);
    }

    /// Called by the cache.
    void unload() {
        opening.lock();
        try {
            if (pinned || open == null || !sideFilesWritten) return;
            DiskFile file = open.file;
            open = null;
            identity.forget();
            closeQuietly(file);
        } finally {
            opening.unlock();
        }
    }

    /// Nothing of ours is lost when closing a file fails that has been synced; readers hold it on.
    private static void closeQuietly(DiskFile file) {
        try {
            file.close();
        } catch (IOException synced) {
            // What mattered was synced before; a descriptor that cannot be closed cannot be used either.
        }
    }

    /// The segment has left the log, or the log is closed: readers that hold the file go on, new ones find it gone.
    void leave() {
        opening.lock();
        try {
            gone = true;
            place.cache().forget(this);
            identity.supersede();
            Open now = open;
            open = null;
            if (now != null) closeQuietly(now.file);
        } finally {
            opening.unlock();
        }
    }

    // ---- appending, under the log's lock ----

    /// Writes the batches behind what is there. The segment counts them only once [#appended] is called for each.
    void write(ByteBuffer batches) throws IOException {
        Open now = open == null ? load() : open;
        if (now == null) throw new IOException(logFile() + " has been closed");
        now.file.write(batches, sizeInBytes);
    }

    /// Takes back what a failed [#write] may have left behind the end.
    void unwrite() throws IOException {
        Open now = open;
        if (now != null) now.file.truncate(sizeInBytes);
    }

    /// Notes one batch that has been written, index entries included.
    void appended(RecordBatch batch, int indexIntervalBytes) throws IOException {
        identity.appended(batch, sizeInBytes);
        appended(batch.lastOffset(), batch.maxTimestamp(), batch.sizeInBytes(), indexIntervalBytes);
    }

    private void appended(long lastOffset, long maxTimestamp, int batchBytes, int indexIntervalBytes) throws IOException {
        Open now = open;
        int position = sizeInBytes;
        if (largestTimestamp == UNKNOWN) readLargestTimestamp();
        if (position == 0) firstTimestamp = maxTimestamp;
        if (maxTimestamp > largestTimestamp) {
            largestTimestamp = maxTimestamp;
            offsetOfLargestTimestamp = lastOffset;
        }
        if (bytesSinceIndexEntry > indexIntervalBytes) {
            now.offsets.append((int) (lastOffset - baseOffset), position);
            now.times.appendIfLater(largestTimestamp, (int) (offsetOfLargestTimestamp - baseOffset));
            bytesSinceIndexEntry = 0;
        }
        bytesSinceIndexEntry += batchBytes;
        sideFilesWritten = false;
        sizeInBytes = position + batchBytes;
    }

    boolean canHold(long offset) {
        long relative = offset - baseOffset;
        return relative >= 0 && relative <= Integer.MAX_VALUE;
    }

    boolean indexesAreFull(int segmentIndexBytes) {
        Open now = open;
        return now != null && (now.offsets.count() >= segmentIndexBytes / OffsetIndex.ENTRY_BYTES
                || now.times.count() >= segmentIndexBytes / TimeIndex.ENTRY_BYTES - 1);
    }

    /// How long the segment has been filling, by the records' time where they have one, else by the clock's.
    long filledForMs(long newestTimestamp, long timestampMs) throws IOException {
        if (sizeInBytes == 0) return 0;
        if (firstTimestamp == UNKNOWN) readFirstTimestamp();
        return firstTimestamp >= 0 && newestTimestamp >= 0 ? newestTimestamp - firstTimestamp : timestampMs - createdMs;
    }

    /// Largest timestamp of the first batch, -1 when it has none.
    long firstTimestamp() throws IOException {
        if (firstTimestamp == UNKNOWN) readFirstTimestamp();
        return firstTimestamp;
    }

    private void readFirstTimestamp() throws IOException {
        Found first = find(baseOffset, sizeInBytes);
        firstTimestamp = first == null ? RecordBatch.NO_TIMESTAMP : first.maxTimestamp;
    }

    /// No more batches come: the time index gets its last entry, and what has been appended is claimed.
    void endOfAppends() throws IOException {
        identity.seal();
        Open now = open;
        if (now == null || sizeInBytes == 0) return;
        if (largestTimestamp == UNKNOWN) readLargestTimestamp();
        now.times.appendIfLater(largestTimestamp, (int) (offsetOfLargestTimestamp - baseOffset));
    }

    void addAborted(AbortedTransaction aborted) throws IOException {
        transactions = transactions().with(aborted);
        sideFilesWritten = false;
    }

    // ---- looking up, any thread ----

    /// The first batch that ends at `offset` or behind it.
    /// @param limit bytes of the segment that count
    /// @return null when there is none
    Found find(long offset, int limit) throws IOException {
        Open held = use();
        if (held == null) return null;
        try {
            return find(held, offset, limit);
        } finally {
            held.file.release();
        }
    }

    Found find(Open held, long offset, int limit) throws IOException {
        int entry = held.offsets.floor(offset - baseOffset);
        int claimed = SegmentIdentity.startOf(identity(), offset);
        boolean byIndex = entry >= 0 && held.offsets.position(entry) > claimed;
        int from = byIndex ? held.offsets.position(entry) : claimed;
        if (from >= limit) return null;
        ByteBuffer buffer = place.cache().lookUpBuffers.take();
        try {
            var scan = new HeaderScan(held.file, from, limit, buffer);
            while (scan.next()) {
                if (byIndex && scan.position() == from && scan.lastOffset() != baseOffset + held.offsets.relativeOffset(entry)) break;
                if (scan.lastOffset() >= offset)
                    return new Found(scan.position(), scan.sizeInBytes(), scan.baseOffset(), scan.lastOffset(), scan.maxTimestamp());
            }
            if (byIndex && scan.position() == from) return findWithoutIndex(held, claimed, offset, limit, buffer);
            if (scan.brokenAt() >= 0 && !gone) throw new CorruptSegment(logFile(), scan.brokenAt());
            return null;
        } finally {
            place.cache().lookUpBuffers.give(buffer);
        }
    }

    /// The index points where no batch of its offset begins. It is not believed again while the segment is open; the scrubber throws it away.
    private Found findWithoutIndex(Open held, int from, long offset, int limit, ByteBuffer buffer) throws IOException {
        var scan = new HeaderScan(held.file, from, limit, buffer);
        while (scan.next()) {
            if (scan.lastOffset() < offset) continue;
            indexIsWrong(held);
            return new Found(scan.position(), scan.sizeInBytes(), scan.baseOffset(), scan.lastOffset(), scan.maxTimestamp());
        }
        if (scan.brokenAt() >= 0 && !gone) throw new CorruptSegment(logFile(), scan.brokenAt());
        return null;
    }

    /// The index files are wrong: the next read makes them anew.
    void dropIndexes() throws IOException {
        opening.lock();
        try {
            if (pinned || gone) return;
            rejected(SegmentFiles.OFFSET_INDEX, "it points where no batch begins");
            place.disk().delete(file(SegmentFiles.OFFSET_INDEX));
            place.disk().delete(file(SegmentFiles.TIME_INDEX));
            if (open != null) closeQuietly(open.file);
            open = null;
        } finally {
            opening.unlock();
        }
    }

    private void indexIsWrong(Open held) {
        opening.lock();
        try {
            if (open != held || pinned) return;
            rejected(SegmentFiles.OFFSET_INDEX, "it points where no batch begins");
            open = new Open(held.file, OffsetIndex.empty(), held.times);
        } finally {
            opening.unlock();
        }
    }

    /// The first batch at `fromOffset` or behind it whose largest timestamp is `timestampMs` or later.
    Found findTimestamp(Open held, long timestampMs, long fromOffset, int limit) throws IOException {
        int entry = held.times.lower(timestampMs);
        long start = entry < 0 ? fromOffset : Math.max(fromOffset, baseOffset + held.times.relativeOffset(entry));
        int from = Math.max(held.offsets.positionBefore(start - baseOffset), SegmentIdentity.startOf(identity(), start));
        if (from >= limit) return null;
        ByteBuffer buffer = place.cache().lookUpBuffers.take();
        try {
            var batches = new GoodBatches(this, held.file, from, limit, buffer);
            for (HeaderScan scan; (scan = batches.next()) != null; ) {
                if (scan.maxTimestamp() >= timestampMs && scan.lastOffset() >= fromOffset)
                    return new Found(scan.position(), scan.sizeInBytes(), scan.baseOffset(), scan.lastOffset(), scan.maxTimestamp());
            }
            return null;
        } finally {
            place.cache().lookUpBuffers.give(buffer);
        }
    }

    /// The offset behind the last batch, as it was claimed where a claim speaks of the whole segment: then damage at its end moves nothing.
    /// @return -1 when nobody knows it without reading the segment
    long endOffset() throws IOException {
        if (sizeInBytes == 0) return baseOffset;
        IdentityChain claims = identity();
        int last = claims == null ? -1 : claims.spanAt(sizeInBytes - 1);
        if (last < 0 || claims.kind(last) == IdentityChain.Kind.UNCHECKED) return nextOffset();
        boolean whole = claims.coveredBytes() == sizeInBytes && claims.coveredOffset() != IdentityChain.UNKNOWN_OFFSET;
        return whole ? claims.coveredOffset() + 1 : -1;
    }

    /// The offset behind the last batch, found from the last index entry on.
    /// @return -1 when the segment does not end with a whole batch, or its index is not about it
    long nextOffset() throws IOException {
        if (sizeInBytes == 0) return baseOffset;
        Open held = use();
        if (held == null) return -1;
        ByteBuffer buffer = place.cache().lookUpBuffers.take();
        try {
            int entry = held.offsets.count() - 1;
            var scan = new HeaderScan(held.file, entry < 0 ? 0 : held.offsets.position(entry), sizeInBytes, buffer);
            long next = -1;
            while (scan.next()) {
                if (next < 0 && entry >= 0 && scan.lastOffset() != baseOffset + held.offsets.relativeOffset(entry)) return -1;
                if (scan.baseOffset() < Math.max(next, baseOffset)) return -1;
                next = scan.lastOffset() + 1;
            }
            return scan.brokenAt() >= 0 ? -1 : next;
        } finally {
            place.cache().lookUpBuffers.give(buffer);
            held.file.release();
        }
    }

    /// An offset that is not below any record in the bytes before `position`, as the index knows it.
    long upperBoundAt(Open held, long position, long otherwise) {
        int entry = position > Integer.MAX_VALUE ? -1 : held.offsets.firstAtOrAfter((int) position);
        return entry < 0 ? otherwise : baseOffset + held.offsets.relativeOffset(entry);
    }

    /// Largest record timestamp, -1 when no record has one.
    long largestTimestamp() throws IOException {
        if (largestTimestamp == UNKNOWN) readLargestTimestamp();
        return largestTimestamp;
    }

    long offsetOfLargestTimestamp() throws IOException {
        if (offsetOfLargestTimestamp == UNKNOWN) readLargestTimestamp();
        return offsetOfLargestTimestamp;
    }

    /// From the time index, whose last entry has it when the segment was closed in order; what lies behind that entry is walked over.
    private void readLargestTimestamp() throws IOException {
        Open held = use();
        if (held == null) return;
        ByteBuffer buffer = place.cache().lookUpBuffers.take();
        try {
            int last = held.times.count() - 1;
            long largest = last < 0 ? RecordBatch.NO_TIMESTAMP : held.times.timestamp(last);
            long at = last < 0 ? baseOffset : baseOffset + held.times.relativeOffset(last);
            int entry = held.offsets.count() - 1;
            int from = entry < 0 ? 0 : held.offsets.position(entry);
            var batches = new GoodBatches(this, held.file, from, sizeInBytes, buffer);
            for (HeaderScan scan; (scan = batches.next()) != null; ) {
                if (scan.maxTimestamp() > largest) {
                    largest = scan.maxTimestamp();
                    at = scan.lastOffset();
                }
            }
            offsetOfLargestTimestamp = at;
            largestTimestamp = largest;
        } finally {
            place.cache().lookUpBuffers.give(buffer);
            held.file.release();
        }
    }

    /// When the file was last written, for records without timestamps.
    long lastModifiedMs() throws IOException {
        return place.disk().lastModifiedMs(logFile());
    }

    TransactionIndex transactions() throws IOException {
        TransactionIndex now = transactions;
        if (now != null) return now;
        opening.lock();
        try {
            if (transactions == null) {
                ByteBuffer bytes = SmallFiles.read(place.disk(), file(SegmentFiles.TRANSACTION_INDEX));
                TransactionIndex read = TransactionIndex.read(bytes);
                if (read == null) throw new CorruptSegment(file(SegmentFiles.TRANSACTION_INDEX), 0);
                writtenTransactions = read.entries().size();
                transactions = read;
            }
            return transactions;
        } catch (NoSuchFileException e) {
            if (gone) return TransactionIndex.EMPTY;
            throw e;
        } finally {
            opening.unlock();
        }
    }

    /// @return null when there is an index file and it cannot be used
    TransactionIndex readableTransactions() {
        try {
            return transactions();
        } catch (CorruptSegment | IOException unusable) {
            rejected(SegmentFiles.TRANSACTION_INDEX, unusable.getMessage());
            return null;
        }
    }

    /// The markers from `offset` on are about to be read again.
    void forgetTransactionsFrom(long offset) throws IOException {
        TransactionIndex now = transactions();
        TransactionIndex kept = now.below(offset);
        if (kept != now) replaceTransactions(kept);
    }

    /// Puts another index in place of the one read or not read: recovery makes it anew.
    void replaceTransactions(TransactionIndex index) {
        transactions = index;
        writtenTransactions = -1;
        sideFilesWritten = false;
    }

    // ---- files, under the flush lock ----

    boolean isSynced(int bytes) {
        return syncedBytes >= bytes && syncedOnce;
    }

    /// On the device with its side files, and not going to change.
    boolean isAtRest() {
        return sideFilesWritten && syncedBytes == sizeInBytes;
    }

    /// @param bytes as captured under the log's lock: later ones may or may not be on the device
    void sync(int bytes) throws IOException {
        Open held = use();
        if (held == null) return;
        try {
            held.file.sync();
            syncedBytes = bytes;
            syncedOnce = true;
        } finally {
            held.file.release();
        }
    }

    /// Writes and syncs what the index files lack.
    /// @param atRest no batch is appended any more, so the files are complete and the segment may go cold
    void writeSideFiles(boolean atRest) throws IOException {
        Open held = use();
        if (held == null) return;
        try {
            writeSideFiles(held, atRest);
        } finally {
            held.file.release();
        }
    }

    private void writeSideFiles(Open held, boolean atRest) throws IOException {
        int offsets = held.offsets.count();
        int times = held.times.count();
        TransactionIndex aborted = transactions();
        writeEntries(SegmentFiles.OFFSET_INDEX, held.offsets.bytes(writtenOffsetEntries, offsets), (long) writtenOffsetEntries * OffsetIndex.ENTRY_BYTES);
        writeEntries(SegmentFiles.TIME_INDEX, held.times.bytes(writtenTimeEntries, times), (long) writtenTimeEntries * TimeIndex.ENTRY_BYTES);
        if (aborted.entries().size() != writtenTransactions) writeTransactions(aborted);
        if (atRest && sizeInBytes == 0) identity();                  // nothing was appended, and that is to be written down
        identity.write(syncedBytes, atRest);
        writtenOffsetEntries = offsets;
        writtenTimeEntries = times;
        if (atRest) sideFilesWritten = true;
    }

    private void writeEntries(String suffix, ByteBuffer entries, long at) throws IOException {
        try (DiskFile out = place.disk().open(file(suffix), Disk.OpenMode.CREATE_READ_WRITE)) {
            long end = at + entries.remaining();
            if (entries.hasRemaining()) out.write(entries, at);
            if (out.size() > end) out.truncate(end);
            out.sync();
        }
    }

    private void writeTransactions(TransactionIndex aborted) throws IOException {
        if (aborted.entries().isEmpty()) place.disk().delete(file(SegmentFiles.TRANSACTION_INDEX));
        else SmallFiles.replaceWithoutDirectory(place.disk(), file(SegmentFiles.TRANSACTION_INDEX), aborted.bytes());
        writtenTransactions = aborted.entries().size();
    }

    /// Cuts the file at a batch's beginning and forgets what was known about the rest. On the device when it returns.
    void truncate(int bytes, long nextOffset) throws IOException {
        Open held = use();
        if (held == null) return;
        try {
            identity.cut(held.file, sizeInBytes, bytes, nextOffset);
            held.file.truncate(bytes);
            held.file.sync();
            OffsetIndex offsets = held.offsets.below(nextOffset - baseOffset);
            TimeIndex times = held.times.below(nextOffset - baseOffset);
            forgetTransactionsFrom(nextOffset);
            opening.lock();
            try {
                open = new Open(held.file, offsets, times);
            } finally {
                opening.unlock();
            }
            sizeInBytes = bytes;
            syncedBytes = bytes;
            writtenOffsetEntries = Math.min(writtenOffsetEntries, offsets.count());
            writtenTimeEntries = Math.min(writtenTimeEntries, times.count());
            sideFilesWritten = false;
            bytesSinceIndexEntry = 0;
            largestTimestamp = UNKNOWN;
            offsetOfLargestTimestamp = UNKNOWN;
            if (bytes == 0) forgetTimes();
        } finally {
            held.file.release();
        }
        if (largestTimestamp == UNKNOWN) readLargestTimestamp();
    }

    private void forgetTimes() {
        firstTimestamp = RecordBatch.NO_TIMESTAMP;
        largestTimestamp = RecordBatch.NO_TIMESTAMP;
        offsetOfLargestTimestamp = baseOffset;
    }

    /// For recovery, which walks the whole of a segment or its tail: from here on entries are made by [#appended].
    /// @param bytes where the walk begins
    /// @return what had been claimed of the segment, null where no identity is kept
    IdentityChain rewind(int bytes, long nextOffset) throws IOException {
        Open held = use();
        if (held == null) throw new IOException(logFile() + " has been closed");
        held.file.release();
        IdentityChain claims = identity.rewind(bytes, sizeInBytes);
        OffsetIndex offsets = bytes == 0 ? OffsetIndex.empty() : held.offsets.below(nextOffset - baseOffset);
        TimeIndex times = bytes == 0 ? TimeIndex.empty() : held.times.below(nextOffset - baseOffset);
        opening.lock();
        try {
            open = new Open(held.file, offsets, times);
        } finally {
            opening.unlock();
        }
        int last = times.count() - 1;
        largestTimestamp = last < 0 ? RecordBatch.NO_TIMESTAMP : times.timestamp(last);
        offsetOfLargestTimestamp = last < 0 ? baseOffset : baseOffset + times.relativeOffset(last);
        firstTimestamp = bytes == 0 ? RecordBatch.NO_TIMESTAMP : UNKNOWN;
        bytesSinceIndexEntry = 0;
        sizeInBytes = bytes;
        sideFilesWritten = false;
        writtenOffsetEntries = Math.min(writtenOffsetEntries, offsets.count());
        writtenTimeEntries = Math.min(writtenTimeEntries, times.count());
        return claims;
    }

    /// For recovery: what lies up to `bytes` was on the device and is damaged. It stays as it is and keeps its place.
    void skipDamaged(int bytes, long lastOffset) throws IOException {
        identity.skip(bytes, lastOffset);
        sizeInBytes = bytes;
    }

    /// As [#skipDamaged], for a span whose claim tells what should be there.
    void keepClaim(IdentityChain claims, int span, int bytes) {
        identity.keep(claims, span);
        sizeInBytes = bytes;
    }

    /// Smaller than any batch: a segment of fewer bytes holds nothing.
    static boolean isTooSmall(long bytes) {
        return bytes < LEAST_BATCH;
    }

    @Override public String toString() {
        return "segment " + SegmentFiles.name(baseOffset) + " of " + place.topicPartition() + " (" + sizeInBytes + " bytes)";
    }
}
