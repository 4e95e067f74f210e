package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.storage.file.SmallFiles;
import millrace.storage.identity.BatchCheck;
import millrace.storage.identity.IdentityChain;
import millrace.storage.identity.IdentityFile;

/// Reads the files of one partition's folder and tells what is wrong with them, without a node and without changing a byte.
///
/// A log that is appended to meanwhile may look torn at its end; who calls it says so. Called by `millrace.storage.directory` for a whole
/// log directory and by tools for single files. For one thread.
public final class PartitionCheck {
    private static final String DELETE_SIDE_FILE = "delete it with the node stopped: it is made anew from the log";
    private static final String DELETE_SNAPSHOT = "delete it with the node stopped: an older one is taken, or the log is read";
    private static final String RESTORE_METADATA = "with the node stopped, move it away: an older snapshot is taken, or a new one is fetched from the other controllers; a lone controller needs a backup";
    /// `<end offset>-<epoch>.checkpoint`, of the metadata quorum.
    private static final String METADATA_SNAPSHOT = ".checkpoint";
    private static final int BUFFER_BYTES = 256 << 10;

    private final Disk disk;
    private final Path folder;
    private final TopicPartition topicPartition;
    private final long generation;
    private final LogFileWatch watch;

    /// @param topicPartition null when the folder's name does not tell
    /// @param generation     of the log directory's identity claims; -1 when unknown, so that every claim is compared
    public PartitionCheck(Disk disk, Path folder, TopicPartition topicPartition, long generation, LogFileWatch watch) {
        this.disk = disk;
        this.folder = folder;
        this.topicPartition = topicPartition;
        this.generation = generation;
        this.watch = watch;
    }

    /// @param stopped the node that used the log stopped in order, so nothing may be torn or missing
    /// @return the log end offset, -1 when there is no segment
    public long run(boolean stopped) throws IOException {
        TreeMap<Long, Path> logs = segments();
        long end = -1;
        for (var each : logs.entrySet()) {
            if (end > each.getKey()) found(each.getValue(), Finding.WHOLE_FILE, "it begins at offset " + each.getKey() + ", and the segment before it goes on to " + (end - 1),
                    "one of the two does not belong here: compare them with another replica's");
            end = segment(each.getValue(), !stopped && each.getKey().equals(logs.lastKey()));
        }
        for (Path file : disk.list(folder)) sideFile(file, end);
        return end;
    }

    /// One file alone.
    public void run(Path file) {
        if (isSegment(file)) segment(file, true);
        else sideFile(file, -1);
    }

    private TreeMap<Long, Path> segments() throws IOException {
        var logs = new TreeMap<Long, Path>();
        for (Path file : disk.list(folder)) if (isSegment(file)) logs.put(SegmentFiles.offsetOf(name(file)), file);
        return logs;
    }

    private static boolean isSegment(Path file) {
        return name(file).endsWith(SegmentFiles.LOG) && SegmentFiles.offsetOf(name(file)) >= 0;
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    /// A device that does not give bytes back is a finding like any other: the rest is checked all the same.
    private long segment(Path log, boolean indexesMayBeBehind) {
        var check = new SegmentCheck(disk, log, watch);
        try {
            check.run(indexesMayBeBehind);
            identity(log);
        } catch (IOException unreadable) {
            watch.found(Finding.unreadable(log, unreadable));
        }
        return check.nextOffset();
    }

    // ---- the identity beside a segment ----

    private void identity(Path log) throws IOException {
        long baseOffset = SegmentFiles.offsetOf(name(log));
        Path file = log.resolveSibling(SegmentFiles.name(baseOffset) + SegmentFiles.IDENTITY);
        ByteBuffer bytes;
        try {
            bytes = SmallFiles.read(disk, file);
        } catch (NoSuchFileException unchecked) {
            return;
        }
        if (bytes.limit() < IdentityFile.HEAD_BYTES) {
            found(file, Finding.WHOLE_FILE, "it has " + bytes.limit() + " bytes, fewer than its head of " + IdentityFile.HEAD_BYTES, DELETE_SIDE_FILE);
            return;
        }
        switch (IdentityFile.read(bytes, generation < 0 ? IdentityFile.generationOf(bytes) : generation, topicId(), partition(bytes), baseOffset)) {
            case IdentityFile.Content.Claims(IdentityChain claims, boolean sound) -> {
                if (!sound) found(file, IdentityFile.positionOf(Math.max(1, claims.count())), "only its first " + claims.count() + " spans are whole", DELETE_SIDE_FILE);
                claims(log, claims);
            }
            case IdentityFile.Content.Unreadable(String reason) -> found(file, 0, reason, DELETE_SIDE_FILE);
            case IdentityFile.Content.OfAnother(Uuid topicId, int partition, long base) -> found(file, 0,
                    "it is that of partition " + partition + " of topic id " + topicId + ", segment " + base, "one of the two files lies in the wrong place; if the .log file is the right one, delete this file");
            case IdentityFile.Content.OfAnOlderGeneration() -> { }
        }
    }

    private int partition(ByteBuffer identity) {
        return topicPartition == null ? IdentityFile.partitionOf(identity) : topicPartition.partition();
    }

    /// @return zero when it is not known
    private Uuid topicId() throws IOException {
        try {
            return PartitionMetadata.parse(SmallFiles.readText(disk, folder.resolve(PartitionMetadata.FILE_NAME)));
        } catch (NoSuchFileException absent) {
            return Uuid.ZERO;
        }
    }

    private void claims(Path log, IdentityChain claims) throws IOException {
        try (DiskFile segment = disk.open(log, Disk.OpenMode.READ)) {
            long size = segment.size();
            var check = new BatchCheck(segment, ByteBuffer.allocate(BUFFER_BYTES));
            for (int span = 0; span < claims.count(); span++) {
                if (claims.endOf(span) > size) {
                    found(log, size, "the file ends at " + size + " bytes, and its identity speaks of " + claims.coveredBytes() + " that were on the device", SegmentCheck.RESTORE);
                    return;
                }
                if (!check.span(claims, span)) found(log, check.position(), "not as it was written: " + check.wrong(), SegmentCheck.RESTORE);
                watch.read(log, claims.endOf(span) - claims.startOf(span));
            }
        }
    }

    // ---- the files that are read whole ----

    private void sideFile(Path file, long logEndOffset) {
        try {
            readSideFile(file, name(file), logEndOffset);
        } catch (IOException unreadable) {
            watch.found(Finding.unreadable(file, unreadable));
        }
    }

    private void readSideFile(Path file, String name, long logEndOffset) throws IOException {
        if (name.endsWith(SegmentFiles.SNAPSHOT) && SegmentFiles.offsetOf(name) >= 0) snapshot(file, logEndOffset);
        else if (name.endsWith(METADATA_SNAPSHOT)) metadataSnapshot(file);
        else if (name.equals(LeaderEpochs.FILE_NAME)) leaderEpochs(file);
        else if (name.equals(PartitionMetadata.FILE_NAME)) partitionMetadata(file);
        else if (name.endsWith(SegmentFiles.RECENT_BATCHES) && !RecentBatches.isWhole(SmallFiles.read(disk, file)))
            found(file, 0, "its CRC does not match", DELETE_SNAPSHOT + "; without it a producer's second-last batches are not known for repeated");
        else if (isAloneWithoutItsLog(name)) found(file, Finding.WHOLE_FILE, "there is no .log file that it belongs to", "delete it with the node stopped");
    }

    private boolean isAloneWithoutItsLog(String name) {
        long offset = SegmentFiles.offsetOf(name);
        return offset >= 0 && LogSegment.SUFFIXES.contains(SegmentFiles.suffixOf(name)) && !disk.exists(SegmentFiles.file(folder, offset, SegmentFiles.LOG));
    }

    private void snapshot(Path file, long logEndOffset) throws IOException {
        List<Producer> producers = ProducerSnapshots.read(SmallFiles.read(disk, file));
        if (producers == null) found(file, 0, "it is no snapshot of producers: version, CRC or entries are wrong", DELETE_SNAPSHOT);
        else if (logEndOffset >= 0 && SegmentFiles.offsetOf(name(file)) > logEndOffset)
            found(file, Finding.WHOLE_FILE, "it is of offset " + SegmentFiles.offsetOf(name(file)) + ", and the log ends at " + logEndOffset, DELETE_SNAPSHOT);
    }

    /// A header's batch first, a footer's last, and good batches from the one to the other.
    private void metadataSnapshot(Path file) throws IOException {
        try (DiskFile in = disk.open(file, Disk.OpenMode.READ)) {
            var reader = new BatchReader(in, 0, (int) Math.min(in.size(), Integer.MAX_VALUE), ByteBuffer.allocate(BUFFER_BYTES));
            boolean first = true;
            boolean lastIsControl = false;
            while (reader.next()) {
                lastIsControl = reader.batch().isControl();
                if (first && !lastIsControl) found(file, 0, "it does not begin with a snapshot header", RESTORE_METADATA);
                first = false;
                watch.read(file, reader.batch().sizeInBytes());
            }
            if (reader.wrong() != null) found(file, reader.position(), reader.wrong(), RESTORE_METADATA);
            else if (!lastIsControl) found(file, reader.position(), "it does not end with a snapshot footer: it was not written to its end", RESTORE_METADATA);
        }
    }

    private void leaderEpochs(Path file) throws IOException {
        if (LeaderEpochs.parse(text(file)) == null) found(file, 0, "it is no list of epochs and offsets", DELETE_SIDE_FILE);
    }

    private void partitionMetadata(Path file) throws IOException {
        if (PartitionMetadata.parse(text(file)).equals(Uuid.ZERO)) found(file, 0, "it names no topic id", "delete it with the node stopped: the id is taken from the cluster's metadata");
    }

    private String text(Path file) throws IOException {
        return StandardCharsets.UTF_8.decode(SmallFiles.read(disk, file)).toString();
    }

    private void found(Path file, long position, String wrong, String advice) {
        watch.found(new Finding(file, position, wrong, advice));
    }
}
