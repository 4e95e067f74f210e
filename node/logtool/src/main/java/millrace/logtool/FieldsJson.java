package millrace.logtool;

import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import millrace.protocol.Described;
import millrace.record.Records;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes what has a schema as Apache Kafka writes it in JSON: bytes in base 64, ids as text, an absent tagged field not at all.
final class FieldsJson {
    private static final JsonFactory JSON = new JsonFactory();

    private FieldsJson() {}

    static String of(Described message, short version) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            struct(json, message, version);
        }
        return text.toString();
    }

    /// `{"type":"1","data":{...}}`
    static String keyed(short type, Described key) {
        return "{\"type\":\"" + type + "\",\"data\":" + of(key, (short) 0) + "}";
    }

    private static void struct(JsonGenerator json, Described struct, short version) {
        json.writeStartObject();
        struct.describe((name, value) -> {
            if (value instanceof Records records) {
                json.writeNumberProperty(name + "SizeInBytes", records.sizeInBytes());
                return;
            }
            json.writeName(name);
            value(json, value, version);
        }, version);
        json.writeEndObject();
    }

    static void value(JsonGenerator json, Object value) {
        value(json, value, (short) 0);
    }

    private static void value(JsonGenerator json, Object value, short version) {
        switch (value) {
            case null              -> json.writeNull();
            case Boolean truth     -> json.writeBoolean(truth);
            case Double number     -> json.writeNumber(number);
            case Number number     -> json.writeNumber(number.longValue());
            case ByteBuffer bytes  -> json.writeBinary(copy(bytes));
            case List<?> list      -> list(json, list, version);
            case Described struct  -> struct(json, struct, version);
            case Row.RawJson(String text) -> json.writeRawValue(text);
            case OptionalLong some -> value(json, some.isPresent() ? some.getAsLong() : null, version);
            default                -> json.writeString(value.toString());
        }
    }

    private static void list(JsonGenerator json, List<?> list, short version) {
        json.writeStartArray();
        for (Object each : list) value(json, each, version);
        json.writeEndArray();
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        return copy;
    }
}
