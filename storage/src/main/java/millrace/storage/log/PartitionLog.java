package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import millrace.common.OffsetAndEpoch;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.storage.file.DiskSpace;
import millrace.storage.identity.IdentityChain;

/// One partition's log: record batches in the order of their offsets, in segment files.
///
/// This is the whole of it as others see it. What it is at a moment is in [LogState]; each way in which it changes is a class of its own:
///
///     append ──▶ LogAppends ──▶ SegmentRoll          (the log's lock)
///     read   ──▶ LogReader                           (no lock)
///     flush  ──▶ LogFlush                            (the flush lock)
///     truncate ─▶ LogTruncation    retention ─▶ LogRetention    compaction ─▶ LogRewrite ─▶ SegmentExchange     (both locks)
///     takeOver ─▶ LogTakeOver      close ─▶ LogClosing
///
/// Offsets: logStartOffset ≤ highWatermark ≤ logEndOffset, recoveryPoint ≤ flushedOffset ≤ logEndOffset. The log end offset is always the
/// offset behind the last batch, or the last segment's base where that is empty.
///
/// An append and a read may be called from an event loop: they touch the page cache only, but for a segment that is cold. Everything else
/// blocks and belongs on a worker. Lock order: flush lock, then the log's lock; the flush lock is held over device syncs, so nothing on an
/// event loop takes it.
///
/// A failing device is a [LogDirFailure]; from then on every append and flush throws it again. A full disk is none: the append is
/// refused with `KAFKA_STORAGE_ERROR` (which clients retry), the file is cut back to where it ended, and the next append may succeed.
public final class PartitionLog implements AutoCloseable {
    /// Says which topic's a folder is.
    public static final String TOPIC_ID_FILE = PartitionMetadata.FILE_NAME;

    private final LogPlace place;
    private final LogState state;
    private final SegmentRoll roll;
    private final LogAppends appends;
    private final LogReader reader;
    private final LogFlush flush;
    private final LogTruncation truncation;
    private final LogRetention retention;
    private final SegmentExchange exchange;
    private final LogClosing closing;

    private PartitionLog(LogPlace place, LogConfig config, LogStart start, LogLoader.Loaded loaded) {
        this.place = place;
        this.state = new LogState(place, config, start, loaded);
        this.roll = new SegmentRoll(state);
        this.appends = new LogAppends(state, roll);
        this.reader = new LogReader(state);
        this.flush = new LogFlush(this, state, loaded);
        this.truncation = new LogTruncation(state, flush);
        this.retention = new LogRetention(state, roll, flush);
        this.exchange = new SegmentExchange(state);
        this.closing = new LogClosing(state, flush);
    }

    /// Opens the log in `place.directory()`, which is created when absent; recovers it when `start` is not clean. Blocking.
    /// @throws DamagedLog when files lack what was on the device; nothing has been changed then
    /// @throws OutOfSpace when there is no room for a new log
    public static PartitionLog open(LogPlace place, LogConfig config, LogStart start) throws DamagedLog {
        try {
            return new PartitionLog(place, config, start, LogLoader.load(place, config, start));
        } catch (IOException e) {
            if (DiskSpace.isShort(place.disk(), place.directory(), e, 0)) throw new OutOfSpace("open the log of " + place.topicPartition() + " in " + place.directory(), e);
            throw new LogDirFailure(place.directory(), place.directory(), "open the log of " + place.topicPartition(), e);
        }
    }

    private <T> T locked(Supplier<T> what) {
        state.lock.lock();
        try {
            return what.get();
        } finally {
            state.lock.unlock();
        }
    }

    // ---- append ----

    /// Appends as the partition's leader: offsets and leader epoch are written into `batches` where they lie, then the bytes to the file.
    ///
    /// @param batches one batch from [AppendOrigin#CLIENT] and [AppendOrigin#COORDINATOR], one or more from [AppendOrigin#RAFT_LEADER];
    ///                position to limit, position and limit are not moved
    /// @throws LogDirFailure if the device fails; this log directory is offline from then on
    public AppendResult appendAsLeader(ByteBuffer batches, int leaderEpoch, AppendOrigin origin) {
        return appendAsLeader(batches, leaderEpoch, origin, (short) 0);
    }

    /// @param transactionVersion of the transaction markers in `batches` (WriteTxnMarkers): from 2 on a marker's epoch must be higher than the
    ///                           producer's last one here, unless it repeats one that has been written
    public AppendResult appendAsLeader(ByteBuffer batches, int leaderEpoch, AppendOrigin origin, short transactionVersion) {
        AppendResult result = appends.asLeader(batches, leaderEpoch, origin, transactionVersion);
        if (origin != AppendOrigin.RAFT_LEADER) askForFlush(result);                 // the quorum flushes by itself
        return result;
    }

    /// Appends what a leader has sent: offsets, epochs and CRC are as they are to be. A batch cut off at the end is left out.
    /// @param batches position to limit, not moved
    public AppendResult appendAsFollower(ByteBuffer batches) {
        AppendResult result = appends.asFollower(batches);
        askForFlush(result);
        return result;
    }

    private void askForFlush(AppendResult result) {
        if (result instanceof AppendResult.Appended) flush.askWhereDue();
    }

    /// Begins a new segment, unless the last one is empty. Blocking only for the creation of one file.
    public void roll() {
        roll.now();
        flush.askWhereDue();
    }

    // ---- read ----

    /// Reads batches, beginning with the one that holds `startOffset`.
    /// @param maxBytes         in bytes; the last batch may be cut there, as in Kafka
    /// @param beforeOffset     no batch with an offset at or above it is returned (high watermark, last stable offset)
    /// @param atLeastOneBatch  a first batch larger than `maxBytes` is returned all the same, so that a reader always advances (KIP-74)
    /// @return `Read`, empty at the bound; its file is to be released once. `OutOfRange` with the log's two ends
    /// @throws CorruptSegment when the file holds no batch where one should be
    /// @throws LogDirFailure  if the device fails
    public ReadResult read(long startOffset, int maxBytes, long beforeOffset, boolean atLeastOneBatch) {
        if (place.cache().believedForMs() == 0) state.sealTail();
        return reader.read(startOffset, maxBytes, beforeOffset, atLeastOneBatch);
    }

    /// @return a copy of whole batches, at least one where there is one; empty at the bound and where `startOffset` is not in the log
    public ByteBuffer readBytes(long startOffset, int maxBytes, long beforeOffset) {
        if (place.cache().believedForMs() == 0) state.sealTail();
        return reader.readBytes(startOffset, maxBytes, beforeOffset);
    }

    /// The first record as late as `timestampMs`, wall clock. The caller compares the offset with the high watermark.
    public Optional<TimestampOffset> offsetForTimestamp(long timestampMs) {
        return reader.offsetForTimestamp(timestampMs);
    }

    /// The first record with the largest timestamp.
    public Optional<TimestampOffset> maxTimestampOffset() {
        return reader.maxTimestampOffset();
    }

    // ---- what it is ----

    public TopicPartition topicPartition() {
        return state.topicPartition();
    }

    public Path directory() {
        return place.directory();
    }

    public LogConfig config() {
        return state.config();
    }

    /// Takes effect with the next append, roll, flush or retention.
    public void updateConfig(LogConfig newConfig) {
        state.configIs(newConfig);
    }

    /// [Uuid#ZERO] when not known (no partition.metadata).
    public Uuid topicId() {
        return state.topicId();
    }

    /// Notes whose folder this is. Survives the process at once, a power loss with the next flush.
    /// @throws IllegalStateException when the folder belongs to another topic
    /// @throws OutOfSpace            when there is no room to note it
    public void assignTopicId(Uuid id) {
        state.assignTopicId(id);
    }

    public long logStartOffset() {
        return state.logStartOffset();
    }

    public long logEndOffset() {
        return state.end().offset();
    }

    /// What may be written down of it, so that it is believed when it is read again.
    public long durableLogStartOffset() {
        return flush.durableLogStart();
    }

    /// As last told with [#updateHighWatermark]: bounds retention, and says which ended transactions are replicated.
    public long highWatermark() {
        return state.highWatermark();
    }

    /// Cheap; only ever raises it (a truncation lowers it).
    public void updateHighWatermark(long newHighWatermark) {
        state.raiseHighWatermark(newHighWatermark);
    }

    /// Below it no transaction is undecided.
    public long lastStableOffset(long highWatermark) {
        return Math.min(highWatermark, Math.max(state.producers.firstUnstableOffset(), state.logStartOffset()));
    }

    public long sizeInBytes() {
        long bytes = 0;
        for (LogSegment each : state.segments()) bytes += each.sizeInBytes();
        return bytes;
    }

    public int segmentCount() {
        return state.segments().length;
    }

    // ---- leader epochs ----

    /// -1 when there is none.
    public int latestEpoch() {
        return state.epochs().latest();
    }

    /// A new leader notes where its epoch begins, before its first append.
    public void assignLeaderEpoch(int leaderEpoch, long startOffset) {
        state.assignLeaderEpoch(leaderEpoch, startOffset);
    }

    /// @return the largest epoch at or below the asked one, and the offset behind its last record; -1 and -1 when unknown (KIP-279)
    public OffsetAndEpoch epochEndOffset(int leaderEpoch) {
        LeaderEpochs now = state.epochs();
        return now.endOf(leaderEpoch, state.end().offset());
    }

    /// Leader epoch of the record at `offset`, -1 when unknown.
    public int epochAt(long offset) {
        return state.epochs().at(offset);
    }

    // ---- producers ----

    /// @return whether that producer has a transaction open here in that epoch
    public boolean hasOpenTransaction(long producerId, short producerEpoch) {
        return locked(() -> state.producers.isOpen(producerId, producerEpoch));
    }

    /// @return whether a later epoch of that producer has been here, so that whoever writes in this one is fenced
    public boolean hasLaterEpoch(long producerId, short producerEpoch) {
        return locked(() -> state.producers.hasLaterEpoch(producerId, producerEpoch));
    }

    /// In order of producer id.
    public List<ProducerView> producers() {
        return locked(state.producers::views);
    }

    /// What producers did last, by producer id: compaction keeps it for who is still active.
    public SortedMap<Long, LastRecord> lastRecordsOfProducers() {
        return locked(state.producers::lastRecords);
    }

    /// Forgets producer ids that have been silent for `producer.id.expiration.ms`.
    public void expireProducers(long timestampMs) {
        state.lock.lock();
        try {
            state.producers.expire(timestampMs, state.config().producerIdExpirationMs());
        } finally {
            state.lock.unlock();
        }
    }

    /// This log is a copy of `before` and takes its place: what the batches alone do not tell comes along. That is where the log starts,
    /// where it ends if nothing lies there any more, the epochs without a record, and the producers whose records are gone (KAFKA-20961).
    /// Nobody appends to either meanwhile.
    public void takeOver(PartitionLog before) {
        LogTakeOver.of(before.state, state, roll);
    }

    // ---- flush ----

    /// Returns when everything below `uptoOffset` is on the device. Blocking; one sync per dirty segment file.
    /// @throws LogDirFailure if a sync fails. It is not tried again: the kernel has dropped what it could not write
    public void flush(long uptoOffset) {
        flush.upTo(uptoOffset);
    }

    /// Has the device take what is dirty a piece at a time, so that a [#flush] that is to follow, and that nobody waits for, keeps it from others for less. Blocking.
    /// @param pieceBytes to be given at a time at least; less than that in a segment is left to the flush
    /// @throws LogDirFailure if the device fails
    public void writeBack(long pieceBytes) {
        flush.writeBack(pieceBytes);
    }

    /// Whether a flush has something to do: bytes, names or side files that are not on the device.
    public boolean isDirty() {
        return flush.isDirty();
    }

    /// What the log's own files have in the page cache only, in bytes.
    public long unflushedBytes() {
        return flush.unflushedBytes();
    }

    /// Everything below is on the device.
    public long flushedOffset() {
        return flush.flushedOffset();
    }

    /// Recovery may begin here: everything below is on the device, with what is needed to read it.
    public long recoveryPoint() {
        return flush.recoveryPoint();
    }

    /// What is not on the device yet, for a copy elsewhere ([millrace.storage.ahead]).
    /// @return null when a copy would not be enough, because the folder itself could be missing after a power loss, or when the tail is not in
    ///         one segment; then [#flush] is the way
    /// @throws LogDirFailure when the device has failed
    public LogTail tail() {
        return flush.tail();
    }

    /// A copy of the tail is on the device.
    public void copied(LogTail tail) {
        flush.copied(tail);
    }

    /// Called once the flushed offset has moved; by whoever owns the syncs, on its thread.
    public void onFlushed(FlushListener listener) {
        flush.onFlushed(listener);
    }

    /// For the owner of the syncs: tells the listener how far the log is on the device. [#tellAllTold] follows.
    public void tellFlushed() {
        flush.tellFlushed();
    }

    /// For the owner of the syncs: the listeners of all logs that were synced together have been told.
    public void tellAllTold() {
        flush.tellAllTold();
    }

    // ---- truncate, delete ----

    /// Takes back everything from `offset` on, and the batch that holds `offset` with it. Blocking; on the device when it returns.
    /// @return whether anything was cut
    /// @throws OutOfSpace when a start after a crash could bring back what was cut, for want of room to forbid it; to be called again
    public boolean truncateTo(long offset) {
        if (offset < 0) throw new IllegalArgumentException("cannot truncate " + topicPartition() + " to offset " + offset);
        boolean cut = truncation.to(offset);
        place.host().truncated(this);
        return cut;
    }

    /// Empties the log and lets it begin at `offset`: for a follower whose leader has nothing below any more. Blocking.
    /// @throws OutOfSpace as [#truncateTo]
    public void truncateFullyAndStartAt(long offset) {
        if (offset < 0) throw new IllegalArgumentException("cannot let " + topicPartition() + " begin at offset " + offset);
        truncation.fullyAndStartAt(offset);
        place.host().truncated(this);
    }

    /// Lets the log begin later (DeleteRecords, or a follower told by its leader). Segments that lie before go with the next retention.
    /// The caller has checked that `offset` is not above the high watermark.
    /// @return whether it moved
    /// @throws IllegalArgumentException when `offset` is above the log end offset
    public boolean advanceLogStartOffset(long offset) {
        return retention.advanceTo(offset);
    }

    /// Deletes the oldest segments as far as `retention.ms`, `retention.bytes` and the log start offset allow, never above the high
    /// watermark. Blocking.
    /// @param timestampMs wall time that may be trusted: records are as old as it says
    /// @return segments deleted
    public int retention(long timestampMs) {
        state.sealTail();
        return retention.apply(timestampMs);
    }

    // ---- scrubbing and compaction ----

    /// @return base offset of the first segment behind the one with this base offset that is not appended to any more; -1 when there is none
    public long nextColdSegment(long behindBaseOffset) {
        LogSegment[] now = state.segments();
        for (int i = 0; i < now.length - 1; i++) if (now[i].baseOffset > behindBaseOffset) return now[i].baseOffset;
        return -1;
    }

    /// @return null when no cold segment has this base offset (any more)
    public SegmentScrub scrub(long baseOffset) {
        LogSegment[] now = state.segments();
        for (int i = 0; i < now.length - 1; i++) if (now[i].baseOffset == baseOffset) return new SegmentScrub(this, place, now[i], now[i + 1].baseOffset);
        return null;
    }

    void replaceIdentity(LogSegment segment, IdentityChain old, IdentityChain made) throws IOException {
        exchange.identity(segment, old, made);
    }

    /// The segments as they are now, for whoever cleans them.
    public LogRewrite rewrite() {
        int truncationsSoFar = state.truncations();
        return new LogRewrite(this, place, state.segments(), truncationsSoFar);
    }

    /// Puts a cleaned segment in the place of those that it was made of. Blocking; on the device when it returns.
    /// @param old               neighbours, none of them the last one
    /// @param truncationsBefore as many as there had been when the old ones were read
    /// @return false when the log has changed there meanwhile: nothing has been done then
    boolean replace(List<LogSegment> old, LogSegment cleaned, int truncationsBefore) {
        return exchange.replace(old, cleaned, truncationsBefore);
    }

    // ---- close ----

    public boolean isClosed() {
        return state.isClosed();
    }

    /// Writes snapshot, indexes and epochs, syncs, and closes. What is opened next from these files needs no recovery. Blocking.
    @Override public void close() {
        closing.inOrder();
    }

    /// Lets go of the files without writing anything: the device has failed, the folder is going to be deleted, or the process stops
    /// as if it had been killed.
    public void abandon() {
        closing.atOnce();
    }

    @Override public String toString() {
        return "log of " + topicPartition() + " [" + logStartOffset() + ", " + logEndOffset() + "), high watermark " + highWatermark() + ", flushed " + flushedOffset() + ", " + segmentCount() + " segments";
    }
}
