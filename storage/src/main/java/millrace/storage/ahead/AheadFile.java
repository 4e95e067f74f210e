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
    private long written;                                            // beyond it a write makes the file longer, which is dear
    private long position;
    private long limit;
    private long generation;
    private int sequence;
    private boolean holdsCuts;
    private boolean mustBeOpened;
    private final Map<PartitionLog, Long> copied = new LinkedHashMap<>();

    /// @param zeros what the file is made longer with, well ahead of its groups
    AheadFile(Disk disk, Path path, long bytes, ByteBuffer zeros) {
        this.disk = disk;
        this.path = path;
        this.bytes = bytes;
        this.zeros = zeros;
    }

    /// Begins to write it from its beginning. Nobody needs what it holds.
    ///
    /// Were the first group torn, the groups behind it would be read once more, and it may have taken with it what says which of them are void. So where
    /// there is such a thing the first group is an empty one, of one block: what cut a log lies behind its copies, never in that block alone.
    void take(long newGeneration) {
        generation = newGeneration;
        mustBeOpened = holdsCuts;
        holdsCuts = false;
        position = mustBeOpened ? AheadGroup.ALIGNMENT : 0;
        limit = bytes;
        sequence = mustBeOpened ? 1 : 0;
        copied.clear();
    }

    boolean hasRoomFor(AheadGroup group) {
        return position + group.sizeInFile() <= limit;
    }

    /// On the device when it returns.
    void append(AheadGroup group) throws IOException {
        write(group);
        for (LogTail tail : group.tails()) copied.merge(tail.log(), tail.endOffset(), Math::max);
    }

    /// As [#append], also where there is no room any more: the file may become longer than it is to be.
    void appendCut(AheadGroup group) throws IOException {
        write(group);
        holdsCuts = true;
    }

    private void write(AheadGroup group) throws IOException {
        if (file == null) create();
        if (mustBeOpened) writeEmptyGroup();
        int size = group.sizeInFile();
        if (position + size > written) lengthen(position + size);
        file.write(group.seal(generation, sequence), position);
        sequence++;
        position += size;
    }

    private void writeEmptyGroup() throws IOException {
        var empty = new AheadGroup(AheadGroup.ALIGNMENT);
        empty.clear();
        file.write(empty.seal(generation, 0), 0);
        mustBeOpened = false;
    }

    /// The device has no room to make it longer: it is as good as full until it is taken again. Room that was half taken is given back.
    void endHere() throws IOException {
        limit = position;
        if (file != null) file.truncate(written);
    }

    private void create() throws IOException {
        file = disk.createWriteThrough(path);
        disk.syncDirectory(path.getParent());
    }

    /// A little more than is needed now, so that the next groups find blocks that are there.
    private void lengthen(long needed) throws IOException {
        while (written < needed) {
            int more = (int) Math.min(zeros.capacity(), Math.max(bytes, needed) - written);
            file.write(zeros.duplicate().clear().limit(more), written);
            written += more;
        }
    }

    /// The logs that have copies in it, with the end of the last copy.
    Map<PartitionLog, Long> copied() {
        return copied;
    }

    boolean hasCopiesBeyond(PartitionLog log, long offset) {
        return copied.getOrDefault(log, 0L) > offset;
    }

    /// What the log's copies hold from `offset` on is void, on the device.
    void cut(PartitionLog log, long offset) {
        copied.computeIfPresent(log, (_, end) -> Math.min(end, offset));
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
