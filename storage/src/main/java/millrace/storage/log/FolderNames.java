package millrace.storage.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import millrace.ports.Disk;

/// The names of the partitions' folders in one log directory, and how far they are on the device.
///
/// Why: one sync of the log directory makes every folder durable that was there when it began. Thousands of partitions are created together, and are
/// flushed one after the other: each would ask for a sync of its own, which has nothing to do.
///
///     created ─ticket─▶ … ─▶ sync(ticket): a sync that began after the ticket was drawn has ended? ─yes─▶ nothing to do
final class FolderNames {
    /// For a folder that was there when this process came.
    static final long FOUND = 1;

    private final ReentrantLock drawing = new ReentrantLock();
    private final ReentrantLock syncing = new ReentrantLock();
    private long drawn = FOUND;
    private long durable;                                            // under the lock of syncs

    /// A folder has just been created.
    long created() {
        drawing.lock();
        try {
            return ++drawn;
        } finally {
            drawing.unlock();
        }
    }

    /// Returns when the folder with this ticket is on the device. Blocking.
    void sync(long ticket, Disk disk, Path logDirectory) throws IOException {
        syncing.lock();
        try {
            if (durable >= ticket) return;
            long covered = lastDrawn();
            disk.syncDirectory(logDirectory);
            durable = covered;
        } finally {
            syncing.unlock();
        }
    }

    private long lastDrawn() {
        drawing.lock();
        try {
            return drawn;
        } finally {
            drawing.unlock();
        }
    }
}
