package millrace.storage.ahead;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.protocol.ErrorCode;
import millrace.record.CorruptRecord;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;
import millrace.storage.log.AppendResult;
import millrace.storage.log.DamagedLog;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.OutOfSpace;
import millrace.storage.log.PartitionLog;

/// What the write-ahead files hold after an unclean stop, given back to the logs it was copied from.
///
/// Read once, before any log is opened; [#into] may then be called for several logs at a time.
public final class AheadReplay {
    private final Disk disk;
    private final Path directory;
    private final List<Path> files;
    private final Map<Owner, List<AheadScan.Entry>> entries;
    private final List<String> lost;
    private final AtomicBoolean damaged = new AtomicBoolean();

    private record Owner(Uuid topicId, int partition) {}

    private AheadReplay(Disk disk, Path directory, List<Path> files, Map<Owner, List<AheadScan.Entry>> entries, List<String> lost) {
        this.disk = disk;
        this.directory = directory;
        this.files = files;
        this.entries = entries;
        this.lost = lost;
    }

    /// The files that a start would read.
    public static List<Path> files(Disk disk, Path directory) {
        return AheadFiles.found(disk, directory);
    }

    /// @param clean whether a clean shutdown marker was found: then the logs are whole, and files that lie there are from before somebody
    ///              else has used the directory
    public static AheadReplay read(Disk disk, Path directory, boolean clean) throws IOException {
        List<Path> files = AheadFiles.found(disk, directory);
        var entries = new HashMap<Owner, List<AheadScan.Entry>>();
        if (clean) return new AheadReplay(disk, directory, files, entries, List.of());
        var scans = new ArrayList<AheadScan>();
        for (Path file : files) scans.add(AheadScan.of(disk, file));
        scans.sort(Comparator.comparingLong(AheadScan::generation));
        for (AheadScan scan : scans) {
            for (AheadScan.Entry entry : scan.entries()) entries.computeIfAbsent(new Owner(entry.topicId(), entry.partition()), _ -> new ArrayList<>()).add(entry);
        }
        entries.values().forEach(AheadReplay::cutWhereTheNextBegins);
        return new AheadReplay(disk, directory, files, entries, scans.stream().filter(scan -> scan.lost() > 0).map(AheadReplay::lost).toList());
    }

    private static String lost(AheadScan scan) {
        return scan.lost() + " groups of " + scan.file() + " are damaged, and were on the device: of partitions whose own files lack what they held, the newest acknowledged records are lost."
                + " The file is kept beside the others; check the device";
    }

    /// Damage that cannot be laid at the door of one log, a line each.
    public List<String> lost() {
        return lost;
    }

    /// @return where the copies of the log end, 0 when there are none: acknowledged was everything below
    public long endOf(Uuid topicId, int partition) {
        return entriesOf(topicId, partition).stream().mapToLong(AheadScan.Entry::endOffset).max().orElse(0);
    }

    private List<AheadScan.Entry> entriesOf(Uuid topicId, int partition) {
        return entries.getOrDefault(new Owner(topicId, partition), List.of());
    }

    /// A later copy that begins below an earlier one's end shows that the log was truncated in between. Where none came later, a truncation has left an
    /// empty one.
    private static void cutWhereTheNextBegins(List<AheadScan.Entry> ofOneLog) {
        long bound = Long.MAX_VALUE;
        for (int i = ofOneLog.size() - 1; i >= 0; i--) {
            AheadScan.Entry entry = ofOneLog.get(i);
            ofOneLog.set(i, entry.below(bound));
            bound = Math.min(bound, entry.firstOffset());
        }
        ofOneLog.removeIf(AheadScan.Entry::isEmpty);
    }

    /// Appends what the log's own files have not kept; the caller flushes. When that fails the log is closed; what was appended before stays in
    /// its files, where the next start finds it.
    /// @param highWatermark as it was written down: it may lie beyond what the log's own files had
    /// @throws OutOfSpace when there is no room for it; nothing is lost, the next start tries again
    /// @throws DamagedLog when offsets are missing between the log and its copies
    public void into(PartitionLog log, long highWatermark) throws DamagedLog {
        boolean complete = false;
        try {
            complete(log, highWatermark);
            complete = true;
        } finally {
            if (!complete) log.abandon();
        }
    }

    private void complete(PartitionLog log, long highWatermark) throws DamagedLog {
        long before = log.logEndOffset();
        int epochBefore = log.latestEpoch();
        for (AheadScan.Entry copy : entriesOf(log.topicId(), log.topicPartition().partition())) {
            if (copy.endOffset() > log.logEndOffset()) append(copy, log, epochBefore);
        }
        if (log.logEndOffset() > before) log.updateHighWatermark(Math.min(highWatermark, log.logEndOffset()));
    }

    private void append(AheadScan.Entry copy, PartitionLog log, int epochBefore) throws DamagedLog {
        try {
            for (RecordBatch batch : RecordBatches.of(copy.read(disk))) {
                if (batch.baseOffset() >= copy.endOffset()) return;
                if (batch.lastOffset() >= log.logEndOffset() && batch.partitionLeaderEpoch() >= epochBefore) append(batch, copy, log);
            }
        } catch (CorruptRecord unreadable) {
            throw damaged(log, "the copy of offsets " + copy.firstOffset() + " to " + (copy.endOffset() - 1) + " in " + copy.file().getFileName() + " cannot be read: " + unreadable.getMessage());
        } catch (IOException broken) {
            throw new LogDirFailure(directory, copy.file(), "read what was written ahead of " + log.topicPartition(), broken);
        }
    }

    private void append(RecordBatch batch, AheadScan.Entry copy, PartitionLog log) throws DamagedLog {
        if (copy.firstOffset() > log.logEndOffset())
            throw damaged(log, "offsets " + log.logEndOffset() + " to " + (copy.firstOffset() - 1) + " were acknowledged, and are neither in the log nor in " + copy.file().getFileName());
        if (!(log.appendAsFollower(batch.bytes()) instanceof AppendResult.Refused refused)) return;
        if (refused.error() == ErrorCode.KAFKA_STORAGE_ERROR) throw new OutOfSpace("give back to " + log.topicPartition() + " what " + copy.file() + " holds of it", new IOException(refused.message()));
        throw damaged(log, "the copy of offset " + batch.baseOffset() + " in " + copy.file().getFileName() + " cannot follow it: " + refused.message());
    }

    private DamagedLog damaged(PartitionLog log, String found) {
        damaged.set(true);
        return new DamagedLog(log.directory(), found);
    }

    /// A log that could not be opened may need its copies once it has been repaired.
    public void keep() {
        damaged.set(true);
    }

    /// Every log that could be opened has what is its own, on the device.
    public void end() throws IOException {
        if ((damaged.get() || !lost.isEmpty()) && !files.isEmpty()) AheadFiles.keep(disk, directory, files);
        else AheadFiles.delete(disk, directory, files);
    }
}
