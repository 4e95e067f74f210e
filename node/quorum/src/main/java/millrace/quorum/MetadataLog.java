package millrace.quorum;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

import millrace.common.OffsetAndEpoch;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.core.BrokenInvariant;
import millrace.ports.Clock;
import millrace.ports.Disk;
import millrace.protocol.ErrorCode;
import millrace.protocol.metadata.MetadataRecord;
import millrace.record.ControlRecord;
import millrace.record.CorruptRecord;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.CorruptSegment;
import millrace.storage.log.DamagedLog;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;
import millrace.storage.log.LogHost;
import millrace.storage.log.LogPlace;
import millrace.storage.log.LogStart;
import millrace.storage.log.PartitionLog;
import millrace.storage.log.SegmentCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log `__cluster_metadata-0` beside its snapshots.
///
/// The log engine's retention knows nothing of snapshots, so it is told to keep everything; what a snapshot has made superfluous is cut off
/// at the log start offset ([#clean]).
final class MetadataLog {
    static final TopicPartition METADATA_PARTITION = new TopicPartition("__cluster_metadata", 0);
    private static final Logger LOG = LoggerFactory.getLogger(MetadataLog.class);
    private static final int READ_BYTES = 1 << 20;
    private static final int OPEN_SEGMENTS = 8;

    private final Path directory;
    private final PartitionLog log;
    private final Snapshots snapshots;
    private final CommittedMark mark;

    private MetadataLog(Path directory, PartitionLog log, Snapshots snapshots, CommittedMark mark) {
        this.directory = directory;
        this.log = log;
        this.snapshots = snapshots;
        this.mark = mark;
    }

    /// Blocking. Opens the log behind its newest snapshot.
    static MetadataLog open(Disk disk, Clock clock, Path directory, Snapshots snapshots, QuorumSettings settings) throws IOException {
        var config = LogConfig.builder().segmentBytes(settings.segmentBytes()).segmentMs(settings.segmentMs()).retentionMs(-1).retentionBytes(-1)
            .deletes(true).fileDeleteDelayMs(0).maxMessageBytes(Integer.MAX_VALUE).build();
        List<OffsetAndEpoch> ids = snapshots.list();
        long snapshotEnd = ids.isEmpty() ? 0 : ids.getLast().offset();
        long oldestEnd = ids.isEmpty() ? 0 : ids.getFirst().offset();
        var place = new LogPlace(disk, clock, directory, METADATA_PARTITION, new SegmentCache(OPEN_SEGMENTS), new Host(disk));
        var mark = CommittedMark.read(disk, clock, directory);
        try {
            // A snapshot is taken only of what is committed, so everything below it is on the device. What recovery does not read, [#replay] does.
            PartitionLog log = PartitionLog.open(place, config, new LogStart(Math.max(snapshotEnd, mark.offset()), oldestEnd, snapshotEnd, false));
            if (log.topicId().equals(Uuid.ZERO)) log.assignTopicId(Uuid.METADATA_TOPIC);
            // The snapshot came from elsewhere, or the log's tail was lost: the log goes on behind the snapshot.
            if (log.logEndOffset() < snapshotEnd) log.truncateFullyAndStartAt(snapshotEnd);
            return new MetadataLog(directory, log, snapshots, mark);
        } catch (DamagedLog damaged) {
            throw damaged(directory, damaged.found() + " (" + damaged.file() + ")");
        }
    }

    /// Deletes what the log lets go of at once: no client reads the metadata log's files.
    private record Host(Disk disk) implements LogHost {
        @Override public void recoveryPointLowered(PartitionLog log) {
            // The recovery point is the newest snapshot's end, which a truncation never goes below.
        }

        @Override public void truncated(PartitionLog log) {
            // Nothing of it is ever written ahead.
        }

        @Override public void deleteLater(List<Path> files, long delayMs) {
            for (Path file : files) {
                try {
                    disk.delete(file);
                } catch (IOException notNow) {
                    LOG.warn("Could not delete {}, which the metadata log does not need any more: {}", file, notNow.toString());
                }
            }
        }

        @Override public void flushWanted(PartitionLog log) {
            // Every append is synced anyway.
        }

        @Override public void onEvent(LogEvent event) {
            LOG.info("{}", event.text());
        }
    }

    /// What an append came to.
    sealed interface Outcome {
        /// @param end the log's end now, with the epoch of the last record
        record Appended(OffsetAndEpoch end) implements Outcome {}

        /// Nothing was appended.
        record Refused(String message) implements Outcome {}
    }

    /// Appends batches one after the other as one unit. Not on the device before [#flush].
    Outcome append(List<ByteBuffer> batches, int epoch) {
        long expected = log.logEndOffset();
        AppendResult result = log.appendAsLeader(joined(batches), epoch, AppendOrigin.RAFT_LEADER);
        return switch (result) {
            case AppendResult.Appended appended when appended.firstOffset() == expected -> new Outcome.Appended(new OffsetAndEpoch(appended.lastOffset() + 1, epoch));
            case AppendResult.Refused refused -> new Outcome.Refused(refused.message());
            default -> throw new BrokenInvariant("appended to the metadata log at " + expected + ", and it answered " + result);
        };
    }

    private static ByteBuffer joined(List<ByteBuffer> batches) {
        if (batches.size() == 1) return batches.getFirst();
        var joined = ByteBuffer.allocate(batches.stream().mapToInt(ByteBuffer::remaining).sum());
        for (ByteBuffer batch : batches) joined.put(batch.duplicate());
        return joined.flip();
    }

    /// Blocking. Reads everything from `from` to the end.
    /// @return how many bytes that was
    /// @throws IOException where the log is not what was written
    long replay(long from, MetadataBatches.Reader reader) throws IOException {
        long read = 0;
        for (long at = from; at < log.logEndOffset(); ) {
            var position = new ReplayPosition(reader, at);
            try {
                read += MetadataBatches.read(log.readBytes(at, READ_BYTES, log.logEndOffset()), position);
            } catch (CorruptRecord | CorruptSegment wrong) {
                throw damaged(directory, "at offset " + position.next + ": " + wrong.getMessage());
            }
            if (position.next <= at) throw damaged(directory, "at offset " + at + ": nothing is there, and the log ends at " + log.logEndOffset());
            at = position.next;
        }
        return read;
    }

    private static IOException damaged(Path directory, String found) {
        return new IOException("The metadata log in " + directory + " is damaged: " + found + "; nothing was cut or changed: check the device, and restore the .log files of this folder"
                + " from a copy while the node is down");
    }

    private static final class ReplayPosition implements MetadataBatches.Reader {
        private final MetadataBatches.Reader reader;
        private long next;

        ReplayPosition(MetadataBatches.Reader reader, long next) {
            this.reader = reader;
            this.next = next;
        }

        /// No CRC covers the offsets, but they leave no gap in this log.
        @Override public void onBatch(long baseOffset) {
            if (baseOffset > next) throw new CorruptRecord(ErrorCode.CORRUPT_MESSAGE, "a batch begins at offset " + baseOffset);
        }

        @Override public void onRecord(MetadataRecord record) {
            reader.onRecord(record);
        }

        @Override public void onControl(ControlRecord record) {
            reader.onControl(record);
        }

        @Override public void onBatchEnd(OffsetAndEpoch last, long timestampMs) {
            if (last.offset() < next) throw new CorruptRecord(ErrorCode.CORRUPT_MESSAGE, "a batch ends at offset " + last.offset());
            next = last.offset() + 1;
            reader.onBatchEnd(last, timestampMs);
        }
    }

    /// @param snapshot the newest, for the epoch of a log that is empty behind it; null when there is none
    OffsetAndEpoch end(OffsetAndEpoch snapshot) {
        int epoch = log.latestEpoch();
        return new OffsetAndEpoch(log.logEndOffset(), epoch >= 0 ? epoch : snapshot == null ? 0 : snapshot.epoch());
    }

    long endOffset() {
        return log.logEndOffset();
    }

    long startOffset() {
        return log.logStartOffset();
    }

    /// Blocking: returns when everything below `endOffset` is on the device.
    void flush(long endOffset) throws LogDirFailure {
        log.flush(endOffset);
    }

    void committed(long highWatermark) {
        log.updateHighWatermark(highWatermark);
    }

    /// More has been committed than the next start could tell ([CommittedMark]).
    boolean isMarkDue() {
        return mark.isDue(log.highWatermark());
    }

    /// Blocking.
    void mark() throws LogDirFailure {
        mark.raiseTo(log.highWatermark());
    }

    /// Blocking. Deletes the oldest snapshots beyond what may be kept, never the newest, and what of the log they alone needed.
    void clean(long retentionBytes, long retentionMs, long timestampMs) throws IOException {
        List<OffsetAndEpoch> ids = snapshots.list();
        long bytes = log.sizeInBytes();
        for (OffsetAndEpoch id : ids) bytes += snapshots.sizeOf(id);
        int oldest = 0;
        while (oldest < ids.size() - 1) {
            boolean tooMuch = retentionBytes >= 0 && bytes > retentionBytes;
            boolean tooOld = retentionMs >= 0 && timestampMs - snapshots.lastModifiedMs(ids.get(oldest)) > retentionMs;
            if (!tooMuch && !tooOld) break;
            bytes -= snapshots.sizeOf(ids.get(oldest));
            snapshots.delete(ids.get(oldest));
            oldest++;
            log.advanceLogStartOffset(ids.get(oldest).offset());
            long before = log.sizeInBytes();
            log.retention(timestampMs);
            bytes -= before - log.sizeInBytes();
        }
    }

    /// Blocking.
    void close() {
        log.close();
        mark();
    }

    @Override public String toString() {
        return directory + " from " + log.logStartOffset() + " to " + log.logEndOffset();
    }
}
