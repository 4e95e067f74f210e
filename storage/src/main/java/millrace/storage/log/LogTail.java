package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import millrace.common.Uuid;
import millrace.storage.file.SmallFiles;

/// The batches of a log that were not on the device at one moment, as they lie in its last segment.
///
/// A truncation that comes in between makes it worthless: reading may then give other bytes or too few, and [PartitionLog#copied] ignores it.
public final class LogTail {
    private final PartitionLog log;
    private final long firstOffset;
    private final int position;
    final LogEnd end;
    final int truncations;

    LogTail(PartitionLog log, long firstOffset, int position, LogEnd end, int truncations) {
        this.log = log;
        this.firstOffset = firstOffset;
        this.position = position;
        this.end = end;
        this.truncations = truncations;
    }

    public PartitionLog log() {
        return log;
    }

    public Uuid topicId() {
        return log.topicId();
    }

    public int partition() {
        return log.topicPartition().partition();
    }

    /// Where the log ended on the device before.
    public long firstOffset() {
        return firstOffset;
    }

    /// The log end offset with this tail.
    public long endOffset() {
        return end.offset();
    }

    public int bytes() {
        return end.position() - position;
    }

    /// Puts the batches at the buffer's position, which moves by [#bytes].
    /// @param target with room for them
    /// @return false when the segment was truncated or deleted meanwhile
    public boolean read(ByteBuffer target) {
        LogSegment segment = end.segment();
        try {
            LogSegment.Open held = segment.use();
            if (held == null) return false;
            try {
                ByteBuffer part = target.duplicate().limit(target.position() + bytes());
                SmallFiles.readFully(held.file(), part, position);
                if (part.hasRemaining()) return false;
                target.position(part.position());
                return true;
            } finally {
                held.file().release();
            }
        } catch (IOException e) {
            throw new LogDirFailure(segment.logFile().getParent(), segment.logFile(), "read the log's tail", e);
        }
    }
}
