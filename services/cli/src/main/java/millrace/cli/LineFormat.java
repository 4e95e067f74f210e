package millrace.cli;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.apache.kafka.clients.producer.ProducerRecord;

/// How a line of text becomes a record. Properties and their defaults are those of `kafka-console-producer.sh`:
/// `headers <headers.delimiter> key <key.separator> value`, where headers and key are there only when asked for.
final class LineFormat {
    private final String topic;
    private final boolean parseKey;
    private final boolean parseHeaders;
    private final boolean ignoreError;
    private final String keySeparator;
    private final String headersDelimiter;
    private final String headersSeparator;
    private final String headersKeySeparator;
    private final String nullMarker;

    LineFormat(String topic, Map<String, String> properties) {
        this.topic = topic;
        parseKey = Boolean.parseBoolean(properties.getOrDefault("parse.key", "false"));
        parseHeaders = Boolean.parseBoolean(properties.getOrDefault("parse.headers", "false"));
        ignoreError = Boolean.parseBoolean(properties.getOrDefault("ignore.error", "false"));
        keySeparator = unescaped(properties.getOrDefault("key.separator", "\t"));
        headersDelimiter = unescaped(properties.getOrDefault("headers.delimiter", "\t"));
        headersSeparator = unescaped(properties.getOrDefault("headers.separator", ","));
        headersKeySeparator = unescaped(properties.getOrDefault("headers.key.separator", ":"));
        nullMarker = properties.get("null.marker");
        if (keySeparator.isEmpty() || headersDelimiter.isEmpty() || headersSeparator.isEmpty() || headersKeySeparator.isEmpty())
            throw new Problem("separators must have at least one character.", null);
    }

    /// So that a tab can be written in a shell.
    private static String unescaped(String separator) {
        return separator.replace("\\t", "\t");
    }

    /// @param number of the line, from 1, for error texts
    /// @throws Problem when a part that was asked for is missing
    ProducerRecord<byte[], byte[]> record(String line, long number) {
        String rest = line, headers = null, key = null;
        if (parseHeaders) {
            int end = rest.indexOf(headersDelimiter);
            if (end >= 0) {
                headers = rest.substring(0, end);
                rest = rest.substring(end + headersDelimiter.length());
            } else if (!ignoreError) throw missing(number, "the headers' end", "headers.delimiter", headersDelimiter, line);
        }
        if (parseKey) {
            int end = rest.indexOf(keySeparator);
            if (end >= 0) {
                key = rest.substring(0, end);
                rest = rest.substring(end + keySeparator.length());
            } else if (!ignoreError) throw missing(number, "a key", "key.separator", keySeparator, line);
        }
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, bytes(key), bytes(rest));
        if (headers != null && !headers.isEmpty() && !headers.equals(nullMarker)) addHeaders(record, headers, number);
        return record;
    }

    private void addHeaders(ProducerRecord<byte[], byte[]> record, String headers, long number) {
        for (String header : headers.split(java.util.regex.Pattern.quote(headersSeparator))) {
            int end = header.indexOf(headersKeySeparator);
            if (end < 0 && !ignoreError) throw missing(number, "a header's key", "headers.key.separator", headersKeySeparator, header);
            String key = end < 0 ? header : header.substring(0, end);
            record.headers().add(key, end < 0 ? null : bytes(header.substring(end + headersKeySeparator.length())));
        }
    }

    private byte[] bytes(String text) {
        return text == null || text.equals(nullMarker) ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static Problem missing(long number, String part, String property, String separator, String text) {
        String shown = text.length() > 60 ? text.substring(0, 60) + "..." : text;
        return new Problem("line " + number + " has no " + part.replaceFirst("^(a|the) ", "") + ": '" + separator.replace("\t", "\\t") + "' (" + property + ") is not in '" + shown + "'.",
                "Name another separator with --property " + property + "=..., or take such lines as they are with --property ignore.error=true.");
    }
}
