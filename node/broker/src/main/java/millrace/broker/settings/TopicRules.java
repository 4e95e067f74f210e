package millrace.broker.settings;

import java.util.List;
import java.util.Map;
import millrace.broker.partition.PartitionRules;
import millrace.metadata.ConfigResource;
import millrace.metadata.MetadataImage;
import millrace.record.Codec;
import millrace.record.TimestampType;
import millrace.replication.LeaderReplica.Durability;
import millrace.settings.BrokerSettings;
import millrace.settings.SettingValues;
import millrace.settings.TopicSettings;
import millrace.storage.log.LogConfig;

/// What one topic's settings mean for its logs and partitions on this broker.
public record TopicRules(LogConfig log, PartitionRules partition) {
    /// @param image whose overrides count: the topic's own, the broker's, the cluster's default
    public static TopicRules of(BrokerSettings broker, MetadataImage image, String topic) {
        return of(TopicSettings.of(broker, image.configs().of(ConfigResource.TOPIC, topic)).values(), broker.values());
    }

    /// For a log that is found before any image is known; replaced as soon as one is. Until then nothing of it is deleted or compacted: its
    /// topic may keep records for ever, or keep the last of each key.
    public static LogConfig withoutOverrides(BrokerSettings broker) {
        return of(TopicSettings.of(broker, Map.of()).values(), broker.values()).log().toBuilder().deletes(false).compacts(false).build();
    }

    private static TopicRules of(SettingValues topic, SettingValues broker) {
        List<String> cleanup = topic.list("cleanup.policy");
        String compression = topic.string("compression.type");
        LogConfig log = LogConfig.builder()
                .segmentBytes(topic.has("internal.segment.bytes") ? topic.integer("internal.segment.bytes") : topic.integer("segment.bytes"))
                .segmentMs(topic.longValue("segment.ms"))
                .segmentJitterMs(topic.longValue("segment.jitter.ms"))
                .segmentIndexBytes(topic.integer("segment.index.bytes"))
                .indexIntervalBytes(topic.integer("index.interval.bytes"))
                .preallocate(topic.bool("preallocate"))
                .retentionMs(topic.longValue("retention.ms"))
                .retentionBytes(topic.longValue("retention.bytes"))
                .deletes(cleanup.contains("delete"))
                .compacts(cleanup.contains("compact"))
                .deleteRetentionMs(topic.longValue("delete.retention.ms"))
                .minCompactionLagMs(topic.longValue("min.compaction.lag.ms"))
                .maxCompactionLagMs(topic.longValue("max.compaction.lag.ms"))
                .minCleanableDirtyRatio(topic.number("min.cleanable.dirty.ratio"))
                .fileDeleteDelayMs(topic.longValue("file.delete.delay.ms"))
                .maxMessageBytes(topic.integer("max.message.bytes"))
                .maxDecompressedMessageBytes(topic.integer("max.decompressed.message.bytes"))
                .timestampType(topic.string("message.timestamp.type").equals("LogAppendTime") ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME)
                .timestampBeforeMaxMs(topic.longValue("message.timestamp.before.max.ms"))
                .timestampAfterMaxMs(topic.longValue("message.timestamp.after.max.ms"))
                .compression(codec(compression))
                .gzipLevel(topic.integer("compression.gzip.level"))
                .lz4Level(topic.integer("compression.lz4.level"))
                .zstdLevel(topic.integer("compression.zstd.level"))
                .flushMessages(topic.longValue("flush.messages"))
                .flushMs(topic.longValue("flush.ms"))
                .producerIdExpirationMs(broker.integer("producer.id.expiration.ms"))
                .build();
        Durability durability = topic.string("millrace.durability").equals("replicated") ? Durability.REPLICATED : Durability.FSYNC;
        return new TopicRules(log, new PartitionRules(topic.integer("min.insync.replicas"), durability, broker.bool("transaction.partition.verification.enable")));
    }

    /// @return null where the topic keeps what producers send
    private static Codec codec(String compressionType) {
        return switch (compressionType) {
            case "producer"     -> null;
            case "uncompressed" -> Codec.NONE;
            case "gzip"         -> Codec.GZIP;
            case "snappy"       -> Codec.SNAPPY;
            case "lz4"          -> Codec.LZ4;
            case "zstd"         -> Codec.ZSTD;
            default             -> throw new IllegalArgumentException("compression.type=" + compressionType + " has passed validation and is unknown here");
        };
    }
}
