package millrace.cli;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/// How a record becomes a line. The properties and their defaults are those of `kafka-console-consumer.sh`.
final class RecordFormat {
    private final boolean json;
    private final boolean timestamp;
    private final boolean partition;
    private final boolean offset;
    private final boolean headers;
    private final boolean key;
    private final boolean value;
    private final String keySeparator;
    private final String lineSeparator;
    private final String headersSeparator;
    private final String nullLiteral;

    RecordFormat(boolean json, Map<String, String> properties) {
        this.json = json;
        timestamp = flag(properties, "print.timestamp", false);
        partition = flag(properties, "print.partition", false);
        offset = flag(properties, "print.offset", false);
        headers = flag(properties, "print.headers", false);
        key = flag(properties, "print.key", false);
        value = flag(properties, "print.value", true);
        keySeparator = properties.getOrDefault("key.separator", "\t").replace("\\t", "\t");
        lineSeparator = properties.getOrDefault("line.separator", "\n").replace("\\n", "\n");
        headersSeparator = properties.getOrDefault("headers.separator", ",");
        nullLiteral = properties.getOrDefault("null.literal", "null");
    }

    private static boolean flag(Map<String, String> properties, String name, boolean otherwise) {
        String text = properties.get(name);
        return text == null ? otherwise : Boolean.parseBoolean(text);
    }

    /// @return with its line's end
    String line(ConsumerRecord<byte[], byte[]> record) {
        return json ? Json.of(document(record)) + "\n" : text(record);
    }

    private String text(ConsumerRecord<byte[], byte[]> record) {
        List<String> parts = new ArrayList<>();
        if (timestamp) parts.add(record.timestampType() == TimestampType.NO_TIMESTAMP_TYPE ? "NO_TIMESTAMP" : record.timestampType() + ":" + record.timestamp());
        if (partition) parts.add("Partition:" + record.partition());
        if (offset) parts.add("Offset:" + record.offset());
        if (headers) parts.add(headers(record));
        if (key) parts.add(text(record.key()));
        if (value) parts.add(text(record.value()));
        return String.join(keySeparator, parts) + lineSeparator;
    }

    private String headers(ConsumerRecord<byte[], byte[]> record) {
        List<String> texts = new ArrayList<>();
        for (Header header : record.headers()) texts.add(header.key() + ":" + text(header.value()));
        return texts.isEmpty() ? "NO_HEADERS" : String.join(headersSeparator, texts);
    }

    private String text(byte[] bytes) {
        return bytes == null ? nullLiteral : new String(bytes, StandardCharsets.UTF_8);
    }

    private static Map<String, Object> document(ConsumerRecord<byte[], byte[]> record) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("topic", record.topic());
        document.put("partition", record.partition());
        document.put("offset", record.offset());
        document.put("timestamp", record.timestamp());
        document.put("timestampType", record.timestampType().name);
        put(document, "key", record.key());
        put(document, "value", record.value());
        List<Map<String, Object>> all = new ArrayList<>();
        for (Header header : record.headers()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("key", header.key());
            put(one, "value", header.value());
            all.add(one);
        }
        document.put("headers", all);
        return document;
    }

    /// Text where the bytes are UTF-8, else base64 under another name, so that nothing is lost.
    private static void put(Map<String, Object> document, String name, byte[] bytes) {
        try {
            document.put(name, bytes == null ? null : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException notText) {
            document.put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
        }
    }
}
