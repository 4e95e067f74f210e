package millrace.storage.log;

import millrace.record.Codec;
import millrace.record.TimestampType;

/// The settings of one partition's log, typed: a topic's overrides over the broker's values over Kafka's defaults, resolved by whoever
/// opens the log. Every component is named after its topic setting (`segment.bytes` is `segmentBytes`). All of them may change while the
/// log is open ([PartitionLog#updateConfig]).
///
/// @param segmentBytes              largest segment file, in bytes; one append may not be larger
/// @param segmentMs                 a segment takes no batch that is this much younger (by record timestamp) than its first, in milliseconds
/// @param segmentJitterMs           upper bound of what is taken off `segmentMs`, so that logs created together do not roll together
/// @param segmentIndexBytes         largest offset or time index file, in bytes; a full index rolls the segment
/// @param indexIntervalBytes        about one index entry per this many bytes of log
/// @param preallocate               whether room on the device is reserved for the whole of a new segment; its file still grows with its batches
/// @param retentionMs               delete segments whose newest record is older, in milliseconds; -1 never
/// @param retentionBytes            delete the oldest segments while the rest still has this many bytes; -1 never
/// @param deletes                   `cleanup.policy` has `delete`
/// @param compacts                  `cleanup.policy` has `compact`: every record needs a key
/// @param fileDeleteDelayMs         how long a deleted file stays, renamed, for readers that still have it, in milliseconds
/// @param maxMessageBytes           largest batch that a client may append, in bytes, header included
/// @param maxDecompressedMessageBytes largest batch once decompressed, in bytes
/// @param timestampBeforeMaxMs      a record's own timestamp may lie this far before the leader's clock, in milliseconds
/// @param timestampAfterMaxMs       and this far after it
/// @param compression               what batches are rewritten to; null keeps the producer's (`compression.type=producer`)
/// @param flushMessages             sync after this many records
/// @param flushMs                   sync what is older, in milliseconds
/// @param producerIdExpirationMs    forget a producer id that has been silent for this long (`producer.id.expiration.ms`), in milliseconds
public record LogConfig(
        int segmentBytes,
        long segmentMs,
        long segmentJitterMs,
        int segmentIndexBytes,
        int indexIntervalBytes,
        boolean preallocate,
        long retentionMs,
        long retentionBytes,
        boolean deletes,
        boolean compacts,
        long deleteRetentionMs,
        long minCompactionLagMs,
        long maxCompactionLagMs,
        double minCleanableDirtyRatio,
        long fileDeleteDelayMs,
        int maxMessageBytes,
        int maxDecompressedMessageBytes,
        TimestampType timestampType,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        Codec compression,
        int gzipLevel,
        int lz4Level,
        int zstdLevel,
        long flushMessages,
        long flushMs,
        long producerIdExpirationMs) {

    /// Kafka 4.4's defaults.
    public static final LogConfig DEFAULTS = new LogConfig(
            1_073_741_824, 604_800_000L, 0L, 10_485_760, 4_096, false,
            604_800_000L, -1L, true, false, 86_400_000L, 0L, Long.MAX_VALUE, 0.5, 60_000L,
            1_048_588, 2_147_483_639, TimestampType.CREATE_TIME, Long.MAX_VALUE, 3_600_000L,
            null, -1, 9, 3, Long.MAX_VALUE, Long.MAX_VALUE, 86_400_000L);

    public LogConfig {
        atLeast("segment.bytes", segmentBytes, 1);
        atLeast("segment.index.bytes", segmentIndexBytes, 4);
        atLeast("index.interval.bytes", indexIntervalBytes, 0);
        atLeast("segment.ms", segmentMs, 1);
        atLeast("segment.jitter.ms", segmentJitterMs, 0);
        atLeast("max.message.bytes", maxMessageBytes, 0);
        atLeast("max.decompressed.message.bytes", maxDecompressedMessageBytes, 1);
        atLeast("file.delete.delay.ms", fileDeleteDelayMs, 0);
        atLeast("retention.ms", retentionMs, -1);
        atLeast("retention.bytes", retentionBytes, -1);
    }

    private static void atLeast(String setting, long value, long least) {
        if (value < least) throw new IllegalArgumentException(setting + " is " + value + ", must be " + least + " or more");
    }

    /// Level of [#compression], where it has levels.
    public int compressionLevel() {
        return switch (compression) {
            case GZIP -> gzipLevel;
            case LZ4 -> lz4Level;
            case ZSTD -> zstdLevel;
            case NONE, SNAPPY -> 0;
        };
    }

    /// How long a segment may fill: a compacted log must give up its last segment in time for `max.compaction.lag.ms`.
    long rollMs() {
        return compacts && maxCompactionLagMs > 0 ? Math.min(maxCompactionLagMs, segmentMs) : segmentMs;
    }

    public Builder toBuilder() {
        return new Builder(this);
    }

    public static Builder builder() {
        return new Builder(DEFAULTS);
    }

    /// Sets some components and keeps the others.
    public static final class Builder {
        private int segmentBytes;
        private long segmentMs;
        private long segmentJitterMs;
        private int segmentIndexBytes;
        private int indexIntervalBytes;
        private boolean preallocate;
        private long retentionMs;
        private long retentionBytes;
        private boolean deletes;
        private boolean compacts;
        private long deleteRetentionMs;
        private long minCompactionLagMs;
        private long maxCompactionLagMs;
        private double minCleanableDirtyRatio;
        private long fileDeleteDelayMs;
        private int maxMessageBytes;
        private int maxDecompressedMessageBytes;
        private TimestampType timestampType;
        private long timestampBeforeMaxMs;
        private long timestampAfterMaxMs;
        private Codec compression;
        private int gzipLevel;
        private int lz4Level;
        private int zstdLevel;
        private long flushMessages;
        private long flushMs;
        private long producerIdExpirationMs;

        private Builder(LogConfig from) {
            segmentBytes = from.segmentBytes;
            segmentMs = from.segmentMs;
            segmentJitterMs = from.segmentJitterMs;
            segmentIndexBytes = from.segmentIndexBytes;
            indexIntervalBytes = from.indexIntervalBytes;
            preallocate = from.preallocate;
            retentionMs = from.retentionMs;
            retentionBytes = from.retentionBytes;
            deletes = from.deletes;
            compacts = from.compacts;
            deleteRetentionMs = from.deleteRetentionMs;
            minCompactionLagMs = from.minCompactionLagMs;
            maxCompactionLagMs = from.maxCompactionLagMs;
            minCleanableDirtyRatio = from.minCleanableDirtyRatio;
            fileDeleteDelayMs = from.fileDeleteDelayMs;
            maxMessageBytes = from.maxMessageBytes;
            maxDecompressedMessageBytes = from.maxDecompressedMessageBytes;
            timestampType = from.timestampType;
            timestampBeforeMaxMs = from.timestampBeforeMaxMs;
            timestampAfterMaxMs = from.timestampAfterMaxMs;
            compression = from.compression;
            gzipLevel = from.gzipLevel;
            lz4Level = from.lz4Level;
            zstdLevel = from.zstdLevel;
            flushMessages = from.flushMessages;
            flushMs = from.flushMs;
            producerIdExpirationMs = from.producerIdExpirationMs;
        }

        public Builder segmentBytes(int value) { segmentBytes = value; return this; }
        public Builder segmentMs(long value) { segmentMs = value; return this; }
        public Builder segmentJitterMs(long value) { segmentJitterMs = value; return this; }
        public Builder segmentIndexBytes(int value) { segmentIndexBytes = value; return this; }
        public Builder indexIntervalBytes(int value) { indexIntervalBytes = value; return this; }
        public Builder preallocate(boolean value) { preallocate = value; return this; }
        public Builder retentionMs(long value) { retentionMs = value; return this; }
        public Builder retentionBytes(long value) { retentionBytes = value; return this; }
        public Builder deletes(boolean value) { deletes = value; return this; }
        public Builder compacts(boolean value) { compacts = value; return this; }
        public Builder deleteRetentionMs(long value) { deleteRetentionMs = value; return this; }
        public Builder minCompactionLagMs(long value) { minCompactionLagMs = value; return this; }
        public Builder maxCompactionLagMs(long value) { maxCompactionLagMs = value; return this; }
        public Builder minCleanableDirtyRatio(double value) { minCleanableDirtyRatio = value; return this; }
        public Builder fileDeleteDelayMs(long value) { fileDeleteDelayMs = value; return this; }
        public Builder maxMessageBytes(int value) { maxMessageBytes = value; return this; }
        public Builder maxDecompressedMessageBytes(int value) { maxDecompressedMessageBytes = value; return this; }
        public Builder timestampType(TimestampType value) { timestampType = value; return this; }
        public Builder timestampBeforeMaxMs(long value) { timestampBeforeMaxMs = value; return this; }
        public Builder timestampAfterMaxMs(long value) { timestampAfterMaxMs = value; return this; }
        /// @param value null keeps the producer's
        public Builder compression(Codec value) { compression = value; return this; }
        public Builder gzipLevel(int value) { gzipLevel = value; return this; }
        public Builder lz4Level(int value) { lz4Level = value; return this; }
        public Builder zstdLevel(int value) { zstdLevel = value; return this; }
        public Builder flushMessages(long value) { flushMessages = value; return this; }
        public Builder flushMs(long value) { flushMs = value; return this; }
        public Builder producerIdExpirationMs(long value) { producerIdExpirationMs = value; return this; }

        public LogConfig build() {
            return new LogConfig(segmentBytes, segmentMs, segmentJitterMs, segmentIndexBytes, indexIntervalBytes, preallocate, retentionMs,
                    retentionBytes, deletes, compacts, deleteRetentionMs, minCompactionLagMs, maxCompactionLagMs, minCleanableDirtyRatio,
                    fileDeleteDelayMs, maxMessageBytes, maxDecompressedMessageBytes, timestampType, timestampBeforeMaxMs, timestampAfterMaxMs,
                    compression, gzipLevel, lz4Level, zstdLevel, flushMessages, flushMs, producerIdExpirationMs);
        }
    }
}
