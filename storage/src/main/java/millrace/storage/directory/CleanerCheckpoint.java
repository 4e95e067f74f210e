package millrace.storage.directory;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import millrace.common.TopicPartition;

/// Up to where each compacted log has been cleaned: `cleaner-offset-checkpoint`. An entry that is lost or too low costs a longer pass. One
/// that is too high would leave records uncompacted, and a recovery would take a torn gap below it for compaction's. So what is taken back is
/// taken back at once, in the file too.
public final class CleanerCheckpoint {
    private final OffsetCheckpoint file;
    private final ReentrantLock lock = new ReentrantLock();
    private TreeMap<TopicPartition, Long> offsets = new TreeMap<>();

    CleanerCheckpoint(OffsetCheckpoint file) {
        this.file = file;
    }

    void read() throws IOException {
        offsets = file.read();
    }

    public OptionalLong of(TopicPartition topicPartition) {
        lock.lock();
        try {
            Long offset = offsets.get(topicPartition);
            return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
        } finally {
            lock.unlock();
        }
    }

    /// @param offset exclusive
    public void cleaned(TopicPartition topicPartition, long offset) throws IOException {
        lock.lock();
        try {
            offsets.put(topicPartition, offset);
            file.write(offsets);
        } finally {
            lock.unlock();
        }
    }

    /// The log ends here now: what comes instead of the rest has never been cleaned.
    void truncated(TopicPartition topicPartition, long logEndOffset) throws IOException {
        lock.lock();
        try {
            Long cleaned = offsets.get(topicPartition);
            if (cleaned == null || cleaned <= logEndOffset) return;
            offsets.put(topicPartition, logEndOffset);
            file.write(offsets);
        } finally {
            lock.unlock();
        }
    }

    /// For want of room to write a lower one.
    void deleteFile() throws IOException {
        lock.lock();
        try {
            file.delete();
        } finally {
            lock.unlock();
        }
    }

    /// A log of this name begins anew.
    void forget(TopicPartition topicPartition) throws IOException {
        lock.lock();
        try {
            if (offsets.remove(topicPartition) != null) file.write(offsets);
        } finally {
            lock.unlock();
        }
    }

    void write() throws IOException {
        lock.lock();
        try {
            if (!offsets.isEmpty() || file.isWritten()) file.write(offsets);
        } finally {
            lock.unlock();
        }
    }
}
