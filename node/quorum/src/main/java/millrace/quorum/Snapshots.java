package millrace.quorum;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import millrace.common.Digits;
import millrace.common.OffsetAndEpoch;
import millrace.metadata.ImageFold;
import millrace.metadata.MetadataImage;
import millrace.metadata.MetadataVersion;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.protocol.message.SnapshotFooterRecord;
import millrace.protocol.message.SnapshotHeaderRecord;
import millrace.protocol.metadata.FeatureLevelRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.record.ControlRecord;
import millrace.record.ControlRecords;

/// The snapshot files of a metadata log directory.
///
///     control batch: SnapshotHeader [KRaftVersion Voters]
///     data batches:  the image's records
///     control batch: SnapshotFooter
///
/// Offsets inside a snapshot count from 0. All timestamps are that of the last record contained, and nothing of the writing node is in
/// it, so that every node's snapshot at the same offset has the same bytes.
final class Snapshots {
    /// What a directory was formatted with.
    static final OffsetAndEpoch BOOTSTRAP = new OffsetAndEpoch(0, 0);
    private static final Pattern NAME = Pattern.compile("(\\d{20})-(\\d{10})\\.checkpoint");
    private static final String PART_SUFFIX = ".part";
    private static final String OLDER_BOOTSTRAP = "bootstrap.checkpoint";

    private final Disk disk;
    private final Path directory;

    record Content(ImageFold fold, List<FeatureLevelRecord> featureLevels, VotersState voters, long timestampMs) {}

    Snapshots(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /// @return ids (end offset and epoch) of the whole snapshots, oldest first; the one that was formatted with is not among them
    List<OffsetAndEpoch> list() throws IOException {
        var ids = new ArrayList<OffsetAndEpoch>();
        for (Path file : disk.list(directory)) {
            Matcher name = NAME.matcher(file.getFileName().toString());
            if (!name.matches()) continue;
            var id = new OffsetAndEpoch(Long.parseLong(name.group(1)), Integer.parseInt(name.group(2)));
            if (!id.equals(BOOTSTRAP)) ids.add(id);
        }
        ids.sort(null);
        return ids;
    }

    long sizeOf(OffsetAndEpoch id) throws IOException {
        return disk.size(file(id));
    }

    long lastModifiedMs(OffsetAndEpoch id) throws IOException {
        return disk.lastModifiedMs(file(id));
    }

    void delete(OffsetAndEpoch id) throws IOException {
        disk.delete(file(id));
    }

    /// Leftovers of snapshots that were being written when the node stopped.
    void deleteParts() throws IOException {
        for (Path file : disk.list(directory)) if (isPart(file)) disk.delete(file);
    }

    static boolean isPart(Path file) {
        return file.getFileName().toString().endsWith(PART_SUFFIX);
    }

    boolean hasBootstrap() {
        return disk.exists(file(BOOTSTRAP));
    }

    Content readBootstrap() throws IOException {
        return readWhole(file(BOOTSTRAP), BOOTSTRAP);
    }

    /// The file that formatters before 4.4 wrote beside the metadata log's folder.
    /// @return the feature levels in it, empty when there is no such file
    List<FeatureLevelRecord> readOlderBootstrap() throws IOException {
        Path file = directory.resolveSibling(OLDER_BOOTSTRAP);
        return disk.exists(file) ? read(file).content(BOOTSTRAP).featureLevels() : List.of();
    }

    Content read(OffsetAndEpoch id) throws IOException {
        return readWhole(file(id), id);
    }

    /// A file that was cut between two batches looks well but for the footer that it lacks.
    private Content readWhole(Path file, OffsetAndEpoch id) throws IOException {
        Reading reading = read(file);
        if (!reading.ended) throw new IOException(file + " is a snapshot without an end; restore it, or delete it where an older snapshot is there");
        return reading.content(id);
    }

    private Reading read(Path file) throws IOException {
        var reading = new Reading();
        try (DiskFile in = disk.open(file, Disk.OpenMode.READ)) {
            long size = in.size();
            var window = ByteBuffer.allocate((int) Math.min(size, 1 << 20));
            for (long at = 0; at < size; ) {
                window.clear();
                while (window.hasRemaining() && at + window.position() < size && in.read(window, at + window.position()) > 0) continue;
                window.flip();
                int read = MetadataBatches.read(window.slice(), reading);
                if (read == 0 && window.limit() == window.capacity() && window.capacity() < size - at) {
                    // A batch larger than the window: Kafka writes them up to 8 MiB.
                    window = ByteBuffer.allocate((int) Math.min(size - at, window.capacity() * 2L));
                } else if (read == 0) throw new IOException(file + " ends in the middle of a batch at byte " + at + " of " + size + "; restore it, or delete it where an older snapshot is there");
                at += read;
            }
        } catch (RuntimeException wrong) {
            throw new IOException(file + " cannot be read as a snapshot: " + wrong.getMessage() + "; restore it, or delete it where an older snapshot is there", wrong);
        }
        return reading;
    }

    private static final class Reading implements MetadataBatches.Reader {
        private ImageFold fold = ImageFold.EMPTY;
        private final List<FeatureLevelRecord> featureLevels = new ArrayList<>();
        private VotersState voters = VotersState.NONE;
        private long timestampMs;
        private boolean ended;

        /// The log of a format checkpoint is empty; any other stands for the log up to its end offset.
        Content content(OffsetAndEpoch id) {
            return new Content(fold.at(new OffsetAndEpoch(id.offset() - 1, id.epoch())), featureLevels, voters, timestampMs);
        }

        @Override public void onRecord(MetadataRecord record) {
            fold = fold.apply(record);
            if (record instanceof FeatureLevelRecord level) featureLevels.add(level);
        }

        @Override public void onControl(ControlRecord record) {
            switch (record) {
                case ControlRecord.SnapshotHeader(var header) -> timestampMs = header.lastContainedLogTimestamp();
                case ControlRecord.KRaftVersion(var version) -> voters = voters.with(version, true);
                case ControlRecord.Voters(var told) -> voters = voters.with(told, true);
                case ControlRecord.SnapshotFooter _ -> ended = true;
                default -> { }
            }
        }

        @Override public void onBatchEnd(OffsetAndEpoch last, long batchTimestampMs) {}
    }

    /// Writes the snapshot of a committed image; returns when it is on the device under its name.
    void write(MetadataImage image, VotersState voters, long timestampMs) throws IOException {
        var id = new OffsetAndEpoch(image.upTo().offset() + 1, image.upTo().epoch());
        write(id, image.toRecords(), image.features().metadataVersion(), voters, timestampMs);
    }

    /// What a directory is formatted with, where nobody else did.
    void writeBootstrap(List<FeatureLevelRecord> levels, VotersState voters, long timestampMs) throws IOException {
        write(BOOTSTRAP, levels, MetadataVersion.LATEST, voters, timestampMs);
        disk.syncDirectory(directory.getParent());
    }

    private void write(OffsetAndEpoch id, List<? extends MetadataRecord> records, MetadataVersion metadataVersion, VotersState voters, long timestampMs) throws IOException {
        Path file = file(id);
        Path part = file.resolveSibling(file.getFileName() + PART_SUFFIX);
        try (DiskFile out = disk.open(part, Disk.OpenMode.CREATE_READ_WRITE)) {
            out.truncate(0);
            long at = 0;
            for (ByteBuffer batch : batches(id, records, metadataVersion, voters, timestampMs)) {
                int size = batch.remaining();
                out.write(batch, at);
                at += size;
            }
            out.sync();
        }
        disk.rename(part, file);
        disk.syncDirectory(directory);
    }

    static List<ByteBuffer> batches(OffsetAndEpoch id, List<? extends MetadataRecord> records, MetadataVersion metadataVersion, VotersState voters, long timestampMs) {
        var head = new ArrayList<ControlRecord>();
        head.add(new ControlRecord.SnapshotHeader(SnapshotHeaderRecord.builder().version((short) 0).lastContainedLogTimestamp(timestampMs).build()));
        if (voters.kraftVersion() > 0) {
            head.add(new ControlRecord.KRaftVersion(voters.versionRecord()));
            head.add(new ControlRecord.Voters(voters.votersRecord()));
        }
        var batches = new ArrayList<ByteBuffer>();
        batches.add(ControlRecords.batch(0, timestampMs, id.epoch(), head));
        batches.addAll(MetadataBatches.write(records, metadataVersion, timestampMs, id.epoch(), head.size()));
        batches.add(ControlRecords.snapshotFooter(head.size() + records.size(), timestampMs, id.epoch(), SnapshotFooterRecord.builder().version((short) 0).build()));
        return batches;
    }

    private Path file(OffsetAndEpoch id) {
        return directory.resolve(Digits.padded(id.offset(), 20) + "-" + Digits.padded(id.epoch(), 10) + ".checkpoint");
    }
}
