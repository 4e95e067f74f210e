package millrace.group.stored;

import java.nio.ByteBuffer;

import millrace.group.stored.GroupChange.GroupMetadata;
import millrace.group.stored.GroupChange.InTransaction;
import millrace.group.stored.GroupChange.Marker;
import millrace.group.stored.GroupChange.OfConsumerGroup;
import millrace.group.stored.GroupChange.OffsetCommit;
import millrace.group.stored.GroupChange.OtherKind;
import millrace.group.stored.GroupChange.TransactionEnded;
import millrace.protocol.CoordinatorKey;
import millrace.protocol.CoordinatorValue;
import millrace.protocol.MalformedMessage;
import millrace.protocol.WireReader;
import millrace.protocol.group.GroupMetadataKey;
import millrace.protocol.group.GroupMetadataValue;
import millrace.protocol.group.GroupRecords;
import millrace.protocol.group.LegacyOffsetCommitKey;
import millrace.protocol.group.LegacyOffsetCommitValue;
import millrace.protocol.group.OffsetCommitKey;
import millrace.protocol.group.OffsetCommitValue;

/// Changes as the keys and values of records, and back. The bytes are drawn in the package's page.
public final class GroupChangeBytes {
    private static final short GROUP_METADATA_VERSION = 3;
    private static final short OFFSET_COMMIT_VERSION = 4;
    /// The only version with an expiry of the offset's own.
    private static final short OFFSET_COMMIT_VERSION_WITH_EXPIRY = 1;
    private static final short KEY_VERSION = 0;

    private GroupChangeBytes() {}

    /// @return the record's key; never null
    /// @throws IllegalArgumentException for a transaction marker, which is no record of this kind
    public static ByteBuffer key(GroupChange change) {
        return switch (change) {
            case GroupMetadata(String group, var _)                                     -> framed(new GroupMetadataKey(group));
            case OffsetCommit(long _, String group, String topic, int partition, var _) -> framed(new OffsetCommitKey(group, topic, partition));
            case OfConsumerGroup ofConsumer                                             -> framed(ConsumerGroupRecords.key(ofConsumer));
            case OtherKind other                                                        -> other.key().duplicate();
            case InTransaction within -> key(within.commit());
            case TransactionEnded _, Marker _ -> throw new IllegalArgumentException("a transaction marker has no key of a group record");
        };
    }

    /// @return the record's value; null for a tombstone
    public static ByteBuffer value(GroupChange change) {
        return switch (change) {
            case GroupMetadata(var _, GroupMetadataValue value)             -> value == null ? null : framed(value, GROUP_METADATA_VERSION);
            case OffsetCommit(var _, var _, var _, var _, OffsetCommitValue value) -> value == null ? null : framed(value, versionOf(value));
            case OfConsumerGroup ofConsumer                                 -> framedOrNull(ConsumerGroupRecords.value(ofConsumer));
            case OtherKind other                                            -> other.value() == null ? null : other.value().duplicate();
            case InTransaction within -> value(within.commit());
            case TransactionEnded _, Marker _ -> throw new IllegalArgumentException("a transaction marker has no value of a group record");
        };
    }

    private static short versionOf(OffsetCommitValue value) {
        return value.expireTimestamp() >= 0 ? OFFSET_COMMIT_VERSION_WITH_EXPIRY : OFFSET_COMMIT_VERSION;
    }

    private static ByteBuffer framed(CoordinatorKey key) {
        ByteBuffer body = key.toBytes(KEY_VERSION);
        return ByteBuffer.allocate(Short.BYTES + body.remaining()).putShort(key.recordType()).put(body).flip();
    }

    private static ByteBuffer framed(CoordinatorValue value, short version) {
        ByteBuffer body = value.toBytes(version);
        return ByteBuffer.allocate(Short.BYTES + body.remaining()).putShort(version).put(body).flip();
    }

    /// Consumer groups' records have had one version so far.
    private static ByteBuffer framedOrNull(CoordinatorValue value) {
        return value == null ? null : framed(value, ConsumerGroupRecords.VALUE_VERSION);
    }

    /// @param producerId of the batch when it is transactional, [GroupChange#NO_PRODUCER_ID] otherwise
    /// @param value null for a tombstone
    /// @return null for a record type that a newer version wrote: it is passed over
    /// @throws MalformedMessage when the bytes of a known type do not follow its schema
    public static GroupChange read(long producerId, ByteBuffer key, ByteBuffer value) {
        WireReader keyReader = WireReader.of(key, "group record key", KEY_VERSION);
        short type = keyReader.int16("type");
        if (!GroupRecords.knows(type)) return null;
        return switch (type) {
            case GroupRecords.GROUP_METADATA       -> groupMetadata(GroupMetadataKey.read(keyReader, KEY_VERSION), value);
            case GroupRecords.OFFSET_COMMIT        -> offsetCommit(producerId, OffsetCommitKey.read(keyReader, KEY_VERSION), value);
            case GroupRecords.LEGACY_OFFSET_COMMIT -> legacyOffsetCommit(producerId, LegacyOffsetCommitKey.read(keyReader, KEY_VERSION), value);
            case GroupRecords.CONSUMER_GROUP_METADATA, GroupRecords.CONSUMER_GROUP_PARTITION_METADATA, GroupRecords.CONSUMER_GROUP_MEMBER_METADATA,
                 GroupRecords.CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA, GroupRecords.CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER,
                 GroupRecords.CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT, GroupRecords.CONSUMER_GROUP_REGULAR_EXPRESSION
                                                   -> ConsumerGroupRecords.change(GroupRecords.readKey(type, keyReader), consumerGroupValue(type, value));
            default                                -> new OtherKind(type, keyReader.string("groupId", false), copy(key), value == null ? null : copy(value));
        };
    }

    private static GroupChange groupMetadata(GroupMetadataKey key, ByteBuffer value) {
        if (value == null) return new GroupMetadata(key.group(), null);
        WireReader reader = WireReader.of(value, "GroupMetadataValue", GroupMetadataValue.HIGHEST_VERSION);
        return new GroupMetadata(key.group(), GroupMetadataValue.read(reader, reader.int16("version")));
    }

    private static CoordinatorValue consumerGroupValue(short type, ByteBuffer value) {
        if (value == null) return null;
        WireReader reader = WireReader.of(value, "consumer group record value", ConsumerGroupRecords.VALUE_VERSION);
        return GroupRecords.readValue(type, reader, reader.int16("version"));
    }

    private static GroupChange offsetCommit(long producerId, OffsetCommitKey key, ByteBuffer value) {
        if (value == null) return new OffsetCommit(producerId, key.group(), key.topic(), key.partition(), null);
        WireReader reader = WireReader.of(value, "OffsetCommitValue", OffsetCommitValue.HIGHEST_VERSION);
        OffsetCommitValue read = OffsetCommitValue.read(reader, reader.int16("version"));
        return new OffsetCommit(producerId, key.group(), key.topic(), key.partition(), read);
    }

    private static GroupChange legacyOffsetCommit(long producerId, LegacyOffsetCommitKey key, ByteBuffer value) {
        if (value == null) return new OffsetCommit(producerId, key.group(), key.topic(), key.partition(), null);
        WireReader reader = WireReader.of(value, "LegacyOffsetCommitValue", LegacyOffsetCommitValue.HIGHEST_VERSION);
        LegacyOffsetCommitValue read = LegacyOffsetCommitValue.read(reader, reader.int16("version"));
        OffsetCommitValue same = OffsetCommitValue.builder().offset(read.offset()).metadata(read.metadata()).commitTimestamp(read.commitTimestamp()).build();
        return new OffsetCommit(producerId, key.group(), key.topic(), key.partition(), same);
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip().asReadOnlyBuffer();
    }
}
