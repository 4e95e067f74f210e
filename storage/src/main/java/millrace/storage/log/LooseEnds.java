package millrace.storage.log;

import millrace.common.Uuid;

/// What is not on the device besides batches: names in the folder, the topic id, indexes and a snapshot of producers.
///
/// Invariant: whatever changes one of them notes it here before a flush could call the offset behind it flushed. Guarded by the log's lock, but
/// for [#takeRolled].
final class LooseEnds {
    /// After this many bytes a flush also writes indexes and a producer snapshot, so that recovery has no more than this to read.
    private static final long SIDE_FILES_EVERY_BYTES = 64L << 20;

    private final long folderTicket;
    private boolean namesChanged;
    private boolean folderIsNew;
    private boolean topicIdChanged;
    private boolean folderIsDurable;
    private boolean changedSinceOpen;
    private long bytesSinceSideFiles;
    private volatile boolean rolledUnflushed;

    /// What one flush has taken on.
    record Taken(boolean names, boolean newFolder, boolean topicId) {}

    LooseEnds(LogStart start, LogLoader.Loaded loaded, FolderNames folders) {
        folderTicket = loaded.created() ? folders.created() : FolderNames.FOUND;
        boolean neverFlushed = !start.clean() && start.recoveryPoint() <= loaded.segments()[0].baseOffset;     // as far as is known
        namesChanged = loaded.namesChanged() || neverFlushed;
        folderIsNew = loaded.created() || neverFlushed;
        topicIdChanged = neverFlushed && !loaded.topicId().equals(Uuid.ZERO);
        folderIsDurable = !folderIsNew && !topicIdChanged;
        changedSinceOpen = loaded.created() || loaded.namesChanged() || !start.clean();
    }

    /// The log differs from what was opened, so that closing it has something to write.
    void changed() {
        changedSinceOpen = true;
    }

    boolean isChanged() {
        return changedSinceOpen;
    }

    void appended(int bytes) {
        bytesSinceSideFiles += bytes;
        changedSinceOpen = true;
    }

    /// @param behindAnother whether there is a rolled segment now whose files are in memory only
    void rolled(boolean behindAnother) {
        namesChanged = true;
        changedSinceOpen = true;
        rolledUnflushed |= behindAnother;
    }

    void topicIdChanged() {
        topicIdChanged = true;
        folderIsDurable = false;
        namesChanged = true;
        changedSinceOpen = true;
    }

    /// @return whether a segment has been rolled since the last time that this was asked
    boolean takeRolled() {
        if (!rolledUnflushed) return false;
        rolledUnflushed = false;
        return true;
    }

    boolean hasNames() {
        return namesChanged || topicIdChanged;
    }

    /// @return whether a flush is to write side files too: then it has taken that on
    boolean takeSideFiles(boolean closing) {
        if (!closing && bytesSinceSideFiles < SIDE_FILES_EVERY_BYTES) return false;
        bytesSinceSideFiles = 0;
        return true;
    }

    /// A flush has brought to the device what it had taken on.
    void flushed() {
        folderIsDurable = !folderIsNew && !topicIdChanged;
    }

    /// The folder among those of the log directory ([FolderNames]).
    long folderTicket() {
        return folderTicket;
    }

    /// Whether the folder is there after a power loss, and says whose it is.
    boolean isFolderDurable() {
        return folderIsDurable;
    }

    Taken take() {
        var taken = new Taken(namesChanged, folderIsNew, topicIdChanged);
        namesChanged = false;
        folderIsNew = false;
        topicIdChanged = false;
        return taken;
    }
}
