package millrace.storage.ahead;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.storage.log.LogTail;
import millrace.storage.log.PartitionLog;

/// One of the two files while it is written.
final class AheadFile {
    private final Disk disk;
    private final Path path;
    private final long bytes;
    private final ByteBuffer zeros;
    private DiskFile file;
    private long written;                                            // beyond it a write makes the file longer, which a sync pays for
    private long position;
    private long limit;
    private long generation;
    private int sequence;
    private final Map<PartitionLog, Long> copied = new LinkedHashMap<>();

    /// @param zeros what the file is made longer with, well ahead of its groups
    AheadFile(Disk disk, Path path, long bytes, ByteBuffer zeros) {
        this.disk = disk;
        this.path = path;
        this.bytes = bytes;
        this.zeros = zeros;
    }

    /// Begins to write it from its beginning. Nobody needs what it holds.
    void take(long newGeneration) {
        generation = newGeneration;
        position = 0;
        limit = bytes;
        sequence = 0;
        copied.clear();
    }

    boolean hasRoomFor(AheadGroup group) {
        return position + group.sizeInFile() <= limit;
    }

    /// Writes and syncs.
    void append(AheadGroup group) throws IOException {
        if (file == null) create();
        int size = group.sizeInFile();
        if (position + size > written) lengthen(position + size);
        file.write(group.seal(generation, sequence), position);
        file.sync();
        sequence++;
        position += size;
        for (LogTail tail : group.tails()) copied.merge(tail.log(), tail.endOffset(), Math::max);
    }

    /// The device has no room to make it longer: it is as good as full until it is taken again. Room that was half taken is given back.
    void endHere() throws IOException {
        limit = position;
        if (file != null) file.truncate(written);
    }

    private void create() throws IOException {
        file = disk.open(path, Disk.OpenMode.CREATE_NEW_READ_WRITE);
        disk.syncDirectory(path.getParent());
    }

    /// A little more than is needed now, so that the next groups find blocks that are there.
    private void lengthen(long needed) throws IOException {
        while (written < needed) {
            int more = (int) Math.min(zeros.capacity(), bytes - written);
            file.write(zeros.duplicate().clear().limit(more), written);
            written += more;
        }
    }

    /// The logs that have copies in it, with the end of the last copy.
    Map<PartitionLog, Long> copied() {
        return copied;
    }

    Path path() {
        return path;
    }

    /// Every log has been flushed, so it goes.
    void delete() throws IOException {
        if (file == null) return;
        file.close();
        file = null;
        disk.delete(path);
    }

    void close() {
        if (file == null) return;
        try {
            file.close();
        } catch (IOException synced) {
            // Every group was synced when it was written; a descriptor that cannot be closed cannot be used either.
        }
    }
}
