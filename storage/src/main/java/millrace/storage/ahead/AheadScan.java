package millrace.storage.ahead;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.storage.file.SmallFiles;

/// The groups of one write-ahead file, as a start finds them.
final class AheadScan {
    private static final long NONE = -1;

    private final Path file;
    private final List<Entry> entries = new ArrayList<>();
    private final CRC32C crc = new CRC32C();
    private long generation = NONE;
    private int sequence;
    private int lost;

    /// A copy of one log's tail.
    ///
    /// @param endOffset exclusive; the batches from there on are void
    record Entry(Path file, long position, int bytes, Uuid topicId, int partition, long firstOffset, long endOffset) {
        Entry below(long offset) {
            return offset >= endOffset ? this : new Entry(file, position, bytes, topicId, partition, firstOffset, Math.max(offset, firstOffset));
        }

        boolean isEmpty() {
            return endOffset <= firstOffset;
        }

        ByteBuffer read(Disk disk) throws IOException {
            try (DiskFile in = disk.open(file, Disk.OpenMode.READ)) {
                return readFully(in, position, bytes);
            }
        }
    }

    private AheadScan(Path file) {
        this.file = file;
    }

    static AheadScan of(Disk disk, Path file) throws IOException {
        var scan = new AheadScan(file);
        try (DiskFile in = disk.open(file, Disk.OpenMode.READ)) {
            scan.read(new AheadWindow(in));
        }
        return scan;
    }

    /// Of the groups in it; -1 when there is none.
    long generation() {
        return generation;
    }

    Path file() {
        return file;
    }

    /// Groups that are not whole, and had been on the device, because a later one follows.
    int lost() {
        return lost;
    }

    List<Entry> entries() {
        return entries;
    }

    /// Group after group. Behind one that is not whole, a later one of the same generation is looked for: it would show that the broken one
    /// had been on the device, and its own copies count all the same.
    private void read(AheadWindow window) throws IOException {
        long size = window.fileBytes();
        long at = 0;
        while (at + AheadGroup.HEADER_BYTES <= size) {
            ByteBuffer header = window.at(at, AheadGroup.HEADER_BYTES);
            int length = header.getInt(AheadGroup.CHECKED_FROM + 12);
            boolean whole = isNext(header) && length >= AheadGroup.HEADER_BYTES && length <= size - at && take(window.at(at, length), at);
            at += whole ? length + AheadGroup.ALIGNMENT - 1 & -AheadGroup.ALIGNMENT : AheadGroup.ALIGNMENT;
        }
    }

    private boolean isNext(ByteBuffer header) {
        if (header.getInt(0) != AheadGroup.MAGIC) return false;
        long itsGeneration = header.getLong(AheadGroup.CHECKED_FROM);
        int itsSequence = header.getInt(AheadGroup.CHECKED_FROM + 8);
        return generation == NONE || itsGeneration == generation && itsSequence >= sequence;
    }

    private boolean take(ByteBuffer group, long at) {
        crc.reset();
        crc.update(group.slice(AheadGroup.CHECKED_FROM, group.limit() - AheadGroup.CHECKED_FROM));
        if ((int) crc.getValue() != group.getInt(AheadGroup.CRC_AT)) return false;
        if (generation != NONE) lost += group.getInt(AheadGroup.CHECKED_FROM + 8) - sequence;
        generation = group.getLong(AheadGroup.CHECKED_FROM);
        sequence = group.getInt(AheadGroup.CHECKED_FROM + 8) + 1;
        group.position(AheadGroup.HEADER_BYTES);
        while (group.remaining() >= AheadGroup.ENTRY_HEADER_BYTES) {
            var topicId = new Uuid(group.getLong(), group.getLong());
            int partition = group.getInt();
            long firstOffset = group.getLong();
            long endOffset = group.getLong();
            int bytes = group.getInt();
            entries.add(new Entry(file, at + group.position(), bytes, topicId, partition, firstOffset, endOffset));
            group.position(group.position() + bytes);
        }
        return true;
    }

    private static ByteBuffer readFully(DiskFile in, long position, int bytes) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(bytes);
        SmallFiles.readFully(in, into, position);
        if (into.hasRemaining()) throw new IOException("the file ends at " + (position + into.position()));
        return into.flip();
    }
}
