package millrace.storage.log;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Timestamps to offsets, sparse. An entry says: among all batches up to here, this is the largest timestamp, and the batch that has it
/// ends at this offset. So a search for a timestamp starts at the entry at or below it.
///
/// | at | bytes | field                                            |
/// |----|-------|--------------------------------------------------|
/// |  0 |   8   | timestamp, milliseconds since the epoch          |
/// |  8 |   4   | the batch's last offset less the segment's base  |
///
/// Both columns ascend. Publication as in [OffsetIndex].
final class TimeIndex {
    static final int ENTRY_BYTES = 12;

    private long[] timestamps;
    private int[] relativeOffsets;
    private volatile int count;

    private TimeIndex(long[] timestamps, int[] relativeOffsets, int count) {
        this.timestamps = timestamps;
        this.relativeOffsets = relativeOffsets;
        this.count = count;
    }

    static TimeIndex empty() {
        return new TimeIndex(new long[8], new int[8], 0);
    }

    /// @return null when the entries do not ascend: then it has to be made anew
    static TimeIndex read(ByteBuffer file) {
        if (file.remaining() % ENTRY_BYTES != 0) return null;
        int most = file.remaining() / ENTRY_BYTES;
        var index = new TimeIndex(new long[Math.max(8, most)], new int[Math.max(8, most)], 0);
        int size = 0;
        for (; size < most; size++) {
            long timestamp = file.getLong();
            int relativeOffset = file.getInt();
            if (timestamp == 0 && relativeOffset == 0 && isPadding(file)) break;
            if (size > 0 && (timestamp <= index.timestamps[size - 1] || relativeOffset < index.relativeOffsets[size - 1])) return null;
            if (timestamp < 0 || relativeOffset < 0) return null;
            index.timestamps[size] = timestamp;
            index.relativeOffsets[size] = relativeOffset;
        }
        index.count = size;
        return index;
    }

    private static boolean isPadding(ByteBuffer file) {
        for (int at = file.position(); at < file.limit(); at++) if (file.get(at) != 0) return false;
        return true;
    }

    /// Only a timestamp above the last entry's says anything new.
    void appendIfLater(long timestamp, int relativeOffset) {
        int size = count;
        if (timestamp < 0 || size > 0 && timestamp <= timestamps[size - 1]) return;
        if (size == timestamps.length) {
            timestamps = Arrays.copyOf(timestamps, size * 2);
            relativeOffsets = Arrays.copyOf(relativeOffsets, size * 2);
        }
        timestamps[size] = timestamp;
        relativeOffsets[size] = relativeOffset;
        count = size + 1;
    }

    /// @return the entry with the largest timestamp below, -1 when none is
    int lower(long timestamp) {
        int low = 0;
        int high = count - 1;
        long[] in = timestamps;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (in[middle] < timestamp) low = middle + 1;
            else high = middle - 1;
        }
        return high;
    }

    int count() {
        return count;
    }

    long timestamp(int entry) {
        return timestamps[entry];
    }

    int relativeOffset(int entry) {
        return relativeOffsets[entry];
    }

    TimeIndex below(long relativeOffset) {
        int kept = 0;
        while (kept < count && relativeOffsets[kept] < relativeOffset) kept++;
        int room = Math.max(8, kept);
        return new TimeIndex(Arrays.copyOf(timestamps, room), Arrays.copyOf(relativeOffsets, room), kept);
    }

    /// As [OffsetIndex#bytes]: the end is the caller's, because the writer may append meanwhile.
    ByteBuffer bytes(int first, int end) {
        ByteBuffer bytes = ByteBuffer.allocate((end - first) * ENTRY_BYTES);
        for (int i = first; i < end; i++) bytes.putLong(timestamps[i]).putInt(relativeOffsets[i]);
        return bytes.flip();
    }
}
