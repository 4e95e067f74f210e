package millrace.storage.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.locks.ReentrantLock;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.storage.log.LogSegment.Open;

/// Whether a segment's file is open, and with which indexes.
///
///     cold ──use()──▶ open ──close()──▶ cold      (by the cache, when not pinned and nothing is unwritten)
///       └──────leave()──┴──▶ gone                 (for ever)
///
/// Invariant: whoever got an [Open] can go on with it until he releases it, whatever becomes of the segment; who comes after [#leave] gets none.
final class SegmentOpening {
    private final LogSegment segment;
    private final LogPlace place;
    private final SegmentIndexFiles indexFiles;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile Open open;
    private volatile boolean pinned;
    private volatile boolean gone;

    SegmentOpening(LogSegment segment, LogPlace place, SegmentIndexFiles indexFiles) {
        this.segment = segment;
        this.place = place;
        this.indexFiles = indexFiles;
    }

    /// @return null while nobody has opened it; not held
    Open now() {
        return open;
    }

    boolean isGone() {
        return gone;
    }

    // ---- opening ----

    /// The file has just been created, empty.
    void begin(DiskFile file) {
        open = new Open(file, OffsetIndex.empty(), TimeIndex.empty());
        pinned = true;
    }

    /// @return held, for the caller to release; null when the segment has left the log
    Open use() throws IOException {
        while (true) {
            Open now = open;
            if (now == null) now = load();
            if (now == null) return null;
            if (now.file().retain()) {
                if (!pinned) place.cache().used(segment);
                return now;
            }
            if (gone) return null;
        }
    }

    /// @return not held; null when the segment has left the log
    Open load() throws IOException {
        opening.lock();
        try {
            if (gone) return null;
            if (open != null) return open;
            DiskFile file = place.disk().open(segment.logFile(), Disk.OpenMode.READ_WRITE);
            try {
                open = withIndexes(file);
                if (!pinned) segment.writeRebuilt(open);
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

    private Open withIndexes(DiskFile file) throws IOException {
        SegmentIndexFiles.Indexes found = indexFiles.read();
        if (found == null) {
            found = indexFiles.makeAnew(file);
            segment.indexesAreUnwritten();
        }
        return new Open(file, found.offsets(), found.times());
    }

    /// With such indexes as there are, and with none where there are none: recovery makes the rest. Stays open.
    /// @return held, for the caller to release
    Open useForRecovery() throws IOException {
        opening.lock();
        try {
            pinned = true;
            if (open == null) {
                DiskFile file = place.disk().open(segment.logFile(), Disk.OpenMode.READ_WRITE);
                SegmentIndexFiles.Indexes found = indexFiles.readWhatThereIs();
                open = new Open(file, found.offsets(), found.times());
            }
            if (!open.file().retain()) throw new IOException(segment.logFile() + " has been closed");
            return open;
        } finally {
            opening.unlock();
        }
    }

    // ---- other indexes ----

    void indexesAre(Open held, SegmentIndexFiles.Indexes indexes) {
        opening.lock();
        try {
            open = new Open(held.file(), indexes.offsets(), indexes.times());
        } finally {
            opening.unlock();
        }
    }

    /// The offset index points where no batch of its offset begins. It is not believed again while the segment is open; the scrubber throws it away.
    void offsetIndexIsWrong(Open held) {
        opening.lock();
        try {
            if (open != held || pinned) return;
            indexFiles.rejected(SegmentFiles.OFFSET_INDEX, "it points where no batch begins");
            open = new Open(held.file(), OffsetIndex.empty(), held.times());
        } finally {
            opening.unlock();
        }
    }

    /// The index files are wrong: the next use makes them anew.
    void dropIndexes() throws IOException {
        opening.lock();
        try {
            if (pinned || gone) return;
            indexFiles.rejected(SegmentFiles.OFFSET_INDEX, "it points where no batch begins");
            indexFiles.delete();
            if (open != null) closeQuietly(open.file());
            open = null;
        } finally {
            opening.unlock();
        }
    }

    // ---- closing ----

    /// Keeps the segment, once open, out of the cache's reach.
    void pin() {
        pinned = true;
        place.cache().forget(segment);
    }

    void release() {
        if (!pinned) return;
        pinned = false;
        if (open != null) place.cache().used(segment);
    }

    /// Unless somebody needs it open, or what was made anew in memory is in no file yet.
    void close() {
        opening.lock();
        try {
            if (pinned || open == null || !segment.hasWrittenSideFiles()) return;
            DiskFile file = open.file();
            open = null;
            segment.identity.forget();
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

    /// Readers that hold the file go on, new ones find it gone.
    void leave() {
        opening.lock();
        try {
            gone = true;
            place.cache().forget(segment);
            segment.identity.supersede();
            Open now = open;
            open = null;
            if (now != null) closeQuietly(now.file());
        } finally {
            opening.unlock();
        }
    }
}
