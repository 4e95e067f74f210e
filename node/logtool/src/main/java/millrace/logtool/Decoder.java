package millrace.logtool;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import millrace.protocol.CoordinatorKey;
import millrace.protocol.CoordinatorValue;
import millrace.protocol.Described;
import millrace.protocol.MalformedMessage;
import millrace.protocol.WireReader;
import millrace.protocol.group.GroupMetadataValue;
import millrace.protocol.group.GroupRecords;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.MetadataRecords;
import millrace.protocol.share.ShareRecords;
import millrace.protocol.transaction.TransactionRecords;
import millrace.record.Record;

/// What a record's key and value say, put into a row as `key` and `payload`.
interface Decoder {
    void decode(Record record, Row into);

    /// Text, as producers of text write it.
    Decoder TEXT = (record, into) -> {
        if (record.hasKey()) into.with("key", UTF_8.decode(record.key().duplicate()).toString());
        if (record.hasValue()) into.with("payload", UTF_8.decode(record.value().duplicate()).toString());
    };

    Decoder OFFSETS = coordinator(new Types(GroupRecords::knows, GroupRecords::readKey, GroupRecords::readValue));

    Decoder TRANSACTIONS = coordinator(new Types(TransactionRecords::knows, TransactionRecords::readKey, TransactionRecords::readValue));

    Decoder SHARE_GROUPS = coordinator(new Types(ShareRecords::knows, ShareRecords::readKey, ShareRecords::readValue));

    Decoder METADATA = (record, into) -> into.with("payload", metadata(record));

    /// The kinds of record of one coordinator's topic.
    record Types(Known known, Keys keys, Values values) {
        interface Known {
            boolean knows(short type);
        }

        interface Keys {
            CoordinatorKey read(short type, WireReader in);
        }

        interface Values {
            CoordinatorValue read(short type, WireReader in, short version);
        }
    }

    private static Decoder coordinator(Types types) {
        return (record, into) -> {
            if (!record.hasKey() || record.key().remaining() < Short.BYTES) {
                into.with("key", "Error at offset " + record.offset() + ", skipping. The record has no key.");
                return;
            }
            ByteBuffer key = record.key().duplicate();
            short type = key.getShort();
            if (!types.known.knows(type)) {
                into.with("key", "Unknown record type " + type + " at offset " + record.offset() + ", skipping.");
                return;
            }
            try {
                var keyed = new Row.RawJson(FieldsJson.keyed(type, (Described) types.keys.read(type, WireReader.of(key, "key of type " + type, 0))));
                Object payload = record.hasValue() ? value(types, type, record.value().duplicate()) : "<DELETE>";
                into.with("key", keyed).with("payload", payload);
            } catch (MalformedMessage malformed) {
                into.with("key", "Error at offset " + record.offset() + ", skipping. " + malformed.getMessage());
            }
        };
    }

    private static Row.RawJson value(Types types, short type, ByteBuffer value) {
        short version = value.remaining() < Short.BYTES ? -1 : value.getShort();
        CoordinatorValue read = types.values.read(type, WireReader.of(value, "value of type " + type, version), version);
        Described told = read instanceof GroupMetadataValue group ? new OpenedGroup(group) : (Described) read;
        return new Row.RawJson("{\"version\":\"" + version + "\",\"data\":" + FieldsJson.of(told, version) + "}");
    }

    private static Object metadata(Record record) {
        if (!record.hasValue()) return "Error at " + record.offset() + ", skipping. The record has no value.";
        WireReader in = WireReader.of(record.value(), "metadata record", 0);
        try {
            int frame = in.unsignedVarint("frame version");
            if (frame != 1) throw in.malformed("frame version", "only version 1 can be read, and this is " + frame);
            short key = int16(in, "record key");
            short version = int16(in, "record version");
            MetadataRecord read = MetadataRecords.read(key, in, version);
            return new Row.RawJson("{\"type\":\"" + constant(read.messageName()) + "\",\"version\":" + version + ",\"data\":" + FieldsJson.of((Described) read, version) + "}");
        } catch (MalformedMessage malformed) {
            return "Error at " + record.offset() + ", skipping. " + malformed.getMessage();
        }
    }

    private static short int16(WireReader in, String field) {
        int value = in.unsignedVarint(field);
        if (value < 0 || value > Short.MAX_VALUE) throw in.malformed(field, value + " cannot be");
        return (short) value;
    }

    /// `TopicRecord` as `TOPIC_RECORD`.
    private static String constant(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(java.util.Locale.ROOT);
    }
}
