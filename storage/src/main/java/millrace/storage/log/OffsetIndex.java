package millrace.storage.log;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Offsets to file positions, sparse: about one entry per `index.interval.bytes`. An entry names the last offset of a batch and where
/// that batch begins, so whoever looks for an offset starts at the entry at or below it and walks on.
///
/// | at | bytes | field                                              |
/// |----|-------|----------------------------------------------------|
/// |  0 |   4   | the batch's last offset less the segment's base    |
/// |  4 |   4   | the batch's position in the `.log` file            |
///
/// In memory an entry is one long. One writer appends, readers look up beside it: the count is published after the entry.
/// To take entries back is to make a new index ([#below]), so no reader ever sees an entry change.
final class OffsetIndex {
    static final int ENTRY_BYTES = 8;

    private long[] entries;
    private volatile int count;

    private OffsetIndex(long[] entries, int count) {
        this.entries = entries;
        this.count = count;
    }

    static OffsetIndex empty() {
        return new OffsetIndex(new long[8], 0);
    }

    /// Reads a file's entries up to the zeroes that Kafka's preallocation leaves behind after an unclean stop.
    /// @return null when the entries do not ascend or point past `logBytes`: then it has to be made anew
    static OffsetIndex read(ByteBuffer file, int logBytes) {
        if (file.remaining() % ENTRY_BYTES != 0) return null;
        int most = file.remaining() / ENTRY_BYTES;
        var entries = new long[Math.max(8, most)];
        int count = 0;
        for (; count < most; count++) {
            long entry = file.getLong();
            if (entry == 0) break;                                   // no entry is ever made for the batch at position 0
            if (position(entry) < 0 || position(entry) >= logBytes) return null;
            if (count > 0 && (relativeOffset(entry) <= relativeOffset(entries[count - 1]) || position(entry) <= position(entries[count - 1]))) return null;
            entries[count] = entry;
        }
        return isPadding(file) ? new OffsetIndex(entries, count) : null;
    }

    /// Nothing but zeroes follow.
    private static boolean isPadding(ByteBuffer file) {
        for (int at = file.position(); at < file.limit(); at += Long.BYTES) if (file.getLong(at) != 0) return false;
        return true;
    }

    void append(int relativeOffset, int position) {
        int size = count;
        if (size == entries.length) entries = Arrays.copyOf(entries, size * 2);
        entries[size] = (long) relativeOffset << 32 | position;
        count = size + 1;
    }

    /// @return the entry with the largest offset at or below, -1 when all are above
    int floor(long relativeOffset) {
        int low = 0;
        int high = count - 1;
        long[] in = entries;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (relativeOffset(in[middle]) <= relativeOffset) low = middle + 1;
            else high = middle - 1;
        }
        return high;
    }

    /// @return the first entry whose batch begins at `position` or behind it, -1 when there is none
    int firstAtOrAfter(int position) {
        int low = 0;
        int high = count;
        int size = high;
        long[] in = entries;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (position(in[middle]) < position) low = middle + 1;
            else high = middle;
        }
        return low == size ? -1 : low;
    }

    int count() {
        return count;
    }

    int relativeOffset(int entry) {
        return relativeOffset(entries[entry]);
    }

    int position(int entry) {
        return position(entries[entry]);
    }

    /// Where to begin looking for an offset.
    int positionBefore(long relativeOffset) {
        int entry = floor(relativeOffset);
        return entry < 0 ? 0 : position(entry);
    }

    /// A new index with the entries of batches that end below `relativeOffset`.
    OffsetIndex below(long relativeOffset) {
        int kept = floor(relativeOffset - 1) + 1;
        return new OffsetIndex(Arrays.copyOf(entries, Math.max(8, kept)), kept);
    }

    /// The entries from `first` (inclusive) to `end` (exclusive) as the file has them. The writer may append more meanwhile, so the
    /// end is the caller's, who has asked for [#count] once.
    ByteBuffer bytes(int first, int end) {
        ByteBuffer bytes = ByteBuffer.allocate((end - first) * ENTRY_BYTES);
        long[] in = entries;
        for (int i = first; i < end; i++) bytes.putLong(in[i]);
        return bytes.flip();
    }

    private static int relativeOffset(long entry) {
        return (int) (entry >>> 32);
    }

    private static int position(long entry) {
        return (int) entry;
    }
}
