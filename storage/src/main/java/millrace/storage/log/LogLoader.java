package millrace.storage.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.storage.file.DiskSpace;
import millrace.storage.file.SmallFiles;
import millrace.storage.identity.IdentityChain;
import millrace.storage.identity.IdentityFile;

/// Makes a log of the files in a partition's folder.
///
///     tidy up ─▶ list segments ─clean──▶ find the end in the last segment ──────────────▶ epochs ─▶ producers
///                              └unclean─▶ check everything from the recovery point on, ──▶  (from the newest snapshot on)
///                                         cut the torn tail, sync
///
/// After a clean stop it costs one listing and a few small reads; the log's bytes are not touched but for the last few kilobytes.
/// Nothing is served before it is on the device: recovery syncs what it has checked (KAFKA-10101).
final class LogLoader {
    private final LogPlace place;
    private final LogConfig config;
    private final LogStart start;
    private final Disk disk;
    private final TreeMap<Long, LogSegment> segments = new TreeMap<>();
    private final HashSet<Long> logs = new HashSet<>();
    private final HashSet<Long> identities = new HashSet<>();
    private final SnapshotFiles snapshots;
    private final ProducerStates producers = new ProducerStates();
    private LeaderEpochs epochs = LeaderEpochs.EMPTY;
    private LeaderEpochs epochsOnDisk = LeaderEpochs.EMPTY;
    private Uuid topicId = Uuid.ZERO;
    private final LinkedHashSet<LogSegment> transactional = new LinkedHashSet<>();
    private final List<Long> recentBatches = new ArrayList<>();
    private long newestUsableSnapshot = Long.MAX_VALUE;
    private boolean recovered;
    private boolean created;
    private boolean namesChanged;

    /// A log ready to be used.
    ///
    /// @param namesChanged the folder has to be synced before anything is called durable
    record Loaded(LogSegment[] segments, SnapshotFiles snapshots, ProducerStates producers, LeaderEpochs epochs, LeaderEpochs epochsOnDisk, Uuid topicId,
            long logStartOffset, long logEndOffset, long recoveryPoint, boolean created, boolean namesChanged) {}

    private LogLoader(LogPlace place, LogConfig config, LogStart start) {
        this.place = place;
        this.config = config;
        this.start = start;
        this.disk = place.disk();
        this.snapshots = new SnapshotFiles(place);
    }

    static Loaded load(LogPlace place, LogConfig config, LogStart start) throws IOException, DamagedLog {
        return new LogLoader(place, config, start).load();
    }

    private Loaded load() throws IOException, DamagedLog {
        List<Found> files = folder();
        if (completeSwaps(files)) files = found(disk.list(place.directory()));
        takeAll(files);
        topicId = new OwnerEvidence(place, segments, identities).owner(topicId);
        place.owner().topicIdIs(topicId);
        for (long offset : recentBatches) snapshots.sweep(offset);
        long logEndOffset;
        if (segments.isEmpty()) {
            if (start.recoveryPoint() > start.logStartOffset())
                throw new DamagedLog(place.directory(), "no segment is left, and offsets up to " + start.recoveryPoint() + " were on the device");
            logEndOffset = start.logStartOffset();
            addSegment(logEndOffset);
        } else {
            logEndOffset = findEnd();
        }
        long logStartOffset = beginning(logEndOffset);
        if (logStartOffset > logEndOffset) {
            startAfresh(logStartOffset);
            logEndOffset = logStartOffset;
        }
        epochs = epochs.truncatedFromEnd(logEndOffset).truncatedFromStart(logStartOffset);
        dropWrongTransactions();
        loadProducers(logEndOffset);
        boolean complete = writeWhatReplayAdded();
        LogSegment last = segments.lastEntry().getValue();
        last.pin();
        if (recovered || last.sizeInBytes() > 0 || identities.contains(last.baseOffset)) last.reopen();
        return new Loaded(segments.values().toArray(LogSegment[]::new), snapshots, producers, epochs, epochsOnDisk, topicId, logStartOffset, logEndOffset, complete ? logEndOffset : Math.min(start.recoveryPoint(), logEndOffset), created, namesChanged);
    }

    // ---- the folder ----

    /// A file of the folder, its name taken apart once: a start asks for it 100,000 times where there are many partitions.
    ///
    /// @param offset of a segment or snapshot, -1 for other files
    private record Found(Path path, String name, long offset) {
        boolean isOfSegment(String ending) {
            return offset >= 0 && name.endsWith(ending);
        }
    }

    private static List<Found> found(List<Path> files) {
        var found = new ArrayList<Found>(files.size());
        for (Path file : files) {
            String name = file.getFileName().toString();
            found.add(new Found(file, name, SegmentFiles.offsetOf(name)));
        }
        return found;
    }

    private List<Found> folder() throws IOException {
        try {
            return found(disk.list(place.directory()));
        } catch (NoSuchFileException absent) {
            disk.createDirectories(place.directory());
            created = true;
            return List.of();
        }
    }

    /// Apart from [#load], which would be compiled for its loops where there are many partitions, with all that it calls: that takes longer than to
    /// interpret it.
    private void takeAll(List<Found> files) throws IOException {
        for (Found file : files) {
            if (file.isOfSegment(SegmentFiles.LOG)) logs.add(file.offset);
        }
        for (Found file : files) take(file);
        for (LogSegment each : transactional) each.expectTransactions();
    }

    private void take(Found file) throws IOException {
        if (file.offset >= 0) takeSegmentFile(file.path, file.offset, SegmentFiles.suffixOf(file.name));
        else if (file.name.equals(LeaderEpochs.FILE_NAME)) takeEpochs(file.path);
        else if (file.name.equals(PartitionMetadata.FILE_NAME)) topicId = PartitionMetadata.parse(SmallFiles.readText(disk, file.path));
        else if (isOurs(file.name)) disk.delete(file.path);
    }

    private static boolean isOurs(String name) {
        return name.equals(LeaderEpochs.FILE_NAME + SmallFiles.TEMPORARY_SUFFIX) || name.equals(PartitionMetadata.FILE_NAME + SmallFiles.TEMPORARY_SUFFIX);
    }

    /// Files come sorted by name, so `.index` and `.log` of a segment come before its `.timeindex`, `.txnindex` and `.txnsum`.
    private void takeSegmentFile(Path file, long offset, String suffix) throws IOException {
        switch (suffix) {
            case SegmentFiles.LOG -> segments.put(offset, existing(file, offset));
            case SegmentFiles.SNAPSHOT -> snapshots.found(offset);
            case SegmentFiles.RECENT_BATCHES -> recentBatches.add(offset);
            case SegmentFiles.OFFSET_INDEX, SegmentFiles.TIME_INDEX -> deleteWithoutLog(file, offset);
            case SegmentFiles.IDENTITY -> takeIdentity(file, offset);
            case SegmentFiles.TRANSACTION_INDEX, SegmentFiles.TRANSACTION_SUM -> {
                if (segments.containsKey(offset)) transactional.add(segments.get(offset));
                else deleteWithoutLog(file, offset);
            }
            default -> {
                if (suffix.endsWith(SegmentFiles.DELETED) || suffix.endsWith(SegmentFiles.CLEANED) || suffix.endsWith(SmallFiles.TEMPORARY_SUFFIX)) disk.delete(file);
            }
        }
    }

    private LogSegment existing(Path file, long offset) throws IOException {
        long bytes = disk.size(file);
        if (bytes > Integer.MAX_VALUE) throw new IOException(file + " has " + bytes + " bytes, no segment may have more than " + Integer.MAX_VALUE);
        return LogSegment.existing(place, offset, (int) bytes);
    }

    /// Whoever takes a segment away takes the identity before the log. So where it is alone the log has been lost, and an empty one in its place
    /// lets reads be refused by what is claimed of it. Without it they would go on behind the segment as if nothing had been there.
    private void takeIdentity(Path file, long offset) throws IOException {
        identities.add(offset);
        if (logs.contains(offset)) return;
        if (!speaksOfALostLog(file, offset)) {
            disk.delete(file);
            return;
        }
        disk.open(SegmentFiles.file(place.directory(), offset, SegmentFiles.LOG), Disk.OpenMode.CREATE_READ_WRITE).close();
        segments.put(offset, LogSegment.existing(place, offset, 0));
        namesChanged = true;
    }

    /// Apache Kafka takes segments away and leaves this file: then it is of an older generation, or all that it claims lies below the log start offset.
    private boolean speaksOfALostLog(Path file, long offset) throws IOException {
        if (!place.cache().keepsIdentity()) return false;
        var content = IdentityFile.read(SmallFiles.read(disk, file), place.cache().identityGeneration(), Uuid.ZERO, place.topicPartition().partition(), offset);
        return content instanceof IdentityFile.Content.Claims(IdentityChain claims, boolean _) && claims.count() > 0 && claims.coveredOffset() >= start.logStartOffset();
    }

    private void deleteWithoutLog(Path file, long offset) throws IOException {
        if (!logs.contains(offset)) disk.delete(file);
    }

    private void takeEpochs(Path file) throws IOException {
        LeaderEpochs read = LeaderEpochs.parse(SmallFiles.readText(disk, file));
        if (read == null) place.host().onEvent(new LogEvent.SideFileRejected(place.topicPartition(), file, "it is no list of epochs and offsets"));
        else epochs = epochsOnDisk = read;
    }

    private void addSegment(long baseOffset) throws IOException {
        segments.put(baseOffset, LogSegment.create(place, baseOffset, config));
        namesChanged = true;
    }

    /// Where the log begins. The checkpoint that states it has no checksum, and what lies below is deleted by it. So it needs a witness: the first
    /// leader epoch begins where the log does, or later, and is on the device before the checkpoint ([LogFlush#durableLogStart]).
    private long beginning(long logEndOffset) {
        long first = segments.firstKey();
        long stated = Math.max(start.logStartOffset(), first);
        long witnessed = Math.max(epochsOnDisk.latestBeginning(stated), first);
        boolean lostItsTail = !start.clean() && epochsOnDisk.count() > 0 && witnessed == stated;
        long believed = witnessed <= logEndOffset || lostItsTail || !holdsSomething() ? witnessed : first;
        if (believed < stated) place.host().onEvent(new LogEvent.LogStartNotBelieved(place.topicPartition(), start.logStartOffset(), logEndOffset, believed));
        return believed;
    }

    private boolean holdsSomething() {
        for (LogSegment each : segments.values()) if (each.sizeInBytes() > 0) return true;
        return false;
    }

    /// The log is to begin where none of its segments reaches: what is there belongs to a history that was cut off.
    private void startAfresh(long offset) throws IOException {
        for (LogSegment each : segments.descendingMap().values()) {
            each.leave();
            for (String suffix : LogSegment.SUFFIXES) disk.delete(each.file(suffix));
        }
        segments.clear();
        epochs = LeaderEpochs.EMPTY;
        addSegment(offset);
    }

    /// A compaction was stopped while its result took the place of what it was made of. As [PartitionLog#replace] and Kafka do it:
    ///
    ///     x.log.cleaned  ─▶  x.log.swap, on the device  ─▶  old files .deleted  ─▶  x.log
    ///
    /// While a file of the result is still called `.cleaned` everything old is there, and the result goes. Afterwards the result counts, and
    /// what it replaces goes. Either way it ends the same when it is stopped again.
    private boolean completeSwaps(List<Found> files) throws IOException {
        if (!holdsSwaps(files)) return false;
        List<Found> swaps = withoutIncomplete(files);
        for (Found swap : swaps) {
            if (swap.name.endsWith(SegmentFiles.LOG + SegmentFiles.SWAP)) completeSwap(swap, files);
        }
        for (Found swap : swaps) disk.rename(swap.path, swap.path.resolveSibling(swap.name.substring(0, swap.name.length() - SegmentFiles.SWAP.length())));
        disk.syncDirectory(place.directory());
        return true;
    }

    private static boolean holdsSwaps(List<Found> files) {
        for (Found file : files) if (file.isOfSegment(SegmentFiles.SWAP)) return true;
        return false;
    }

    /// @return the `.swap` files of results that are complete, the logs first: a result without its log would be rubbish
    private List<Found> withoutIncomplete(List<Found> files) throws IOException {
        long firstIncomplete = files.stream().filter(file -> file.isOfSegment(SegmentFiles.CLEANED)).mapToLong(Found::offset).min().orElse(Long.MAX_VALUE);
        var complete = new ArrayList<Found>();
        boolean any = false;
        for (Found file : files) {
            if (!file.isOfSegment(SegmentFiles.SWAP)) continue;
            if (file.offset < firstIncomplete) {
                complete.add(file.name.endsWith(SegmentFiles.LOG + SegmentFiles.SWAP) ? 0 : complete.size(), file);
            } else {
                disk.delete(file.path);
                any = true;
            }
        }
        if (any) disk.syncDirectory(place.directory());              // before any `.cleaned` goes: what is left would look complete
        return complete;
    }

    private void completeSwap(Found swap, List<Found> files) throws IOException {
        long nextOffset = nextOffset(swap.path, swap.offset);
        for (Found file : files) {
            if (file.offset < swap.offset || file.offset >= Math.max(nextOffset, swap.offset + 1) || file.name.endsWith(SegmentFiles.SWAP) || isOfProducers(file.name)) continue;
            disk.delete(file.path);
        }
    }

    /// Producers are as they were, whatever has become of their records.
    private static boolean isOfProducers(String name) {
        return name.endsWith(SegmentFiles.SNAPSHOT) || name.endsWith(SegmentFiles.RECENT_BATCHES);
    }

    private long nextOffset(Path log, long baseOffset) throws IOException {
        var buffer = place.cache().lookUpBuffers.take();
        try (var file = disk.open(log, Disk.OpenMode.READ)) {
            var scan = new HeaderScan(file, 0, (int) Math.min(file.size(), Integer.MAX_VALUE), buffer);
            long next = baseOffset;
            while (scan.next()) next = scan.lastOffset() + 1;
            return next;
        } finally {
            place.cache().lookUpBuffers.give(buffer);
        }
    }

    // ---- the end ----

    private long findEnd() throws IOException, DamagedLog {
        if (start.clean()) {
            long end = segments.lastEntry().getValue().lookUp.endOffset();
            if (end >= 0 && end >= start.recoveryPoint()) return end;
        }
        var recovery = new LogRecovery(place, config, start, segments, epochs);
        recovered = true;
        long end = recovery.recover();
        epochs = recovery.epochs();
        newestUsableSnapshot = recovery.newestUsableSnapshot();
        return end;
    }

    // ---- producers ----

    /// What is missing or wrong would show aborted records. The producers are replayed from that segment on, which makes it anew.
    private void dropWrongTransactions() {
        for (LogSegment each : transactional) {
            if (each.isGone() || each.readableTransactions() != null) continue;
            each.replaceTransactions(TransactionIndex.EMPTY);
            newestUsableSnapshot = Math.min(newestUsableSnapshot, each.baseOffset);
            namesChanged = true;
        }
    }

    private void loadProducers(long logEndOffset) throws IOException {
        if (snapshots.deleteAbove(logEndOffset)) disk.syncDirectory(place.directory());
        ProducerReplay.to(logEndOffset, Math.min(newestUsableSnapshot, logEndOffset), place, segments.values().toArray(LogSegment[]::new), snapshots, producers);
        snapshots.deleteStrays(segments::containsKey);
    }

    /// The replay has made transaction indexes anew after recovery had written the others. A recovery point behind them that is written down
    /// before they are would leave aborted records without a word about it.
    /// @return false when there was no room: the next recovery has to begin where this one did
    private boolean writeWhatReplayAdded() throws IOException {
        boolean any = false;
        try {
            for (LogSegment each : segments.headMap(segments.lastKey()).values()) {
                if (each.isAtRest()) continue;
                each.endOfAppends();
                each.writeSideFiles(true);
                any = true;
            }
        } catch (IOException e) {
            if (!DiskSpace.isShort(disk, place.directory(), e, 0)) throw e;
            return false;
        }
        if (any) disk.syncDirectory(place.directory());
        return true;
    }
}
