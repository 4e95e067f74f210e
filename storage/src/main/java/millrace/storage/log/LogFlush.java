package millrace.storage.log;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.storage.file.SmallFiles;

/// How a log gets onto the device, and how far it is there.
///
///     what is dirty? ─▶ sync segments ─▶ side files ─▶ sync folder ─▶ flushed offset, recovery point
///     (the log's lock)             (the flush lock only)
///
/// Invariant: recoveryPoint ≤ flushedOffset ≤ logEndOffset. Below the flushed offset bytes are on the device, in the log's own files or in a copy
/// of its tail ([millrace.storage.ahead]); below the recovery point in its own files, with what is needed to read them. A sync that fails is not tried again: the kernel has dropped what it could not write.
final class LogFlush {
    private final PartitionLog log;
    private final LogState state;
    private final LogPlace place;
    /// Written under the log's lock.
    private volatile LogEnd flushed;
    // Written under the flush lock.
    private volatile long recoveryPoint;
    private volatile LeaderEpochs epochsOnDisk;
    private volatile FlushListener listener = offset -> {};

    LogFlush(PartitionLog log, LogState state, LogLoader.Loaded loaded) {
        this.log = log;
        this.state = state;
        this.place = state.place;
        this.epochsOnDisk = loaded.epochsOnDisk();
        this.flushed = state.looseEnds.isFolderDurable() ? state.end() : begin(state.segments()[0]);
        this.recoveryPoint = Math.min(loaded.recoveryPoint(), flushed.offset());
    }

    /// Recovery has synced the bytes that it found. What they lie in may never have been: then they could all be gone after a power loss.
    private static LogEnd begin(LogSegment first) {
        return new LogEnd(first.baseOffset, first, 0);
    }

    // ---- how far ----

    long flushedOffset() {
        return flushed.offset();
    }

    long recoveryPoint() {
        return recoveryPoint;
    }

    /// The log start offset, as far as the epochs on the device bear witness to it. Whoever writes a later one down would not be believed after a crash.
    long durableLogStart() {
        return Math.max(epochsOnDisk.latestBeginning(state.logStartOffset()), Math.min(state.logStartOffset(), state.segments()[0].baseOffset));
    }

    boolean isDirty() {
        long end = state.end().offset();
        return flushed.offset() < end || recoveryPoint < end || hasLooseEnds();
    }

    private boolean hasLooseEnds() {
        state.lock.lock();
        try {
            return state.looseEnds.hasNames() || state.epochs() != epochsOnDisk;
        } finally {
            state.lock.unlock();
        }
    }

    void onFlushed(FlushListener newListener) {
        listener = newListener;
    }

    void tellFlushed() {
        listener.flushed(flushed.offset());
    }

    void tellAllTold() {
        listener.allTold();
    }

    /// A rolled segment keeps its descriptor, its indexes and a snapshot in memory until they are on the device, so a roll asks by itself: where
    /// nobody waits for syncs, segments would pile up.
    void askWhereDue() {
        long messages = state.config().flushMessages();
        boolean due = messages != Long.MAX_VALUE && state.end().offset() - flushed.offset() >= messages;
        if (state.looseEnds.takeRolled() || due) place.host().flushWanted(log);
    }

    // ---- backwards, under both locks ----

    /// A recovery point above the log's end would look like damage, so it falls before the end does: to the beginning of the segment
    /// that is cut, since a batch that is cut in two goes as a whole. Under the flush lock alone.
    void lowerRecoveryPoint(long offset) {
        if (recoveryPoint <= offset) return;
        recoveryPoint = offset;
        place.host().recoveryPointLowered(log);
    }

    /// The log has been cut, on the device, and ends there now.
    void truncatedTo(long offset) {
        if (flushed.offset() >= offset) flushed = state.end();
        recoveryPoint = Math.min(recoveryPoint, offset);
    }

    /// The log is empty, on the device, and begins there now.
    void beginsAt(long offset) {
        flushed = state.end();
        recoveryPoint = offset;
    }

    // ---- forwards, by a copy ----

    LogTail tail() {
        state.lock.lock();
        try {
            if (!state.isUsable() || !state.looseEnds.isFolderDurable()) return null;
            LogEnd end = state.end();
            if (flushed.segment() == end.segment()) return new LogTail(log, flushed.offset(), flushed.position(), end, state.truncations());
            return flushed.offset() == end.segment().baseOffset ? new LogTail(log, flushed.offset(), 0, end, state.truncations()) : null;
        } finally {
            state.lock.unlock();
        }
    }

    void copied(LogTail tail) {
        state.lock.lock();
        try {
            if (state.truncations() == tail.truncations && tail.end.offset() > flushed.offset()) flushed = tail.end;
        } finally {
            state.lock.unlock();
        }
    }

    // ---- forwards, under the flush lock ----

    /// What was dirty at one moment.
    private record Dirty(LogEnd end, List<LogSegment> segments, List<SnapshotFiles.Waiting> snapshots, LeaderEpochs epochs, LooseEnds.Taken names, boolean sideFiles) {}

    void upTo(long offset) {
        if (flushed.offset() >= offset && recoveryPoint >= offset && !hasLooseEnds()) return;
        state.flushLock.lock();
        try {
            if (state.isUsable()) all();
        } finally {
            state.flushLock.unlock();
        }
    }

    /// Under no lock. What it could not write is lost, as after a sync that fails.
    void writeBack(long pieceBytes) {
        for (LogSegment segment : unsyncedSegments()) {
            try {
                WriteBack.of(segment, pieceBytes);
            } catch (IOException e) {
                throw state.failed(e, segment.logFile(), "write back");
            }
        }
    }

    long unflushedBytes() {
        return unsyncedSegments().stream().mapToLong(segment -> segment.sizeInBytes() - segment.syncedBytes()).sum();
    }

    private List<LogSegment> unsyncedSegments() {
        state.lock.lock();
        try {
            return state.isUsable() ? dirtySegments() : List.of();
        } finally {
            state.lock.unlock();
        }
    }

    void all() {
        flush(captureDirty(false));
    }

    /// With indexes and snapshot, so that what is opened next from these files needs no recovery.
    void allAtClose() {
        flush(captureDirty(true));
    }

    private Dirty captureDirty(boolean closing) {
        state.lock.lock();
        try {
            LogEnd end = state.end();
            boolean sideFiles = state.looseEnds.takeSideFiles(closing);
            if (sideFiles && state.looseEnds.isChanged() && Math.max(state.snapshots.latest(), state.segments()[0].baseOffset) < end.offset())
                state.snapshots.add(state.producers.snapshot(end.offset()));
            LooseEnds.Taken names = state.looseEnds.take();
            if (names.topicId()) end.segment().identity.seal();
            return new Dirty(end, dirtySegments(), state.snapshots.takeWaiting(), state.epochs(), names, sideFiles);
        } finally {
            state.lock.unlock();
        }
    }

    /// Oldest first. All behind a segment that is on the device with its side files are so too.
    private List<LogSegment> dirtySegments() {
        LogSegment[] now = state.segments();
        int first = now.length - 1;
        while (first > 0 && !now[first - 1].isAtRest()) first--;
        return List.of(Arrays.copyOfRange(now, first, now.length));
    }

    private void flush(Dirty dirty) {
        for (LogSegment segment : dirty.segments) sync(segment, segment == dirty.end.segment() ? dirty.end.position() : segment.sizeInBytes());
        boolean epochsChanged = !dirty.epochs.equals(epochsOnDisk);
        boolean complete = writeSideFiles(dirty, epochsChanged);
        syncNames(dirty, epochsChanged);
        if (complete) epochsOnDisk = dirty.epochs;
        flushedUpTo(dirty.end);
        if (complete) recoveryPoint = Math.max(recoveryPoint, dirty.end.offset());
    }

    private void flushedUpTo(LogEnd end) {
        state.lock.lock();
        try {
            state.looseEnds.flushed();
            if (end.offset() > flushed.offset()) flushed = end;
        } finally {
            state.lock.unlock();
        }
    }

    private void sync(LogSegment segment, int bytes) {
        if (segment.isSynced(bytes)) return;
        try {
            segment.sync(bytes);
        } catch (IOException e) {
            throw state.failed(e, segment.logFile(), "sync");
        }
    }

    /// Whoever finds a snapshot reads no marker below it again. So before it comes what the markers below have aborted, that in the last segment too.
    ///
    /// A log that is flushed for the first time gets an identity at once: no checksum covers the file that names its topic, and one whose name rots before
    /// anything contradicts it would be set aside as another topic's, with what has been acknowledged.
    /// @return false when there was no room for them: they stay dirty, and recovery has to begin before them
    private boolean writeSideFiles(Dirty dirty, boolean epochsChanged) {
        boolean snapshotsWritten = false;
        try {
            if (!dirty.snapshots.isEmpty()) for (LogSegment segment : dirty.segments) segment.writeTransactions();
            state.snapshots.write(dirty.snapshots);                                  // before the indexes: what is to be deleted waits for them, and makes room
            snapshotsWritten = true;
            for (LogSegment segment : dirty.segments) {
                boolean rolled = segment != dirty.end.segment();
                if (rolled || dirty.sideFiles) segment.writeSideFiles(rolled);
                else if (dirty.names.topicId()) segment.writeIdentity();
                if (rolled) segment.release();
            }
            if (epochsChanged) SmallFiles.replaceWithoutDirectory(place.disk(), place.directory().resolve(LeaderEpochs.FILE_NAME), dirty.epochs.bytes());
            state.snapshots.deleteStrays(this::isSegment);
            return true;
        } catch (IOException e) {
            if (!state.isDiskFull(e, 0)) throw state.failed(e, "write indexes, epochs or producer snapshots");
            if (!snapshotsWritten) putBack(dirty);
            return false;
        }
    }

    private boolean isSegment(long offset) {
        LogSegment[] now = state.segments();
        return now[LogReads.floor(now, offset)].baseOffset == offset;
    }

    private void putBack(Dirty dirty) {
        state.lock.lock();
        try {
            state.snapshots.putBack(dirty.snapshots);
        } finally {
            state.lock.unlock();
        }
    }

    private void syncNames(Dirty dirty, boolean epochsChanged) {
        try {
            if (dirty.names.topicId()) syncTopicId();
            if (dirty.names.names() || epochsChanged || !dirty.snapshots.isEmpty() || dirty.sideFiles) place.disk().syncDirectory(place.directory());
            if (dirty.names.newFolder()) place.cache().folderNames.sync(state.looseEnds.folderTicket(), place.disk(), place.directory().getParent());
        } catch (IOException e) {
            throw state.failed(e, "sync the folder");
        }
    }

    private void syncTopicId() throws IOException {
        try (DiskFile file = place.disk().open(place.directory().resolve(PartitionMetadata.FILE_NAME), Disk.OpenMode.READ_WRITE)) {
            file.sync();
        }
    }
}
