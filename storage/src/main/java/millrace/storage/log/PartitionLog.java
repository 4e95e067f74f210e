package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import millrace.common.OffsetAndEpoch;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.ports.FileRecords;
import millrace.protocol.ErrorCode;
import millrace.record.BatchValidation;
import millrace.record.ControlRecord;
import millrace.record.CorruptRecord;
import millrace.record.DecodeLimits;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;
import millrace.storage.file.DiskSpace;
import millrace.storage.file.SmallFiles;
import millrace.storage.identity.IdentityChain;

/// One partition's log: record batches in the order of their offsets, in segment files.
///
///     append ──▶ validate ──▶ [ producer ok? ─▶ offsets ─▶ roll? ─▶ one write ─▶ index, epochs, producers ─▶ publish end ]
///                 (no lock)                              (the log's lock)
///     read   ──▶ published end ─▶ segment ─▶ index ─▶ region of the file            (no lock)
///     flush  ──▶ what is dirty? ─▶ sync segments ─▶ side files ─▶ sync folder ─▶ flushed offset   (the flush lock)
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
    /// After this many bytes a flush also writes indexes and a producer snapshot, so that recovery has no more than this to read.
    static final long SIDE_FILES_EVERY_BYTES = 64L << 20;

    /// Says which topic's a folder is.
    public static final String TOPIC_ID_FILE = PartitionMetadata.FILE_NAME;

    private final LogPlace place;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock flushLock = new ReentrantLock();

    // Written under the lock, read by anyone. Segments are changed before the end is.
    private volatile LogConfig config;
    private volatile BatchValidation.Rules rules;
    private volatile LogSegment[] segments;
    private volatile LogEnd end;
    private volatile long logStartOffset;
    private volatile long highWatermark;
    private volatile LeaderEpochs epochs;
    private volatile Uuid topicId;
    private volatile LogDirFailure failure;
    private volatile boolean closed;
    private volatile int truncations;
    private volatile boolean rolledUnflushed;

    // Guarded by the lock.
    private final ProducerStates producers;
    private final SnapshotFiles snapshots;
    private boolean namesChanged;
    private boolean folderIsNew;
    private boolean topicIdChanged;
    private boolean diskWasFull;
    private boolean changedSinceOpen;
    private long bytesSinceSideFiles;

    // Written under the flush lock.
    private volatile long flushedOffset;
    private volatile long recoveryPoint;
    private LeaderEpochs epochsOnDisk;
    private volatile LongConsumer flushListener = offset -> {};

    private PartitionLog(LogPlace place, LogConfig config, LogStart start, LogLoader.Loaded loaded) {
        this.place = place;
        this.config = config;
        this.rules = rules(config);
        this.segments = loaded.segments();
        this.snapshots = loaded.snapshots();
        this.producers = loaded.producers();
        this.epochs = loaded.epochs();
        this.epochsOnDisk = loaded.epochsOnDisk();
        this.topicId = loaded.topicId();
        this.logStartOffset = loaded.logStartOffset();
        boolean neverFlushed = !start.clean() && start.recoveryPoint() <= segments[0].baseOffset;     // as far as is known
        this.namesChanged = loaded.namesChanged() || neverFlushed;
        this.folderIsNew = loaded.created() || neverFlushed;
        this.topicIdChanged = neverFlushed && !topicId.equals(Uuid.ZERO);
        this.changedSinceOpen = loaded.created() || loaded.namesChanged() || !start.clean();
        LogSegment last = segments[segments.length - 1];
        this.end = new LogEnd(loaded.logEndOffset(), last, last.sizeInBytes());
        this.highWatermark = Math.clamp(start.highWatermark(), logStartOffset, end.offset());
        producers.highWatermarkIs(highWatermark);       // transactions that were replayed and had been replicated before
        this.flushedOffset = end.offset();
        this.recoveryPoint = loaded.recoveryPoint();
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

    private static BatchValidation.Rules rules(LogConfig config) {
        return new BatchValidation.Rules(config.timestampType(), config.compression(), config.compression() == null ? 0 : config.compressionLevel(), config.compacts(),
                config.timestampBeforeMaxMs(), config.timestampAfterMaxMs(), config.maxMessageBytes(), new DecodeLimits(config.maxDecompressedMessageBytes()));
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
        if (origin == AppendOrigin.RAFT_LEADER) return appendAsRaftLeader(batches, leaderEpoch);
        BatchValidation.Rules rulesNow = rules;
        BatchValidation.Outcome outcome = origin == AppendOrigin.CLIENT
                ? BatchValidation.fromClient(batches, rulesNow, place.clock().timestampMs())
                : BatchValidation.fromCoordinator(batches, rulesNow, place.clock().timestampMs());
        return switch (outcome) {
            case BatchValidation.Outcome.Refused refused   -> refused(refused);
            case BatchValidation.Outcome.Accepted accepted -> append(accepted, leaderEpoch, origin, transactionVersion);
        };
    }

    private static AppendResult refused(BatchValidation.Outcome.Refused refused) {
        var errors = new ArrayList<AppendResult.RecordError>(refused.recordErrors().size());
        for (BatchValidation.RecordError each : refused.recordErrors()) errors.add(new AppendResult.RecordError(each.batchIndex(), each.message()));
        return new AppendResult.Refused(refused.error(), refused.message(), errors);
    }

    private AppendResult append(BatchValidation.Outcome.Accepted accepted, int leaderEpoch, AppendOrigin origin, short transactionVersion) {
        RecordBatch batch = accepted.batch();
        int bytes = batch.sizeInBytes();
        if (bytes > config.segmentBytes())
            return refused(ErrorCode.RECORD_LIST_TOO_LARGE, "the record batch has " + bytes + " bytes, segment.bytes of " + topicPartition() + " is " + config.segmentBytes());
        AppendResult result;
        lock.lock();
        try {
            long firstOffset = end.offset();
            result = refusedByState();
            if (result == null) result = producers.check(batch, origin, firstOffset, transactionVersion, logStartOffset);
            if (result != null) return result;
            batch.assign(firstOffset, leaderEpoch);
            result = write(batch.bytes(), firstOffset, batch.lastOffset(), accepted.maxTimestamp());
            if (result != null) {
                producers.refusedForSpace(batch);
                return result;
            }
            note(batch);
            publishEnd(batch.nextOffset());
            result = new AppendResult.Appended(firstOffset, batch.lastOffset(), accepted.logAppendTimeMs(), logStartOffset, accepted.maxTimestamp(), bytes);
        } finally {
            lock.unlock();
        }
        askForFlush();
        return result;
    }

    /// @return whether that producer has a transaction open here in that epoch
    public boolean hasOpenTransaction(long producerId, short producerEpoch) {
        lock.lock();
        try {
            return producers.isOpen(producerId, producerEpoch);
        } finally {
            lock.unlock();
        }
    }

    /// @return whether a later epoch of that producer has been here, so that whoever writes in this one is fenced
    public boolean hasLaterEpoch(long producerId, short producerEpoch) {
        lock.lock();
        try {
            return producers.hasLaterEpoch(producerId, producerEpoch);
        } finally {
            lock.unlock();
        }
    }

    private AppendResult appendAsRaftLeader(ByteBuffer batches, int leaderEpoch) {
        lock.lock();
        try {
            AppendResult refused = refusedByState();
            if (refused != null) return refused;
            long next = end.offset();
            for (RecordBatch batch : RecordBatches.of(batches)) {
                batch.assign(next, leaderEpoch);
                next = batch.nextOffset();
            }
            return writeAll(batches, end.offset());
        } finally {
            lock.unlock();
        }
    }

    /// Appends what a leader has sent: offsets, epochs and CRC are as they are to be. A batch cut off at the end is left out.
    /// @param batches position to limit, not moved
    public AppendResult appendAsFollower(ByteBuffer batches) {
        try {
            for (RecordBatch batch : RecordBatches.of(batches)) {
                if (!batch.crcMatches()) return refused(ErrorCode.CORRUPT_MESSAGE, "the CRC of the leader's batch at offset " + batch.baseOffset() + " does not match its bytes; it is fetched again");
            }
        } catch (CorruptRecord corrupt) {
            return refused(corrupt.error(), corrupt.getMessage());
        }
        AppendResult result;
        lock.lock();
        try {
            result = refusedByState();
            if (result == null) result = writeAll(batches, -1);
        } finally {
            lock.unlock();
        }
        askForFlush();
        return result;
    }

    /// @param firstOffset where the batches must begin; -1 for at the log's end or behind it
    private AppendResult writeAll(ByteBuffer batches, long firstOffset) {
        long next = end.offset();
        long first = -1;
        long last = -1;
        long maxTimestamp = RecordBatch.NO_TIMESTAMP;
        int bytes = 0;
        for (RecordBatch batch : RecordBatches.of(batches)) {
            if (batch.baseOffset() < next || firstOffset >= 0 && first < 0 && batch.baseOffset() != firstOffset)
                return refused(ErrorCode.OFFSET_OUT_OF_RANGE, "a batch with offsets from " + batch.baseOffset() + " on cannot follow offset " + (next - 1) + " in " + topicPartition());
            if (first < 0) first = batch.baseOffset();
            last = batch.lastOffset();
            next = last + 1;
            maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp());
            bytes += batch.sizeInBytes();
        }
        if (bytes == 0) return refused(ErrorCode.INVALID_RECORD, "there is no whole record batch to append to " + topicPartition());
        AppendResult refused = write(batches.slice(batches.position(), bytes), first, last, maxTimestamp);
        if (refused != null) return refused;
        for (RecordBatch batch : RecordBatches.of(batches)) note(batch);
        publishEnd(next);
        return new AppendResult.Appended(first, last, RecordBatch.NO_TIMESTAMP, logStartOffset, maxTimestamp, bytes);
    }

    /// @return null when the log may be appended to
    private AppendResult refusedByState() {
        if (failure != null) throw failure;
        return closed ? refused(ErrorCode.NOT_LEADER_OR_FOLLOWER, "the log of " + topicPartition() + " is closed here; ask the metadata for its leader") : null;
    }

    private static AppendResult refused(ErrorCode error, String message) {
        return new AppendResult.Refused(error, message, List.of());
    }

    /// Rolls where needed and writes. The segment does not count the bytes yet.
    /// @return null when they are written, else why it did not happen
    private AppendResult write(ByteBuffer batches, long firstOffset, long lastOffset, long maxTimestamp) {
        int bytes = batches.remaining();
        try {
            if (mustRoll(bytes, lastOffset, maxTimestamp)) roll(firstOffset);
            LogSegment last = end.segment();
            try {
                last.write(batches);
            } catch (IOException e) {
                if (!isDiskFull(e, bytes)) throw e;
                last.unwrite();
                return refusedForSpace();
            }
        } catch (IOException e) {
            if (isDiskFull(e, bytes)) return refusedForSpace();
            throw failed(e, end.segment().logFile(), "append " + bytes + " bytes at offset " + firstOffset);
        }
        diskWasFull = false;
        return null;
    }

    private AppendResult refusedForSpace() {
        if (!diskWasFull) place.host().onEvent(new LogEvent.DiskFull(topicPartition(), place.directory()));
        diskWasFull = true;
        return refused(ErrorCode.KAFKA_STORAGE_ERROR, "no space is left on the device of " + place.directory() + "; free some, then appends succeed again without a restart");
    }

    /// The operating system says it in words only; a device with less room than was asked for says it too.
    private boolean isDiskFull(IOException e, long bytes) {
        return DiskSpace.isShort(place.disk(), place.directory(), e, bytes);
    }

    private LogDirFailure failed(IOException e, Path file, String doing) {
        LogDirFailure now = failure;
        if (now == null) failure = now = new LogDirFailure(place.directory(), file, doing, e);
        return now;
    }

    /// A batch is in the file: everything that follows from it.
    private void note(RecordBatch batch) {
        LogSegment last = end.segment();
        try {
            last.appended(batch, config.indexIntervalBytes());
            if (batch.partitionLeaderEpoch() != epochs.latest()) epochs = epochs.with(batch.partitionLeaderEpoch(), batch.baseOffset());
            if (batch.hasProducerId()) noteProducer(last, batch);
        } catch (IOException e) {
            throw failed(e, last.logFile(), "read back the end of the segment");
        }
        bytesSinceSideFiles += batch.sizeInBytes();
        changedSinceOpen = true;
    }

    private void noteProducer(LogSegment segment, RecordBatch batch) throws IOException {
        if (!batch.isControl()) {
            producers.appendedData(batch.producerId(), batch.producerEpoch(), batch.baseSequence(), batch.lastOffsetDelta(), batch.baseOffset(), batch.maxTimestamp(), batch.isTransactional());
        } else if (Batches.controlRecord(batch) instanceof ControlRecord.EndTransaction marker) {
            AbortedTransaction aborted = producers.appendedMarker(batch.producerId(), batch.producerEpoch(), marker.commit(), marker.coordinatorEpoch(), batch.baseOffset(), batch.maxTimestamp());
            if (aborted != null) segment.addAborted(aborted);
        }
    }

    private void publishEnd(long offset) {
        LogSegment last = end.segment();
        end = new LogEnd(offset, last, last.sizeInBytes());
    }

    /// A rolled segment keeps its descriptor, its indexes and a snapshot in memory until they are on the device, so a roll asks by itself: where
    /// nobody waits for syncs, segments would pile up.
    private void askForFlush() {
        boolean due = config.flushMessages() != Long.MAX_VALUE && end.offset() - flushedOffset >= config.flushMessages();
        if (!due && !rolledUnflushed) return;
        rolledUnflushed = false;
        place.host().flushWanted(this);
    }

    // ---- roll ----

    private boolean mustRoll(int bytes, long lastOffset, long maxTimestamp) throws IOException {
        LogSegment last = end.segment();
        LogConfig now = config;
        if (!last.canHold(lastOffset)) return true;
        int size = last.sizeInBytes();
        if (size == 0) return false;
        return size > now.segmentBytes() - bytes
                || last.indexesAreFull(now.segmentIndexBytes())
                || last.filledForMs(maxTimestamp, place.clock().timestampMs()) > now.rollMs() - jitterMs(last.baseOffset, now);
    }

    /// Spread by the log's name and the segment's offset, so that it needs no chance and is the same after a restart.
    private long jitterMs(long baseOffset, LogConfig now) {
        long bound = Math.min(now.segmentJitterMs(), now.segmentMs());
        return bound <= 0 ? 0 : Math.floorMod((place.topicPartition().hashCode() * 31L + baseOffset) * 0x9E3779B97F4A7C15L, bound);
    }

    /// Begins a new segment, unless the last one is empty. Blocking only for the creation of one file.
    public void roll() {
        lock.lock();
        try {
            if (refusedByState() == null && end.segment().sizeInBytes() > 0) roll(end.offset());
        } catch (IOException e) {
            throw failed(e, end.segment().logFile(), "begin a new segment behind it");
        } finally {
            lock.unlock();
        }
        askForFlush();
    }

    private void roll(long baseOffset) throws IOException {
        LogSegment before = end.segment();
        LogSegment created = LogSegment.create(place, baseOffset);
        LogSegment[] now = segments;
        boolean replaced = before.sizeInBytes() == 0;                            // empty, and too far from the offsets that come
        if (replaced) {
            before.leave();
            for (String suffix : LogSegment.SUFFIXES) place.disk().delete(before.file(suffix));
            now = Arrays.copyOf(now, now.length);
        } else {
            before.endOfAppends();
            now = Arrays.copyOf(now, now.length + 1);
        }
        now[now.length - 1] = created;
        snapshots.add(producers.snapshot(baseOffset));
        namesChanged = true;
        changedSinceOpen = true;
        segments = now;
        rolledUnflushed |= !replaced;
        end = new LogEnd(baseOffset, created, 0);
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
        if (place.cache().believedForMs() == 0) sealTail();
        while (true) {
            LogEnd endNow = end;
            long start = logStartOffset;
            if (closed) throw new LogClosed(topicPartition());
            if (startOffset < start || startOffset > endNow.offset()) return new ReadResult.OutOfRange(start, endNow.offset());
            long bound = Math.min(beforeOffset, endNow.offset());
            if (startOffset >= bound) return LogReads.NOTHING;
            try {
                LogSegment[] now = segments;
                ReadResult result = new LogReads(now, endNow).read(startOffset, maxBytes, bound, atLeastOneBatch);
                if (result != null && segments == now) return result;
                if (result instanceof ReadResult.Read stale) stale.release();            // a transaction index may have been gone already
            } catch (IOException e) {
                throw failed(e, place.directory(), "read from offset " + startOffset);
            }
        }
    }

    /// @return a copy of whole batches, at least one where there is one; empty at the bound and where `startOffset` is not in the log
    public ByteBuffer readBytes(long startOffset, int maxBytes, long beforeOffset) {
        if (!(read(startOffset, maxBytes, beforeOffset, true) instanceof ReadResult.Read read) || !(read.records() instanceof FileRecords region)) return ByteBuffer.allocate(0);
        try {
            return LogReads.copy(region);
        } catch (IOException e) {
            throw failed(e, place.directory(), "read from offset " + startOffset);
        } finally {
            region.release();
        }
    }

    /// The first record as late as `timestampMs`, wall clock. The caller compares the offset with the high watermark.
    public Optional<TimestampOffset> offsetForTimestamp(long timestampMs) {
        try {
            while (true) {
                LogReads reads = reads();
                Optional<TimestampOffset> found = reads.offsetForTimestamp(timestampMs, logStartOffset, rules.limits());
                if (reads.areOf(segments)) return found;
            }
        } catch (IOException e) {
            throw failed(e, place.directory(), "look for the timestamp " + timestampMs);
        }
    }

    /// The first record with the largest timestamp.
    public Optional<TimestampOffset> maxTimestampOffset() {
        try {
            while (true) {
                LogReads reads = reads();
                Optional<TimestampOffset> found = reads.maxTimestampOffset(rules.limits());
                if (reads.areOf(segments)) return found;
            }
        } catch (IOException e) {
            throw failed(e, place.directory(), "look for the largest timestamp");
        }
    }

    private LogReads reads() {
        LogEnd endNow = end;
        return new LogReads(segments, endNow);
    }

    // ---- offsets and epochs ----

    public TopicPartition topicPartition() {
        return place.topicPartition();
    }

    public Path directory() {
        return place.directory();
    }

    public LogConfig config() {
        return config;
    }

    /// Takes effect with the next append, roll, flush or retention.
    public void updateConfig(LogConfig newConfig) {
        lock.lock();
        try {
            config = newConfig;
            rules = rules(newConfig);
        } finally {
            lock.unlock();
        }
    }

    /// [Uuid#ZERO] when not known (no partition.metadata).
    public Uuid topicId() {
        return topicId;
    }

    /// Notes whose folder this is. Survives the process at once, a power loss with the next flush.
    /// @throws IllegalStateException when the folder belongs to another topic
    public void assignTopicId(Uuid id) {
        if (id.equals(topicId)) return;
        lock.lock();
        try {
            if (!topicId.equals(Uuid.ZERO))
                throw new IllegalStateException(place.directory() + " belongs to topic id " + topicId + ", not " + id + "; delete or set aside the folder first");
            SmallFiles.replaceUnsynced(place.disk(), place.directory().resolve(PartitionMetadata.FILE_NAME), PartitionMetadata.bytes(id));
            topicId = id;
            place.owner().topicIdIs(id);
            topicIdChanged = true;
            namesChanged = true;
            changedSinceOpen = true;
        } catch (IOException e) {
            throw failed(e, place.directory().resolve(PartitionMetadata.FILE_NAME), "write the topic id");
        } finally {
            lock.unlock();
        }
    }

    public long logStartOffset() {
        return logStartOffset;
    }

    public long logEndOffset() {
        return end.offset();
    }

    /// As last told with [#updateHighWatermark]: bounds retention, and says which ended transactions are replicated.
    public long highWatermark() {
        return highWatermark;
    }

    /// Cheap; only ever raises it (a truncation lowers it).
    public void updateHighWatermark(long newHighWatermark) {
        if (newHighWatermark <= highWatermark && !producers.waitsForReplication()) return;
        lock.lock();
        try {
            highWatermark = Math.max(highWatermark, Math.min(newHighWatermark, end.offset()));
            producers.highWatermarkIs(highWatermark);
        } finally {
            lock.unlock();
        }
    }

    /// Below it no transaction is undecided.
    public long lastStableOffset(long highWatermark) {
        return Math.min(highWatermark, Math.max(producers.firstUnstableOffset(), logStartOffset));
    }

    /// Everything below is on the device.
    public long flushedOffset() {
        return flushedOffset;
    }

    /// Recovery may begin here: everything below is on the device, with what is needed to read it.
    public long recoveryPoint() {
        return recoveryPoint;
    }

    public long sizeInBytes() {
        long bytes = 0;
        for (LogSegment each : segments) bytes += each.sizeInBytes();
        return bytes;
    }

    public int segmentCount() {
        return segments.length;
    }

    /// -1 when there is none.
    public int latestEpoch() {
        return epochs.latest();
    }

    /// A new leader notes where its epoch begins, before its first append.
    public void assignLeaderEpoch(int leaderEpoch, long startOffset) {
        lock.lock();
        try {
            LeaderEpochs now = epochs.with(leaderEpoch, startOffset);
            changedSinceOpen |= now != epochs;
            epochs = now;
        } finally {
            lock.unlock();
        }
    }

    /// @return the largest epoch at or below the asked one, and the offset behind its last record; -1 and -1 when unknown (KIP-279)
    public OffsetAndEpoch epochEndOffset(int leaderEpoch) {
        LeaderEpochs now = epochs;
        return now.endOf(leaderEpoch, end.offset());
    }

    /// Leader epoch of the record at `offset`, -1 when unknown.
    public int epochAt(long offset) {
        return epochs.at(offset);
    }

    /// In order of producer id.
    public List<ProducerView> producers() {
        lock.lock();
        try {
            return producers.views();
        } finally {
            lock.unlock();
        }
    }

    /// What producers did last, by producer id: compaction keeps it for who is still active.
    public SortedMap<Long, LastRecord> lastRecordsOfProducers() {
        lock.lock();
        try {
            return producers.lastRecords();
        } finally {
            lock.unlock();
        }
    }

    /// Forgets producer ids that have been silent for `producer.id.expiration.ms`.
    public void expireProducers(long timestampMs) {
        lock.lock();
        try {
            producers.expire(timestampMs, config.producerIdExpirationMs());
        } finally {
            lock.unlock();
        }
    }

    // ---- taking another log's place ----

    /// This log is a copy of `before` and takes its place: what the batches alone do not tell comes along. That is where the log starts,
    /// where it ends if nothing lies there any more, the epochs without a record, and the producers whose records are gone (KAFKA-20961).
    /// Nobody appends to either meanwhile.
    public void takeOver(PartitionLog before) {
        List<Producer> copied = before.copyProducers();
        lock.lock();
        try {
            if (before.logEndOffset() > end.offset()) roll(before.logEndOffset());
            if (before.logStartOffset() > logStartOffset) moveLogStart(before.logStartOffset());
            epochs = before.epochs;
            producers.load(copied);
            changedSinceOpen = true;
        } catch (IOException e) {
            throw failed(e, end.segment().logFile(), "begin a segment at the end of the log that it replaces");
        } finally {
            lock.unlock();
        }
    }

    private List<Producer> copyProducers() {
        lock.lock();
        try {
            return producers.copies();
        } finally {
            lock.unlock();
        }
    }

    // ---- flush ----

    /// What was dirty at one moment.
    private record Dirty(LogEnd end, List<LogSegment> segments, List<SnapshotFiles.Waiting> snapshots, LeaderEpochs epochs, boolean names, boolean newFolder, boolean topicId, boolean sideFiles) {}

    /// Returns when everything below `uptoOffset` is on the device. Blocking; one sync per dirty segment file.
    /// @throws LogDirFailure if a sync fails. It is not tried again: the kernel has dropped what it could not write
    public void flush(long uptoOffset) {
        if (flushedOffset >= uptoOffset && recoveryPoint >= uptoOffset && !hasLooseEnds()) return;
        flushLock.lock();
        try {
            if (failure != null) throw failure;
            if (closed) return;
            flush(captureDirty(false));
        } finally {
            flushLock.unlock();
        }
    }

    /// Whether a flush has something to do: bytes, names or side files that are not on the device.
    public boolean isDirty() {
        return flushedOffset < end.offset() || recoveryPoint < end.offset() || hasLooseEnds();
    }

    private boolean hasLooseEnds() {
        lock.lock();
        try {
            return namesChanged || topicIdChanged || epochs != epochsOnDisk;
        } finally {
            lock.unlock();
        }
    }

    private Dirty captureDirty(boolean closing) {
        lock.lock();
        try {
            boolean sideFiles = closing || bytesSinceSideFiles >= SIDE_FILES_EVERY_BYTES;
            if (sideFiles) {
                if (changedSinceOpen && Math.max(snapshots.latest(), segments[0].baseOffset) < end.offset()) snapshots.add(producers.snapshot(end.offset()));
                bytesSinceSideFiles = 0;
            }
            var dirty = new Dirty(end, dirtySegments(), snapshots.takeWaiting(), epochs, namesChanged, folderIsNew, topicIdChanged, sideFiles);
            namesChanged = false;
            folderIsNew = false;
            topicIdChanged = false;
            return dirty;
        } finally {
            lock.unlock();
        }
    }

    /// Oldest first. All behind a segment that is on the device with its side files are so too.
    private List<LogSegment> dirtySegments() {
        LogSegment[] now = segments;
        int first = now.length - 1;
        while (first > 0 && !now[first - 1].isAtRest()) first--;
        return List.of(Arrays.copyOfRange(now, first, now.length));
    }

    private void flush(Dirty dirty) {
        for (LogSegment segment : dirty.segments) sync(segment, segment == dirty.end.segment() ? dirty.end.position() : segment.sizeInBytes());
        boolean epochsChanged = !dirty.epochs.equals(epochsOnDisk);
        boolean complete = writeSideFiles(dirty, epochsChanged);
        syncNames(dirty, epochsChanged);
        flushedOffset = Math.max(flushedOffset, dirty.end.offset());
        if (complete) recoveryPoint = Math.max(recoveryPoint, dirty.end.offset());
    }

    private void sync(LogSegment segment, int bytes) {
        if (segment.isSynced(bytes)) return;
        try {
            segment.sync(bytes);
        } catch (IOException e) {
            throw failed(e, segment.logFile(), "sync");
        }
    }

    /// @return false when there was no room for them: they stay dirty, and recovery has to begin before them
    private boolean writeSideFiles(Dirty dirty, boolean epochsChanged) {
        boolean snapshotsWritten = false;
        try {
            for (LogSegment segment : dirty.segments) {
                boolean rolled = segment != dirty.end.segment();
                if (rolled || dirty.sideFiles) segment.writeSideFiles(rolled);
                if (rolled) segment.release();
            }
            if (epochsChanged) SmallFiles.replaceWithoutDirectory(place.disk(), place.directory().resolve(LeaderEpochs.FILE_NAME), dirty.epochs.bytes());
            epochsOnDisk = dirty.epochs;
            snapshots.write(dirty.snapshots);
            snapshotsWritten = true;
            snapshots.deleteStrays(this::isSegment);
            return true;
        } catch (IOException e) {
            if (!isDiskFull(e, 0)) throw failed(e, place.directory(), "write indexes, epochs or producer snapshots");
            if (!snapshotsWritten) putBack(dirty);
            return false;
        }
    }

    private boolean isSegment(long offset) {
        LogSegment[] now = segments;
        return now[LogReads.floor(now, offset)].baseOffset == offset;
    }

    private void putBack(Dirty dirty) {
        lock.lock();
        try {
            snapshots.putBack(dirty.snapshots);
        } finally {
            lock.unlock();
        }
    }

    private void syncNames(Dirty dirty, boolean epochsChanged) {
        try {
            if (dirty.topicId) syncTopicId();
            if (dirty.names || epochsChanged || !dirty.snapshots.isEmpty() || dirty.sideFiles) place.disk().syncDirectory(place.directory());
            if (dirty.newFolder) place.disk().syncDirectory(place.directory().getParent());
        } catch (IOException e) {
            throw failed(e, place.directory(), "sync the folder");
        }
    }

    private void syncTopicId() throws IOException {
        try (DiskFile file = place.disk().open(place.directory().resolve(PartitionMetadata.FILE_NAME), Disk.OpenMode.READ_WRITE)) {
            file.sync();
        }
    }

    /// Called with the flushed offset once it has moved; by whoever owns the syncs, on its thread.
    public void onFlushed(LongConsumer listener) {
        flushListener = listener;
    }

    /// For the owner of the syncs: tells the listener how far the log is on the device.
    public void tellFlushed() {
        flushListener.accept(flushedOffset);
    }

    // ---- truncate, delete ----

    /// Takes back everything from `offset` on, and the batch that holds `offset` with it. Blocking; on the device when it returns.
    /// @return whether anything was cut
    public boolean truncateTo(long offset) {
        if (offset < 0) throw new IllegalArgumentException("cannot truncate " + topicPartition() + " to offset " + offset);
        flushLock.lock();
        try {
            if (refusedByState() != null) throw new LogClosed(topicPartition());
            if (offset >= end.offset()) {
                forgetEpochsFrom(offset);
                return false;
            }
            lowerRecoveryPoint(segments[LogReads.floor(segments, offset)].baseOffset);
            if (offset <= segments[0].baseOffset) startAfreshAt(offset);
            else cutTo(offset);
            return true;
        } catch (IOException e) {
            throw failed(e, place.directory(), "truncate to offset " + offset);
        } finally {
            flushLock.unlock();
        }
    }

    /// A recovery point above the log's end would look like damage, so it falls before the end does: to the beginning of the segment
    /// that is cut, since a batch that is cut in two goes as a whole.
    private void lowerRecoveryPoint(long offset) {
        if (recoveryPoint <= offset) return;
        recoveryPoint = offset;
        place.host().recoveryPointLowered(this);
    }

    private void forgetEpochsFrom(long offset) {
        lock.lock();
        try {
            epochs = epochs.truncatedFromEnd(offset);
        } finally {
            lock.unlock();
        }
    }

    private void cutTo(long offset) throws IOException {
        lock.lock();
        try {
            long before = end.offset();
            LogSegment[] now = segments;
            int kept = LogReads.floor(now, offset);
            LogSegment last = now[kept];
            LogSegment.Found cut = last.find(offset, last.sizeInBytes());
            segments = Arrays.copyOf(now, kept + 1);
            for (int i = now.length - 1; i > kept; i--) remove(now[i]);
            last.pin();
            if (cut != null) last.truncate(cut.position(), cut.baseOffset());
            last.reopen();
            long nextOffset = last.nextOffset();
            if (nextOffset < 0) throw new CorruptSegment(last.logFile(), last.sizeInBytes());
            takeBackTo(nextOffset, last, before);
            place.disk().syncDirectory(place.directory());
            ProducerReplay.to(nextOffset, nextOffset, place, segments, snapshots, producers);
            producers.highWatermarkIs(highWatermark);
        } finally {
            lock.unlock();
        }
    }

    /// What is known about offsets from `nextOffset` on is no longer so.
    private void takeBackTo(long nextOffset, LogSegment last, long before) throws IOException {
        end = new LogEnd(nextOffset, last, last.sizeInBytes());
        logStartOffset = Math.min(logStartOffset, nextOffset);
        highWatermark = Math.min(highWatermark, nextOffset);
        flushedOffset = Math.min(flushedOffset, nextOffset);
        recoveryPoint = Math.min(recoveryPoint, nextOffset);
        epochs = epochs.truncatedFromEnd(nextOffset);
        snapshots.forgetWaitingAbove(nextOffset);
        snapshots.deleteAbove(nextOffset);
        changedSinceOpen = true;
        truncations++;
        place.host().onEvent(new LogEvent.Truncated(topicPartition(), before, nextOffset));
    }

    /// Empties the log and lets it begin at `offset`: for a follower whose leader has nothing below any more. Blocking.
    public void truncateFullyAndStartAt(long offset) {
        if (offset < 0) throw new IllegalArgumentException("cannot let " + topicPartition() + " begin at offset " + offset);
        flushLock.lock();
        try {
            if (refusedByState() != null) throw new LogClosed(topicPartition());
            lowerRecoveryPoint(0);
            startAfreshAt(offset);
        } catch (IOException e) {
            throw failed(e, place.directory(), "begin again at offset " + offset);
        } finally {
            flushLock.unlock();
        }
    }

    private void startAfreshAt(long offset) throws IOException {
        lock.lock();
        try {
            long before = end.offset();
            LogSegment[] old = segments;
            for (int i = old.length - 1; i >= 0; i--) remove(old[i]);
            LogSegment only = LogSegment.create(place, offset);
            segments = new LogSegment[] {only};
            epochs = LeaderEpochs.EMPTY;
            producers.clear();
            logStartOffset = offset;
            takeBackTo(offset, only, before);
            snapshots.deleteAll();
            highWatermark = offset;
            flushedOffset = offset;
            recoveryPoint = offset;
            place.disk().syncDirectory(place.directory());
        } finally {
            lock.unlock();
        }
    }

    /// Renames a segment's files to `.deleted`, identity and log first: without them the rest is rubbish that the next start clears.
    private void remove(LogSegment segment) throws IOException {
        segment.leave();
        var files = new ArrayList<Path>();
        for (String suffix : LogSegment.LEAVING) {
            Path file = segment.file(suffix);
            if (!place.disk().exists(file)) continue;
            Path deleted = file.resolveSibling(file.getFileName() + SegmentFiles.DELETED);
            place.disk().rename(file, deleted);
            files.add(deleted);
        }
        place.host().deleteLater(files, config.fileDeleteDelayMs());
    }

    /// Lets the log begin later (DeleteRecords, or a follower told by its leader). Segments that lie before go with the next retention.
    /// The caller has checked that `offset` is not above the high watermark.
    /// @return whether it moved
    /// @throws IllegalArgumentException when `offset` is above the log end offset
    public boolean advanceLogStartOffset(long offset) {
        lock.lock();
        try {
            if (offset > end.offset())
                throw new IllegalArgumentException("cannot let " + topicPartition() + " begin at offset " + offset + ", it ends at " + end.offset());
            if (offset <= logStartOffset) return false;
            moveLogStart(offset);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void moveLogStart(long offset) {
        logStartOffset = offset;
        highWatermark = Math.max(highWatermark, offset);
        epochs = epochs.truncatedFromStart(offset);
        producers.logStartOffsetIs(offset);
        changedSinceOpen = true;
    }

    /// Deletes the oldest segments as far as `retention.ms`, `retention.bytes` and the log start offset allow, never above the high
    /// watermark. Blocking.
    /// @param timestampMs wall time that may be trusted: records are as old as it says
    /// @return segments deleted
    public int retention(long timestampMs) {
        sealTail();
        flushLock.lock();
        try {
            if (refusedByState() != null) return 0;
            Expired expired = expired(timestampMs);
            return expired.segments == 0 ? 0 : delete(expired);
        } catch (IOException e) {
            throw failed(e, place.directory(), "delete old segments");
        } finally {
            flushLock.unlock();
        }
    }

    private record Expired(int segments, String reason) {}

    private Expired expired(long timestampMs) throws IOException {
        LogSegment[] now = segments;
        LogEnd endNow = end;
        long left = sizeInBytes();
        String reason = "";
        for (int i = 0; i < now.length; i++) {
            boolean last = i == now.length - 1;
            long upperBound = last ? endNow.offset() : now[i + 1].baseOffset;
            String why = last && now[i].sizeInBytes() == 0 || upperBound > highWatermark ? null : whyExpired(now[i], last, upperBound, left, timestampMs);
            if (why == null) return new Expired(i, reason);
            reason = why;
            left -= now[i].sizeInBytes();
        }
        return new Expired(now.length, reason);
    }

    /// @return null when it is to stay
    private String whyExpired(LogSegment segment, boolean last, long upperBound, long bytesLeft, long timestampMs) throws IOException {
        LogConfig now = config;
        if (!last && upperBound <= logStartOffset) return "below the log start offset";
        if (!now.deletes()) return null;
        if (now.retentionBytes() >= 0 && bytesLeft - segment.sizeInBytes() >= now.retentionBytes()) return "retention.bytes " + now.retentionBytes();
        if (now.retentionMs() >= 0) {
            long newest = segment.largestTimestamp();
            if (newest < 0) newest = segment.lastModifiedMs();
            if (timestampMs - newest > now.retentionMs()) return "retention.ms " + now.retentionMs();
        }
        return null;
    }

    private int delete(Expired expired) throws IOException {
        keepProducers(expired.segments);
        LogSegment[] gone;
        long bytes = 0;
        lock.lock();
        try {
            if (expired.segments == segments.length) roll(end.offset());
            LogSegment[] now = segments;
            gone = Arrays.copyOf(now, expired.segments);
            segments = Arrays.copyOfRange(now, expired.segments, now.length);
            if (segments[0].baseOffset > logStartOffset) moveLogStart(segments[0].baseOffset);
        } finally {
            lock.unlock();
        }
        for (LogSegment each : gone) {
            bytes += each.sizeInBytes();
            remove(each);
            if (snapshots.latest() > each.baseOffset) snapshots.deleteAt(each.baseOffset);
        }
        place.host().onEvent(new LogEvent.SegmentsDeleted(topicPartition(), gone.length, bytes, logStartOffset, expired.reason));
        return gone.length;
    }

    /// What producers did in the segments that go has to be in a snapshot behind them. There may be none: segments that were recovered
    /// after a crash got theirs only if it had been flushed before.
    private void keepProducers(int segmentsToGo) {
        lock.lock();
        try {
            LogSegment[] now = segments;
            long firstLeft = segmentsToGo == now.length ? end.offset() : now[segmentsToGo].baseOffset;
            if (snapshots.latestTaken() < firstLeft) snapshots.add(producers.snapshot(end.offset()));
        } finally {
            lock.unlock();
        }
        flush(captureDirty(false));
    }

    // ---- scrubbing ----

    /// What has been appended to the last segment is claimed from now on, and so no longer believed without a look for as long as it is there.
    private void sealTail() {
        lock.lock();
        try {
            end.segment().identity.seal();
        } finally {
            lock.unlock();
        }
    }

    /// @return base offset of the first segment behind the one with this base offset that is not appended to any more; -1 when there is none
    public long nextColdSegment(long behindBaseOffset) {
        LogSegment[] now = segments;
        for (int i = 0; i < now.length - 1; i++) if (now[i].baseOffset > behindBaseOffset) return now[i].baseOffset;
        return -1;
    }

    /// @return null when no cold segment has this base offset (any more)
    public SegmentScrub scrub(long baseOffset) {
        LogSegment[] now = segments;
        for (int i = 0; i < now.length - 1; i++) if (now[i].baseOffset == baseOffset) return new SegmentScrub(this, place, now[i], now[i + 1].baseOffset);
        return null;
    }

    void replaceIdentity(LogSegment segment, IdentityChain old, IdentityChain made) throws IOException {
        flushLock.lock();
        try {
            if (!closed && failure == null && !segment.isGone() && segment.isAtRest()) segment.identity.replace(old, made);
        } finally {
            flushLock.unlock();
        }
    }

    // ---- compaction ----

    /// The segments as they are now, for whoever cleans them.
    public LogRewrite rewrite() {
        int truncationsSoFar = truncations;
        return new LogRewrite(this, place, segments, truncationsSoFar);
    }

    public boolean isClosed() {
        return closed;
    }

    /// Puts a cleaned segment in the place of those that it was made of. Blocking; on the device when it returns. Readers that hold an old
    /// segment go on with it. A crash leaves the old ones or the new one ([LogLoader]).
    /// @param old               neighbours, none of them the last one
    /// @param truncationsBefore as many as there had been when the old ones were read
    /// @return false when the log has changed there meanwhile: nothing has been done then
    boolean replace(List<LogSegment> old, LogSegment cleaned, int truncationsBefore) {
        flushLock.lock();
        try {
            int first = LogReads.floor(segments, old.getFirst().baseOffset);
            if (refusedByState() != null || truncations != truncationsBefore || !areAt(first, old)) return false;
            cleaned.rename(SegmentFiles.SWAP, LogSegment.SUFFIXES);
            place.disk().syncDirectory(place.directory());
            putAt(first, old.size(), cleaned);
            removeReplaced(old, Math.max(cleaned.nextOffset(), cleaned.baseOffset + 1));
            cleaned.rename("", LogSegment.SUFFIXES.reversed());
            place.disk().syncDirectory(place.directory());
            cleaned.release();
            return true;
        } catch (IOException e) {
            throw failed(e, cleaned.logFile(), "put a cleaned segment in place");
        } finally {
            flushLock.unlock();
        }
    }

    private boolean areAt(int first, List<LogSegment> old) {
        LogSegment[] now = segments;
        return first + old.size() < now.length && List.of(now).subList(first, first + old.size()).equals(old);
    }

    private void putAt(int first, int count, LogSegment cleaned) {
        lock.lock();
        try {
            var now = new ArrayList<>(List.of(segments));
            now.subList(first, first + count).clear();
            now.add(first, cleaned);
            segments = now.toArray(LogSegment[]::new);
            changedSinceOpen = true;
        } finally {
            lock.unlock();
        }
    }

    /// After a crash the cleaned segment clears away what begins below its own end. Of those beyond, an old value must not come back without
    /// the newer one or the tombstone behind it, so the earlier one goes for certain before the next does.
    private void removeReplaced(List<LogSegment> old, long endOfCleaned) throws IOException {
        boolean beyond = false;
        for (LogSegment each : old) {
            if (beyond) place.disk().syncDirectory(place.directory());
            beyond = each.baseOffset >= endOfCleaned;
            remove(each);
        }
    }

    // ---- close ----

    /// Writes snapshot, indexes and epochs, syncs, and closes. What is opened next from these files needs no recovery. Blocking.
    @Override public void close() {
        flushLock.lock();
        try {
            if (!endAppends()) return;
            if (failure == null && changedSinceOpen) flush(captureDirty(true));
        } catch (IOException e) {
            throw failed(e, place.directory(), "close the log");
        } finally {
            leaveAll();
            flushLock.unlock();
        }
    }

    /// From here on nothing is appended, so that what is flushed is all there is.
    /// @return false when the log is closed already
    private boolean endAppends() throws IOException {
        lock.lock();
        try {
            if (closed) return false;
            closed = true;
            if (changedSinceOpen && failure == null) end.segment().endOfAppends();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Lets go of the files without writing anything: the device has failed, the folder is going to be deleted, or the process stops
    /// as if it had been killed.
    public void abandon() {
        flushLock.lock();
        try {
            leaveAll();
        } finally {
            flushLock.unlock();
        }
    }

    private void leaveAll() {
        lock.lock();
        try {
            closed = true;
            for (LogSegment each : segments) each.leave();
        } finally {
            lock.unlock();
        }
    }

    @Override public String toString() {
        return "log of " + topicPartition() + " [" + logStartOffset + ", " + end.offset() + "), high watermark " + highWatermark + ", flushed " + flushedOffset + ", " + segments.length + " segments";
    }
}
