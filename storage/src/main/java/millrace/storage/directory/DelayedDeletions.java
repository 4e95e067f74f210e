package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import millrace.ports.Clock;
import millrace.ports.Disk;

/// Files and folders that have left the logs and go once their delay has passed: whoever still reads them may go on until then.
///
/// What is in the queue when the node stops is found by its name at the next start. Any thread may add; one deletes.
final class DelayedDeletions {
    private final Disk disk;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Deletion> waiting = new ArrayDeque<>();

    private record Deletion(long dueMs, Path path) {}

    DelayedDeletions(Disk disk, Clock clock) {
        this.disk = disk;
        this.clock = clock;
    }

    void add(List<Path> files, long delayMs) {
        lock.lock();
        try {
            for (Path each : files) waiting.add(new Deletion(clock.monotonicMs() + delayMs, each));
        } finally {
            lock.unlock();
        }
    }

    /// Takes one out whose delay has passed.
    /// @return null when there is none
    Path takeDue(long nowMs) {
        lock.lock();
        try {
            for (var each = waiting.iterator(); each.hasNext(); ) {              // delays differ from topic to topic; it holds minutes' worth
                Deletion deletion = each.next();
                if (deletion.dueMs > nowMs) continue;
                each.remove();
                return deletion.path;
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    void delete(Path target) throws IOException {
        if (disk.isDirectory(target)) {
            try {
                for (Path child : disk.list(target)) delete(child);
            } catch (NoSuchFileException gone) {
                return;
            }
        }
        disk.delete(target);
    }
}
