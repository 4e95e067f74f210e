package millrace.storage.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.record.BatchValidation;
import millrace.record.DecodeLimits;
import millrace.storage.file.DiskSpace;
import millrace.storage.file.SmallFiles;

/// What a log is at one moment: the one thing that the classes share which each change it in one way ([LogAppends], [SegmentRoll],
/// [LogFlush], [LogTruncation], [LogRetention], [SegmentExchange]).
///
/// Invariants, whenever nobody holds the lock: logStartOffset ≤ highWatermark ≤ logEndOffset; the segment of the end is the last of the segments.
///
/// Everything here is changed under [#lock], which methods that say nothing else expect to be held, and read by anyone. Lock order: [#flushLock], then [#lock]; the flush lock is held over device
/// syncs, so nothing on an event loop takes it.
final class LogState {
    final LogPlace place;
    final ReentrantLock lock = new ReentrantLock();
    final ReentrantLock flushLock = new ReentrantLock();
    /// Guarded by the lock.
    final ProducerStates producers;
    /// Guarded by the lock.
    final SnapshotFiles snapshots;
    final LooseEnds looseEnds;

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

    LogState(LogPlace place, LogConfig config, LogStart start, LogLoader.Loaded loaded) {
        this.place = place;
        this.config = config;
        this.rules = rules(config);
        this.segments = loaded.segments();
        this.snapshots = loaded.snapshots();
        this.producers = loaded.producers();
        this.epochs = loaded.epochs();
        this.topicId = loaded.topicId();
        this.logStartOffset = loaded.logStartOffset();
        this.looseEnds = new LooseEnds(start, loaded, place.cache().folderNames);
        LogSegment last = segments[segments.length - 1];
        this.end = new LogEnd(loaded.logEndOffset(), last, last.sizeInBytes());
        this.highWatermark = Math.clamp(start.highWatermark(), logStartOffset, end.offset());
        producers.highWatermarkIs(highWatermark);       // transactions that were replayed and had been replicated before
    }

    private static BatchValidation.Rules rules(LogConfig config) {
        return new BatchValidation.Rules(config.timestampType(), config.compression(), config.compression() == null ? 0 : config.compressionLevel(), config.compacts(),
                config.timestampBeforeMaxMs(), config.timestampAfterMaxMs(), config.maxMessageBytes(), new DecodeLimits(config.maxDecompressedMessageBytes()));
    }

    TopicPartition topicPartition() {
        return place.topicPartition();
    }

    LogConfig config() {
        return config;
    }

    BatchValidation.Rules rules() {
        return rules;
    }

    void configIs(LogConfig newConfig) {
        lock.lock();
        try {
            config = newConfig;
            rules = rules(newConfig);
        } finally {
            lock.unlock();
        }
    }

    Uuid topicId() {
        return topicId;
    }

    /// @throws IllegalStateException when the folder belongs to another topic
    /// @throws OutOfSpace            when there is no room to note it
    void assignTopicId(Uuid id) {
        if (id.equals(topicId)) return;
        Path file = place.directory().resolve(PartitionMetadata.FILE_NAME);
        lock.lock();
        try {
            if (!topicId.equals(Uuid.ZERO))
                throw new IllegalStateException(place.directory() + " belongs to topic id " + topicId + ", not " + id + "; delete or set aside the folder first");
            SmallFiles.replaceUnsynced(place.disk(), file, PartitionMetadata.bytes(id));
            topicId = id;
            place.owner().topicIdIs(id);
            looseEnds.topicIdChanged();
        } catch (IOException e) {
            if (isDiskFull(e, 0)) throw new OutOfSpace("note the topic of " + place.directory(), e);
            throw failed(e, file, "write the topic id");
        } finally {
            lock.unlock();
        }
    }

    // ---- segments and end ----

    /// Oldest first, never empty. Nobody changes the array.
    LogSegment[] segments() {
        return segments;
    }

    LogEnd end() {
        return end;
    }

    /// What has been appended to the last segment is claimed from now on, and so no longer believed without a look for as long as it is there.
    void sealTail() {
        lock.lock();
        try {
            end.segment().identity.seal();
        } finally {
            lock.unlock();
        }
    }

    /// Other segments, and the same end.
    void segmentsAre(LogSegment[] now) {
        segments = now;
    }

    /// The last segment holds more, up to `offset`.
    void endIs(long offset) {
        LogSegment last = end.segment();
        end = new LogEnd(offset, last, last.sizeInBytes());
    }

    /// The log ends in another segment now, its last one. The segments are changed before the end is, so that readers find it among them.
    void endIs(long offset, LogSegment[] now) {
        LogSegment last = now[now.length - 1];
        segments = now;
        end = new LogEnd(offset, last, last.sizeInBytes());
    }

    // ---- offsets and epochs ----

    long logStartOffset() {
        return logStartOffset;
    }

    void logStartIs(long offset) {
        logStartOffset = offset;
        highWatermark = Math.max(highWatermark, offset);
        epochs = epochs.truncatedFromStart(offset);
        producers.logStartOffsetIs(offset);
        looseEnds.changed();
    }

    long highWatermark() {
        return highWatermark;
    }

    void raiseHighWatermark(long offset) {
        if (offset <= highWatermark && !producers.waitsForReplication()) return;
        lock.lock();
        try {
            highWatermarkIs(Math.max(highWatermark, Math.min(offset, end.offset())));
        } finally {
            lock.unlock();
        }
    }

    void highWatermarkIs(long offset) {
        highWatermark = offset;
        producers.highWatermarkIs(offset);
    }

    LeaderEpochs epochs() {
        return epochs;
    }

    void assignLeaderEpoch(int leaderEpoch, long startOffset) {
        lock.lock();
        try {
            LeaderEpochs now = epochs.with(leaderEpoch, startOffset);
            if (now != epochs) looseEnds.changed();
            epochs = now;
        } finally {
            lock.unlock();
        }
    }

    void epochsAre(LeaderEpochs now) {
        epochs = now;
    }

    /// How often the log has been truncated since it was opened.
    int truncations() {
        return truncations;
    }

    /// What is known about offsets from the end on is no longer so.
    void truncatedToEnd() {
        long offset = end.offset();
        logStartOffset = Math.min(logStartOffset, offset);
        highWatermark = Math.min(highWatermark, offset);
        epochs = epochs.truncatedFromEnd(offset);
        looseEnds.changed();
        truncations++;
    }

    /// The log is empty and begins where it ends.
    void beginsAfresh() {
        long offset = end.offset();
        logStartOffset = offset;
        highWatermark = offset;
        epochs = LeaderEpochs.EMPTY;
    }

    // ---- whether it may be used ----

    /// @return false when the log is closed
    /// @throws LogDirFailure when the device has failed: from then on nothing is tried again
    boolean isUsable() {
        if (failure != null) throw failure;
        return !closed;
    }

    boolean isClosed() {
        return closed;
    }

    boolean hasFailed() {
        return failure != null;
    }

    void close() {
        closed = true;
    }

    /// @return the first failure, which this may not be
    LogDirFailure failed(IOException e, Path file, String doing) {
        LogDirFailure now = failure;
        if (now == null) failure = now = new LogDirFailure(place.directory(), file, doing, e);
        return now;
    }

    LogDirFailure failed(IOException e, String doing) {
        return failed(e, place.directory(), doing);
    }

    /// The operating system says it in words only; a device with less room than was asked for says it too.
    boolean isDiskFull(IOException e, long bytes) {
        return DiskSpace.isShort(place.disk(), place.directory(), e, bytes);
    }
}
