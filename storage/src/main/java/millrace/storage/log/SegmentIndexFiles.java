package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.function.Function;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.record.RecordBatch;
import millrace.storage.file.SmallFiles;

/// The `.index` and `.timeindex` files of a segment: read, made anew from the log where they are missing or wrong, and written on.
///
/// Invariant: [#write] leaves the files with the entries of the indexes and nothing behind them. Reading is under the segment's opening lock,
/// writing under the flush lock.
final class SegmentIndexFiles {
    private final LogSegment segment;
    private final LogPlace place;
    private int writtenOffsetEntries;
    private int writtenTimeEntries;

    /// Both, in memory.
    record Indexes(OffsetIndex offsets, TimeIndex times) {
        static Indexes none() {
            return new Indexes(OffsetIndex.empty(), TimeIndex.empty());
        }
    }

    SegmentIndexFiles(LogSegment segment, LogPlace place) {
        this.segment = segment;
        this.place = place;
    }

    // ---- reading ----

    /// @return null when one is missing or wrong, which is told
    Indexes read() throws IOException {
        int logBytes = segment.sizeInBytes();
        if (logBytes == 0) return asWritten(OffsetIndex.empty(), TimeIndex.empty());
        OffsetIndex offsets = read(SegmentFiles.OFFSET_INDEX, bytes -> OffsetIndex.read(bytes, logBytes), "its entries do not ascend or point past the log");
        TimeIndex times = read(SegmentFiles.TIME_INDEX, TimeIndex::read, "its entries do not ascend");
        return asWritten(offsets, times);
    }

    /// For recovery, which makes the rest.
    /// @return empty ones where one is missing or wrong
    Indexes readWhatThereIs() throws IOException {
        int logBytes = segment.sizeInBytes();
        Indexes found = asWritten(read(SegmentFiles.OFFSET_INDEX, bytes -> OffsetIndex.read(bytes, logBytes), null), read(SegmentFiles.TIME_INDEX, TimeIndex::read, null));
        return found == null ? Indexes.none() : found;
    }

    /// @param wrong told when the file is there and cannot be used; null to tell nothing
    private <T> T read(String suffix, Function<ByteBuffer, T> reader, String wrong) throws IOException {
        ByteBuffer bytes;
        try {
            bytes = SmallFiles.read(place.disk(), segment.file(suffix));
        } catch (NoSuchFileException notWrittenBeforeACrash) {
            return null;
        }
        T index = reader.apply(bytes);
        if (index == null && wrong != null) rejected(suffix, wrong);
        return index;
    }

    void rejected(String suffix, String reason) {
        place.host().onEvent(new LogEvent.SideFileRejected(place.topicPartition(), segment.file(suffix), reason));
    }

    private Indexes asWritten(OffsetIndex offsets, TimeIndex times) {
        boolean usable = offsets != null && times != null;
        writtenOffsetEntries = usable ? offsets.count() : 0;
        writtenTimeEntries = usable ? times.count() : 0;
        return usable ? new Indexes(offsets, times) : null;
    }

    /// From the log itself. The last segment's files stay as they are until the log is next flushed or closed.
    Indexes makeAnew(DiskFile file) throws IOException {
        Indexes made = Indexes.none();
        ByteBuffer buffer = place.cache().lookUpBuffers.take();
        try {
            long largest = RecordBatch.NO_TIMESTAMP;
            long at = segment.baseOffset;
            int interval = LogConfig.DEFAULTS.indexIntervalBytes();
            int since = 0;
            var batches = new GoodBatches(segment, file, 0, segment.sizeInBytes(), buffer);
            for (HeaderScan scan; (scan = batches.next()) != null; ) {
                if (scan.maxTimestamp() > largest) {
                    largest = scan.maxTimestamp();
                    at = scan.lastOffset();
                }
                if (since > interval) {
                    made.offsets.append((int) (scan.lastOffset() - segment.baseOffset), scan.position());
                    made.times.appendIfLater(largest, (int) (at - segment.baseOffset));
                    since = 0;
                }
                since += scan.sizeInBytes();
            }
            made.times.appendIfLater(largest, (int) (at - segment.baseOffset));
            segment.times.largestIs(largest, at);
        } finally {
            place.cache().lookUpBuffers.give(buffer);
        }
        writtenOffsetEntries = 0;
        writtenTimeEntries = 0;
        return made;
    }

    // ---- writing ----

    /// Fewer entries may be in the files than were: those behind have been taken back.
    void takenBackTo(Indexes kept) {
        writtenOffsetEntries = Math.min(writtenOffsetEntries, kept.offsets.count());
        writtenTimeEntries = Math.min(writtenTimeEntries, kept.times.count());
    }

    /// Writes and syncs what the files lack.
    void write(OffsetIndex offsets, TimeIndex times) throws IOException {
        int offsetEntries = offsets.count();
        int timeEntries = times.count();
        write(SegmentFiles.OFFSET_INDEX, offsets.bytes(writtenOffsetEntries, offsetEntries), (long) writtenOffsetEntries * OffsetIndex.ENTRY_BYTES);
        write(SegmentFiles.TIME_INDEX, times.bytes(writtenTimeEntries, timeEntries), (long) writtenTimeEntries * TimeIndex.ENTRY_BYTES);
        writtenOffsetEntries = offsetEntries;
        writtenTimeEntries = timeEntries;
    }

    private void write(String suffix, ByteBuffer entries, long at) throws IOException {
        try (DiskFile out = place.disk().open(segment.file(suffix), Disk.OpenMode.CREATE_READ_WRITE)) {
            long end = at + entries.remaining();
            boolean shortened = out.size() > end;
            if (entries.hasRemaining()) out.write(entries, at);
            if (shortened) out.truncate(end);
            if (end > 0 || shortened) out.sync();                    // one without entries tells nothing, and may as well be gone
        }
    }

    /// They are wrong: the next reading makes them anew.
    void delete() throws IOException {
        place.disk().delete(segment.file(SegmentFiles.OFFSET_INDEX));
        place.disk().delete(segment.file(SegmentFiles.TIME_INDEX));
    }
}
