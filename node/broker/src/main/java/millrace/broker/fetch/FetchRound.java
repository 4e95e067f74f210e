package millrace.broker.fetch;

import java.util.ArrayList;
import java.util.List;
import millrace.broker.partition.Partition;
import millrace.broker.partition.Partitions;
import millrace.broker.partition.Partitions.Absent;
import millrace.broker.partition.Partitions.Following;
import millrace.broker.partition.Partitions.Found;
import millrace.broker.partition.Partitions.Leading;
import millrace.common.OffsetAndEpoch;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.FetchRequest.FetchPartition;
import millrace.record.MemoryRecords;
import millrace.storage.log.CorruptSegment;
import millrace.storage.log.LogClosed;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.ReadResult;
import millrace.wire.Condition;
import millrace.wire.Signal;

/// One walk over the wanted partitions, in order, until the response's bytes are used up.
final class FetchRound {
    static final byte READ_COMMITTED = 1;
    static final short FIRST_VERSION_WITH_TOPIC_IDS = 13;
    private static final short FIRST_VERSION_WITH_LEADER_HINTS = 16;

    private final Partitions partitions;
    private final short version;
    private final boolean readCommitted;
    private final int maxBytes;

    FetchRound(Partitions partitions, short version, boolean readCommitted, int maxBytes) {
        this.partitions = partitions;
        this.version = version;
        this.readCommitted = readCommitted;
        this.maxBytes = maxBytes;
    }

    List<PartitionRead> read(List<WantedPartition> wanted) {
        List<PartitionRead> reads = new ArrayList<>(wanted.size());
        int left = maxBytes;
        boolean nothingYet = true;
        for (WantedPartition one : wanted) {
            // The first partition with data may exceed every limit by one batch: a reader always advances.
            int limit = Math.max(0, Math.min(left, one.wanted().partitionMaxBytes()));
            PartitionRead read = readOrRelease(one, limit, nothingYet, reads);
            left = Math.max(0, left - read.bytes());
            nothingYet &= read.bytes() == 0;
            reads.add(read);
        }
        return reads;
    }

    /// What is thrown here takes the whole response with it, and so what it would have sent is given back first.
    private PartitionRead readOrRelease(WantedPartition wanted, int limit, boolean atLeastOneBatch, List<PartitionRead> before) {
        try {
            return read(wanted, limit, atLeastOneBatch);
        } catch (RuntimeException | Error unforeseen) {
            before.forEach(PartitionRead::release);
            throw unforeseen;
        }
    }

    private PartitionRead read(WantedPartition wanted, int limit, boolean atLeastOneBatch) {
        return switch (find(wanted)) {
            case Leading(Partition partition)   -> read(partition, wanted, limit, atLeastOneBatch);
            case Following(Partition partition) -> PartitionRead.refused(wanted, readCommitted, hintAt(partition), ErrorCode.NOT_LEADER_OR_FOLLOWER);
            case Absent(ErrorCode error)        -> PartitionRead.absent(wanted, error);
        };
    }

    private PartitionRead read(Partition partition, WantedPartition wanted, int limit, boolean atLeastOneBatch) {
        wanted.isOf(partition.traffic());
        FetchPartition fetch = wanted.wanted();
        ErrorCode leading = partition.checkLeading(fetch.currentLeaderEpoch());
        if (leading != ErrorCode.NONE) return PartitionRead.refused(wanted, readCommitted, hintAt(partition), leading);
        long highWatermark = partition.highWatermark();
        long lastStableOffset = partition.lastStableOffset();
        OffsetAndEpoch diverging = divergence(partition, fetch);
        if (diverging != null && diverging.epoch() < 0) return PartitionRead.refused(wanted, readCommitted, null, ErrorCode.OFFSET_OUT_OF_RANGE);
        if (diverging != null) return PartitionRead.diverging(wanted, readCommitted, partition, highWatermark, lastStableOffset, diverging);
        try {
            ReadResult result = partition.read(fetch.fetchOffset(), limit, readCommitted ? lastStableOffset : highWatermark, atLeastOneBatch);
            return switch (result) {
                case ReadResult.Read read        -> PartitionRead.of(wanted, readCommitted, partition, highWatermark, lastStableOffset, withoutPartOfABatch(read));
                case ReadResult.OutOfRange _     -> PartitionRead.refused(wanted, readCommitted, hintAt(partition), ErrorCode.OFFSET_OUT_OF_RANGE);
            };
        } catch (LogDirFailure failure) {
            return PartitionRead.refused(wanted, readCommitted, hintAt(partition), ErrorCode.KAFKA_STORAGE_ERROR);
        } catch (LogClosed leftThisBroker) {
            return PartitionRead.refused(wanted, readCommitted, hintAt(partition), ErrorCode.NOT_LEADER_OR_FOLLOWER);
        } catch (CorruptSegment found) {
            return PartitionRead.refused(wanted, readCommitted, hintAt(partition), ErrorCode.CORRUPT_MESSAGE);
        }
    }

    /// A first batch that the limit has cut is of no use to anybody: the reader comes back when it has room for a whole one.
    private static ReadResult.Read withoutPartOfABatch(ReadResult.Read read) {
        if (read.firstBatchSize() <= read.records().sizeInBytes()) return read;
        read.release();
        return new ReadResult.Read(MemoryRecords.EMPTY, 0, -1, read.abortedTransactions());
    }

    /// A replica asks that is none of this partition's: no partition has others than this broker yet.
    PartitionRead refuseReplica(WantedPartition wanted) {
        return switch (find(wanted)) {
            case Leading(Partition partition)   -> PartitionRead.refused(wanted, readCommitted, hintAt(partition), ErrorCode.NOT_LEADER_OR_FOLLOWER);
            case Following(Partition partition) -> PartitionRead.refused(wanted, readCommitted, hintAt(partition), ErrorCode.NOT_LEADER_OR_FOLLOWER);
            case Absent(ErrorCode error)        -> PartitionRead.absent(wanted, error);
        };
    }

    /// @return where the reader's log and ours part (epoch -1: the reader's epoch is none of ours), or null when the reader is on our line
    ///         (or does not say)
    private static OffsetAndEpoch divergence(Partition partition, FetchPartition fetch) {
        if (fetch.lastFetchedEpoch() < 0) return null;
        OffsetAndEpoch end = partition.epochEndOffset(fetch.lastFetchedEpoch());
        return end.epoch() < fetch.lastFetchedEpoch() || end.offset() < fetch.fetchOffset() ? end : null;
    }

    private Found find(WantedPartition wanted) {
        WantedPartition.Key key = wanted.key();
        return version >= FIRST_VERSION_WITH_TOPIC_IDS ? partitions.find(key.topicId(), key.partition()) : partitions.find(key.topic(), key.partition());
    }

    /// @return null where Kafka gives no hint at the leader, although the field is there from version 12 on (KIP-951)
    private Partition hintAt(Partition partition) {
        return version >= FIRST_VERSION_WITH_LEADER_HINTS ? partition : null;
    }

    /// An error is enough: the client must hear of it at once.
    static boolean isEnough(List<PartitionRead> reads, int minBytes) {
        long bytes = 0;
        for (PartitionRead read : reads) {
            if (read.isUrgent()) return true;
            bytes += read.bytes();
        }
        return bytes >= minBytes;
    }

    /// @return holds when another walk would be enough; looked at whenever one of the partitions moves
    Condition untilEnough(List<WantedPartition> wanted, int minBytes) {
        List<Signal> signals = new ArrayList<>(wanted.size());
        for (WantedPartition one : wanted) {
            if (find(one) instanceof Leading(Partition partition)) signals.add(partition.moved());
        }
        return Condition.on(signals, () -> {
            if (minBytes <= 1 && !anythingToRead(wanted)) return false;
            List<PartitionRead> reads = read(wanted);
            reads.forEach(PartitionRead::release);
            return isEnough(reads, minBytes);
        });
    }

    /// The cheap look that decides nearly every wake-up: comparing a few numbers for each partition, no file. An error counts as something to read.
    private boolean anythingToRead(List<WantedPartition> wanted) {
        for (WantedPartition one : wanted) {
            if (!(find(one) instanceof Leading(Partition partition))) return true;
            if (partition.checkLeading(one.wanted().currentLeaderEpoch()) != ErrorCode.NONE) return true;
            long end = readCommitted ? partition.lastStableOffset() : partition.highWatermark();
            if (end > one.wanted().fetchOffset()) return true;
        }
        return false;
    }
}
