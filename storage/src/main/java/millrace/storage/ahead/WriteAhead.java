package millrace.storage.ahead;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import millrace.ports.Disk;
import millrace.storage.file.DiskSpace;
import millrace.storage.log.LogClosed;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogTail;
import millrace.storage.log.OutOfSpace;
import millrace.storage.log.PartitionLog;

/// The write-ahead files of one log directory. One thread at a time has them; a round that is late when they are given up finds none.
public final class WriteAhead {
    /// More than this of one log is written to the device faster than it is copied.
    private static final int MAX_TAIL_BYTES = 256 << 10;
    private static final int MAX_GROUP_BYTES = 2 << 20;
    private static final int LENGTHEN_BYTES = 4 << 20;

    private final Disk disk;
    private final Path directory;
    private final long fileBytes;
    private final Consumer<Retirement> retiring;
    private final AheadFile[] files = new AheadFile[AheadFiles.COUNT];
    private final ReentrantLock lock = new ReentrantLock();
    private AheadGroup group;
    private boolean ended;
    private int active;
    private long generation;
    private volatile boolean otherIsFree = true;

    /// A full file, whose logs are to be flushed before it is taken again.
    ///
    /// @param logs with the offsets up to which they have to be flushed
    /// @param done to be run afterwards
    public record Retirement(Map<PartitionLog, Long> logs, Runnable done) {}

    /// @param fileBytes of each of the two files; less than 4096 for none: then [#write] leaves everything to its caller
    /// @param retiring  is given each file that is full, and must not block
    public WriteAhead(Disk disk, Path directory, long fileBytes, Consumer<Retirement> retiring) {
        this.disk = disk;
        this.directory = directory;
        this.fileBytes = fileBytes & -AheadGroup.ALIGNMENT;
        this.retiring = retiring;
    }

    /// Brings the tails of `logs` to the device as far as that is the better way. Blocking.
    /// @return the logs that have to be flushed instead; the others are durable
    /// @throws LogDirFailure when the device fails
    public List<PartitionLog> write(Collection<PartitionLog> logs) {
        lock.lock();
        try {
            return fileBytes == 0 || ended ? new ArrayList<>(logs) : writeNow(logs);
        } finally {
            lock.unlock();
        }
    }

    private List<PartitionLog> writeNow(Collection<PartitionLog> logs) {
        prepare();
        List<PartitionLog> left = collect(logs);
        if (group.tails().isEmpty()) return left;
        if (!files[active].hasRoomFor(group) && !turn()) return new ArrayList<>(logs);
        if (!append(files[active])) return new ArrayList<>(logs);
        for (LogTail tail : group.tails()) tail.log().copied(tail);
        return left;
    }

    private void prepare() {
        if (group != null) return;
        group = new AheadGroup((int) Math.min(MAX_GROUP_BYTES, fileBytes));
        var zeros = Disk.blocks(Math.clamp(fileBytes / 16, AheadGroup.ALIGNMENT, LENGTHEN_BYTES) & -AheadGroup.ALIGNMENT);
        for (int i = 0; i < files.length; i++) files[i] = new AheadFile(disk, AheadFiles.path(directory, i), fileBytes, zeros);
        files[active].take(++generation);
    }

    private List<PartitionLog> collect(Collection<PartitionLog> logs) {
        var left = new ArrayList<PartitionLog>();
        group.clear();
        for (PartitionLog log : logs) {
            LogTail tail = log.tail();
            if (tail != null && tail.bytes() == 0) continue;
            if (tail == null || tail.bytes() > MAX_TAIL_BYTES || !group.add(tail)) left.add(log);
        }
        return left;
    }

    /// @return false when the device has no room for it
    private boolean append(AheadFile file) {
        try {
            try {
                file.append(group);
                return true;
            } catch (IOException e) {
                if (!DiskSpace.isShort(disk, directory, e, group.sizeInFile())) throw e;
                file.endHere();
                return false;
            }
        } catch (IOException e) {
            throw new LogDirFailure(directory, file.path(), "write ahead", e);
        }
    }

    /// Takes the other file, if nobody needs it any more, and gives the full one away.
    private boolean turn() {
        if (!otherIsFree) return false;
        otherIsFree = false;
        retiring.accept(new Retirement(new LinkedHashMap<>(files[active].copied()), () -> otherIsFree = true));
        active = 1 - active;
        files[active].take(++generation);
        return true;
    }

    // ---- cutting ----

    /// The log has been truncated: what its copies hold beyond its flushed offset is void, on the device when this returns. Blocking.
    ///
    /// Rounds are kept out meanwhile. So every copy that was made of what is there now lies below the flushed offset, and no copy that was made before
    /// comes behind the cut.
    /// @throws OutOfSpace when the device has no room for it; to be called again
    /// @throws LogClosed when the files have been given up
    /// @throws LogDirFailure when the device fails
    public void truncated(PartitionLog log) {
        lock.lock();
        try {
            if (group == null) return;
            long offset = log.flushedOffset();
            if (!files[0].hasCopiesBeyond(log, offset) && !files[1].hasCopiesBeyond(log, offset)) return;
            if (ended) throw new LogClosed(log.topicPartition());
            group.clear();
            group.addCut(log.topicId(), log.topicPartition().partition(), offset);
            if (!files[active].hasRoomFor(group)) turn();
            appendCut(files[active], log);
            for (AheadFile each : files) each.cut(log, offset);
        } finally {
            lock.unlock();
        }
    }

    private void appendCut(AheadFile file, PartitionLog log) {
        try {
            file.appendCut(group);
        } catch (IOException e) {
            if (DiskSpace.isShort(disk, directory, e, group.sizeInFile())) throw new OutOfSpace("note that " + log.topicPartition() + " was truncated", e);
            throw new LogDirFailure(directory, file.path(), "write ahead", e);
        }
    }

    // ---- the end ----

    /// Lets go of the files, which stay for the next start. Nothing is written afterwards.
    public void close() {
        lock.lock();
        try {
            ended = true;
            if (group == null) return;
            for (AheadFile each : files) each.close();
        } finally {
            lock.unlock();
        }
    }

    /// After [#close], when every log has been flushed: the files go.
    /// @throws LogDirFailure when the device fails
    public void delete() {
        if (group == null) return;
        try {
            for (AheadFile each : files) each.delete();
            disk.syncDirectory(directory);
        } catch (IOException e) {
            throw new LogDirFailure(directory, directory, "delete the write-ahead files", e);
        }
    }
}
