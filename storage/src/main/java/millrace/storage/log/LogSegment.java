package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.record.RecordBatch;
import millrace.storage.file.DiskSpace;
import millrace.storage.identity.IdentityChain;

/// One segment: a `.log` file and what is known about where things are in it.
///
///     open ([SegmentOpening]) ──append()──▶ dirty ──sync()──▶ synced ──writeSideFiles(true)──▶ at rest
///                                 ▲  (only the log's last segment is appended to)
///                                 └── truncate(), rewind(): what is known of the rest is forgotten everywhere
///
/// What it knows is kept by one class for each kind of knowledge: [SegmentIdentity] what the bytes were, [SegmentIndexFiles] where offsets and times are,
/// [SegmentTimes] how old it is, [SegmentTransactions] who was aborted. [SegmentLookUp] finds batches. Here they are told of every change, together.
///
/// A pinned segment stays open: the log's last one, and a rolled one until its index files are on the device ([#release]). All others are
/// opened by the first read and closed by the [SegmentCache].
///
/// Who may call what: appends and rolls under the log's lock; file writing and truncation under its flush lock; reads from any thread.
final class LogSegment {
    /// Every file that belongs to a segment, the log last: without it the others mean nothing.
    static final List<String> SUFFIXES = List.of(SegmentFiles.OFFSET_INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TRANSACTION_SUM, SegmentFiles.TRANSACTION_INDEX,
            SegmentFiles.IDENTITY, SegmentFiles.LOG);
    /// The same for one that leaves the log while there are others: no index may be missing while its log is there, and an identity without its log
    /// tells of a lost one.
    static final List<String> LEAVING = List.of(SegmentFiles.IDENTITY, SegmentFiles.LOG, SegmentFiles.TRANSACTION_SUM, SegmentFiles.TRANSACTION_INDEX,
            SegmentFiles.TIME_INDEX, SegmentFiles.OFFSET_INDEX);

    /// A held descriptor with the indexes that belong to it. Whoever took it releases the file.
    record Open(DiskFile file, OffsetIndex offsets, TimeIndex times) {}

    /// Where a batch lies.
    record Found(int position, int sizeInBytes, long baseOffset, long lastOffset, long maxTimestamp) {}

    final long baseOffset;
    final SegmentIdentity identity;
    final SegmentTimes times;
    final SegmentLookUp lookUp;
    final SegmentOpening opening;
    private final LogPlace place;
    private final SegmentTransactions transactions;
    private final SegmentIndexFiles indexFiles;
    private volatile String ending = "";                            // `.cleaned` or `.swap` while it is on its way into the log
    private volatile int sizeInBytes;
    private int bytesSinceIndexEntry;

    // Under the flush lock: what is on the device.
    private volatile int syncedBytes;
    private boolean syncedOnce;                                     // a new file's name needs its inode, also while it is empty
    private volatile boolean sideFilesWritten;

    private LogSegment(LogPlace place, long baseOffset, int sizeInBytes) {
        this.place = place;
        this.baseOffset = baseOffset;
        this.sizeInBytes = sizeInBytes;
        this.identity = new SegmentIdentity(place, baseOffset);
        this.times = new SegmentTimes(this, place);
        this.transactions = new SegmentTransactions(this, place);
        this.indexFiles = new SegmentIndexFiles(this, place);
        this.lookUp = new SegmentLookUp(this, place);
        this.opening = new SegmentOpening(this, place, indexFiles);
        if (sizeInBytes == 0) times.none();
    }

    /// A new segment at the end of the log. The file may be there already, left empty or half by a crash.
    static LogSegment create(LogPlace place, long baseOffset, LogConfig config) throws IOException {
        LogSegment segment = empty(place, baseOffset, "");
        if (config.preallocate()) place.disk().allocate(segment.logFile(), config.segmentBytes());
        return segment;
    }

    /// What compaction leaves of one or more segments, outside the log until it takes their place. What an earlier attempt left is deleted.
    static LogSegment createCleaned(LogPlace place, long baseOffset) throws IOException {
        for (String suffix : SUFFIXES) place.disk().delete(SegmentFiles.file(place.directory(), baseOffset, suffix + SegmentFiles.CLEANED));
        return empty(place, baseOffset, SegmentFiles.CLEANED);
    }

    private static LogSegment empty(LogPlace place, long baseOffset, String ending) throws IOException {
        var segment = new LogSegment(place, baseOffset, 0);
        segment.ending = ending;
        segment.identity.movedTo(segment.file(SegmentFiles.IDENTITY));
        segment.identity.sweep();
        DiskFile file = place.disk().open(segment.logFile(), Disk.OpenMode.CREATE_READ_WRITE);
        if (file.size() > 0) file.truncate(0);
        segment.opening.begin(file);
        return segment;
    }

    /// One that is there, not opened yet.
    static LogSegment existing(LogPlace place, long baseOffset, int sizeInBytes) {
        var segment = new LogSegment(place, baseOffset, sizeInBytes);
        segment.syncedBytes = sizeInBytes;
        segment.syncedOnce = true;
        segment.sideFilesWritten = true;
        return segment;
    }

    /// There is a transaction index file: it is read when first asked for.
    void expectTransactions() {
        transactions.expect();
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
        return opening.isGone();
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
        return opening.use();
    }

    /// Opens with such indexes as there are, and with none where there are none: recovery makes the rest. The file is held and stays open.
    Open openForRecovery() throws IOException {
        return opening.useForRecovery();
    }

    /// Keeps the segment, once open, out of the cache's reach: it is the log's last one.
    void pin() {
        opening.pin();
    }

    /// It is the log's last one, and is going to be appended to: what says that it had come to its end goes first.
    void reopen() throws IOException {
        identity.reopen(sizeInBytes);
    }

    /// From now on the segment may be closed while nobody reads it.
    void release() {
        opening.release();
    }

    /// Called by the cache.
    void unload() {
        opening.close();
    }

    /// The segment has left the log, or the log is closed: readers that hold the file go on, new ones find it gone.
    void leave() {
        opening.leave();
    }

    /// The indexes have been made anew, in memory.
    void indexesAreUnwritten() {
        bytesSinceIndexEntry = 0;
        sideFilesWritten = false;
    }

    boolean hasWrittenSideFiles() {
        return sideFilesWritten;
    }

    /// A cold segment's indexes had to be made anew. Without room for them they stay in memory, and the segment stays open.
    void writeRebuilt(Open made) throws IOException {
        if (sideFilesWritten) return;
        try {
            writeSideFiles(made, true);
        } catch (IOException e) {
            if (!DiskSpace.isShort(place.disk(), place.directory(), e, 0)) throw e;
        }
    }

    /// The segment leaves the log, and its files are renamed to `.deleted`: identity and log first, without them the rest is rubbish that the
    /// next start clears.
    /// @param delayMs after which they may be deleted
    void remove(long delayMs) throws IOException {
        leave();
        var files = new ArrayList<Path>();
        for (String suffix : LEAVING) {
            Path file = file(suffix);
            if (!place.disk().exists(file)) continue;
            Path deleted = file.resolveSibling(file.getFileName() + SegmentFiles.DELETED);
            place.disk().rename(file, deleted);
            files.add(deleted);
        }
        place.host().deleteLater(files, delayMs);
    }

    // ---- appending, under the log's lock ----

    /// Writes the batches behind what is there. The segment counts them only once [#appended] is called for each.
    void write(ByteBuffer batches) throws IOException {
        Open now = opening.now() == null ? opening.load() : opening.now();
        if (now == null) throw new IOException(logFile() + " has been closed");
        now.file.write(batches, sizeInBytes);
    }

    /// Takes back what a failed [#write] may have left behind the end.
    void unwrite() throws IOException {
        Open now = opening.now();
        if (now != null) now.file.truncate(sizeInBytes);
    }

    /// Notes one batch that has been written, index entries included.
    void appended(RecordBatch batch, int indexIntervalBytes) throws IOException {
        Open now = opening.now();
        int position = sizeInBytes;
        identity.appended(batch, position);
        times.appended(position, batch.lastOffset(), batch.maxTimestamp());
        if (bytesSinceIndexEntry > indexIntervalBytes) {
            now.offsets.append((int) (batch.lastOffset() - baseOffset), position);
            times.noteIn(now.times);
            bytesSinceIndexEntry = 0;
        }
        bytesSinceIndexEntry += batch.sizeInBytes();
        sideFilesWritten = false;
        sizeInBytes = position + batch.sizeInBytes();
    }

    boolean canHold(long offset) {
        long relative = offset - baseOffset;
        return relative >= 0 && relative <= Integer.MAX_VALUE;
    }

    boolean indexesAreFull(int segmentIndexBytes) {
        Open now = opening.now();
        return now != null && (now.offsets.count() >= segmentIndexBytes / OffsetIndex.ENTRY_BYTES
                || now.times.count() >= segmentIndexBytes / TimeIndex.ENTRY_BYTES - 1);
    }

    /// No more batches come: the time index gets its last entry, and what has been appended is claimed.
    void endOfAppends() throws IOException {
        identity.seal();
        Open now = opening.now();
        if (now == null || sizeInBytes == 0) return;
        times.noteIn(now.times);
    }

    /// Gives back the room that was reserved for it, by whichever start of the broker.
    void trim() throws IOException {
        place.disk().trim(logFile());
    }

    void addAborted(AbortedTransaction aborted) throws IOException {
        transactions.add(aborted);
        sideFilesWritten = false;
    }

    // ---- looking up, any thread ----

    /// When the file was last written, for records without timestamps.
    long lastModifiedMs() throws IOException {
        return place.disk().lastModifiedMs(logFile());
    }

    TransactionIndex transactions() throws IOException {
        return transactions.index();
    }

    /// @return null when there is an index file and it cannot be used
    TransactionIndex readableTransactions() {
        return transactions.readable();
    }

    /// The markers from `offset` on are about to be read again.
    void forgetTransactionsFrom(long offset) throws IOException {
        if (transactions.forgetFrom(offset)) sideFilesWritten = false;
    }

    /// Puts another index in place of the one read or not read: recovery makes it anew.
    void replaceTransactions(TransactionIndex index) {
        transactions.replace(index);
        sideFilesWritten = false;
    }

    // ---- files, under the flush lock ----

    int syncedBytes() {
        return syncedBytes;
    }

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

    /// Writes and syncs what the index files lack; nothing for a segment that is as it was found.
    /// @param atRest no batch is appended any more, so the files are complete and the segment may go cold
    void writeSideFiles(boolean atRest) throws IOException {
        if (!atRest && sideFilesWritten) return;
        Open held = use();
        if (held == null) return;
        try {
            writeSideFiles(held, atRest);
        } finally {
            held.file.release();
        }
    }

    /// Of the side files only what was aborted.
    void writeTransactions() throws IOException {
        transactions.write();
    }

    /// What has been claimed of the synced bytes.
    void writeIdentity() throws IOException {
        identity.write(syncedBytes, false);
    }

    private void writeSideFiles(Open held, boolean atRest) throws IOException {
        indexFiles.write(held.offsets, held.times);
        transactions.write();
        if (atRest && sizeInBytes == 0) identity();                  // nothing was appended, and that is to be written down
        identity.write(syncedBytes, atRest);
        if (atRest) sideFilesWritten = true;
    }

    /// Cuts the file at a batch's beginning and forgets what was known about the rest. On the device when it returns.
    void truncate(int bytes, long nextOffset) throws IOException {
        Open held = use();
        if (held == null) return;
        try {
            identity.cut(held.file, sizeInBytes, bytes, nextOffset);
            held.file.truncate(bytes);
            held.file.sync();
            transactions.forgetFrom(nextOffset);
            takeIndexesBack(held, bytes, nextOffset);
            sizeInBytes = bytes;
            syncedBytes = bytes;
            times.forget();
            if (bytes == 0) times.none();
        } finally {
            held.file.release();
        }
        times.largest();
    }

    /// Entries about batches from `nextOffset` on go, in memory; files that have more are cut when they are next written.
    /// @param bytes that are left, or that are going to be walked over again
    private TimeIndex takeIndexesBack(Open held, int bytes, long nextOffset) {
        var kept = bytes == 0 ? SegmentIndexFiles.Indexes.none() : new SegmentIndexFiles.Indexes(held.offsets.below(nextOffset - baseOffset), held.times.below(nextOffset - baseOffset));
        opening.indexesAre(held, kept);
        indexFiles.takenBackTo(kept);
        indexesAreUnwritten();
        return kept.times();
    }

    /// For recovery, which walks the whole of a segment or its tail: from here on entries are made by [#appended].
    /// @param bytes where the walk begins
    /// @return what had been claimed of the segment, null where no identity is kept
    IdentityChain rewind(int bytes, long nextOffset) throws IOException {
        Open held = use();
        if (held == null) throw new IOException(logFile() + " has been closed");
        held.file.release();
        IdentityChain claims = identity.rewind(bytes, sizeInBytes);
        times.continueBehind(takeIndexesBack(held, bytes, nextOffset), bytes == 0);
        sizeInBytes = bytes;
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
        return bytes < RecordBatch.HEADER_BYTES;
    }

    @Override public String toString() {
        return "segment " + SegmentFiles.name(baseOffset) + " of " + place.topicPartition() + " (" + sizeInBytes + " bytes)";
    }
}
