package millrace.storage.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import millrace.common.OffsetAndEpoch;
import millrace.common.TopicPartition;
import millrace.common.Uuid;

/// One partition's log. (Signatures first; bodies in the next commits.)
public final class PartitionLog implements AutoCloseable {
    private PartitionLog() {}

    private static <T> T later() { throw new UnsupportedOperationException("signatures only"); }

    /// Opens the log in `place.directory()`, which is created when absent; recovers it when `start` is not clean. Blocking.
    public static PartitionLog open(LogPlace place, LogConfig config, LogStart start) throws DamagedLog { return later(); }

    public TopicPartition topicPartition() { return later(); }
    public Path directory() { return later(); }
    /// [Uuid#ZERO] when not known (no partition.metadata).
    public Uuid topicId() { return later(); }
    /// Writes partition.metadata; on the device with the next flush. Refused with IllegalStateException when another id is known.
    public void assignTopicId(Uuid topicId) { later(); }
    public LogConfig config() { return later(); }
    public void updateConfig(LogConfig config) { later(); }

    public AppendResult appendAsLeader(ByteBuffer batches, int leaderEpoch, AppendOrigin origin) { return later(); }
    public AppendResult appendAsFollower(ByteBuffer batches) { return later(); }
    public ReadResult read(long startOffset, int maxBytes, long beforeOffset, boolean atLeastOneBatch) { return later(); }
    /// A copy of whole batches (heap), position 0; at least one batch where there is one; empty at the end or out of range.
    public ByteBuffer readBytes(long startOffset, int maxBytes, long beforeOffset) { return later(); }

    public long logStartOffset() { return later(); }
    public long logEndOffset() { return later(); }
    public long highWatermark() { return later(); }
    public void updateHighWatermark(long highWatermark) { later(); }
    public long lastStableOffset(long highWatermark) { return later(); }
    public long flushedOffset() { return later(); }
    public long recoveryPoint() { return later(); }
    public long sizeInBytes() { return later(); }
    public int segmentCount() { return later(); }

    /// -1 when none.
    public int latestEpoch() { return later(); }
    /// A new leader notes where its epoch begins.
    public void assignLeaderEpoch(int leaderEpoch, long startOffset) { later(); }
    public OffsetAndEpoch epochEndOffset(int leaderEpoch) { return later(); }
    /// Epoch of the record at `offset`, -1 when unknown.
    public int epochAt(long offset) { return later(); }
    public Optional<TimestampOffset> offsetForTimestamp(long timestampMs) { return later(); }
    public Optional<TimestampOffset> maxTimestampOffset() { return later(); }
    public List<ProducerView> producers() { return later(); }
    public void expireProducers(long timestampMs) { later(); }

    /// Blocking device sync of everything below `uptoOffset` at least.
    public void flush(long uptoOffset) { later(); }
    /// Called with the new flushed offset after a group commit round (by the SyncOwner).
    public void onFlushed(LongConsumer listener) { later(); }
    public void roll() { later(); }
    /// Returns whether anything was cut. Blocking.
    public boolean truncateTo(long offset) { return later(); }
    public void truncateFullyAndStartAt(long offset) { later(); }
    /// Returns whether it moved. The caller has checked that it is not above the high watermark.
    public boolean advanceLogStartOffset(long offset) { return later(); }
    /// Deletes what retention by time, size and log start allows, below the high watermark. Returns segments deleted. Blocking.
    public int retention(long timestampMs) { return later(); }
    /// Writes snapshot, indexes, checkpoint; syncs; closes. Blocking.
    @Override public void close() { later(); }
}
