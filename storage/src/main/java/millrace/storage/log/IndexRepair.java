package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.record.RecordBatch;
import millrace.storage.file.SmallFiles;

/// Makes the offset index and the time index of one segment anew from the segment, where they are not right. The caller holds the log
/// directory's lock and has seen that nothing waits for recovery.
///
/// The new file is written aside, synced and renamed over the old, so that whoever opens it finds the one or the other. A segment with
/// damage is left alone: an index over half of it would hide where the damage is.
///
/// For one thread.
public final class IndexRepair {
    private static final int BUFFER_BYTES = 1 << 20;

    /// What became of a segment's indexes.
    public sealed interface Outcome {
        record Right() implements Outcome {}

        /// @param files that were written
        record Repaired(List<Path> files, int offsetEntries, int timeEntries) implements Outcome {}

        /// @param damage what is wrong with the segment itself
        record Refused(Finding damage) implements Outcome {}
    }

    private final Disk disk;
    private final LogFileWatch watch;

    /// @param watch told of what is wrong with the indexes, and of the bytes read
    public IndexRepair(Disk disk, LogFileWatch watch) {
        this.disk = disk;
        this.watch = watch;
    }

    /// @param log the segment's `.log` file
    public Outcome repair(Path log) throws IOException {
        var findings = new ArrayList<Finding>();
        check(log, findings);
        for (Finding each : findings) if (each.file().equals(log)) return new Outcome.Refused(each);
        boolean wrong = findings.stream().anyMatch(each -> isIndex(each.file()));
        return wrong ? rebuild(log) : new Outcome.Right();
    }

    private void check(Path log, List<Finding> findings) throws IOException {
        new SegmentCheck(disk, log, new LogFileWatch() {
            @Override public void found(Finding finding) {
                if (findings.isEmpty() || !findings.getLast().file().equals(finding.file())) findings.add(finding);
                if (isIndex(finding.file())) watch.found(finding);
            }

            @Override public void read(Path file, long bytes) {
                watch.read(file, bytes);
            }
        }).run(false);
    }

    private static boolean isIndex(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(SegmentFiles.OFFSET_INDEX) || name.endsWith(SegmentFiles.TIME_INDEX);
    }

    private Outcome rebuild(Path log) throws IOException {
        long baseOffset = SegmentFiles.offsetOf(log.getFileName().toString());
        OffsetIndex offsets = OffsetIndex.empty();
        TimeIndex times = TimeIndex.empty();
        try (DiskFile file = disk.open(log, Disk.OpenMode.READ)) {
            fill(file, baseOffset, offsets, times);
        }
        var written = new ArrayList<Path>();
        write(log.resolveSibling(SegmentFiles.name(baseOffset) + SegmentFiles.OFFSET_INDEX), offsets.bytes(0, offsets.count()), written);
        write(log.resolveSibling(SegmentFiles.name(baseOffset) + SegmentFiles.TIME_INDEX), times.bytes(0, times.count()), written);
        return new Outcome.Repaired(List.copyOf(written), offsets.count(), times.count());
    }

    /// As appending makes them, with the broker's default distance between entries.
    private void fill(DiskFile file, long baseOffset, OffsetIndex offsets, TimeIndex times) throws IOException {
        var batches = new BatchReader(file, 0, (int) file.size(), ByteBuffer.allocate(BUFFER_BYTES));
        long largest = RecordBatch.NO_TIMESTAMP;
        int offsetOfLargest = 0;
        int since = 0;
        while (batches.next()) {
            RecordBatch batch = batches.batch();
            int last = (int) (batch.lastOffset() - baseOffset);
            if (batch.maxTimestamp() > largest) {
                largest = batch.maxTimestamp();
                offsetOfLargest = last;
            }
            if (since > LogConfig.DEFAULTS.indexIntervalBytes()) {
                offsets.append(last, batches.position() - batch.sizeInBytes());
                times.appendIfLater(largest, offsetOfLargest);
                since = 0;
            }
            since += batch.sizeInBytes();
        }
        if (batches.wrong() != null) throw new IOException(batches.wrong() + " at position " + batches.position() + ", where a moment ago all was well: the device does not answer twice alike");
        times.appendIfLater(largest, offsetOfLargest);
    }

    private void write(Path file, ByteBuffer content, List<Path> written) throws IOException {
        try {
            if (SmallFiles.read(disk, file).equals(content)) return;
        } catch (NoSuchFileException absent) {
            // Written below.
        }
        SmallFiles.replace(disk, file, content);
        written.add(file);
    }
}
