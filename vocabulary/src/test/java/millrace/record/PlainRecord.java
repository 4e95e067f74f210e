package millrace.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A record as both sides can say it: bytes as Latin-1 text, so that differences are readable.
record PlainRecord(long offset, long timestamp, int sequence, String key, String value, List<String> headers) {
    static PlainRecord of(Record record) {
        var headers = new ArrayList<String>();
        for (Header header : record.headers()) headers.add(header.key() + "=" + text(header.value()));
        return new PlainRecord(record.offset(), record.timestamp(), record.sequence(), text(record.key()), text(record.value()), headers);
    }

    static PlainRecord of(org.apache.kafka.common.record.internal.Record record) {
        var headers = new ArrayList<String>();
        for (var header : record.headers()) headers.add(header.key() + "=" + text(header.value() == null ? null : ByteBuffer.wrap(header.value())));
        return new PlainRecord(record.offset(), record.timestamp(), record.sequence(), text(record.key()), text(record.value()), headers);
    }

    static List<PlainRecord> read(ByteBuffer batches) {
        var all = new ArrayList<PlainRecord>();
        for (RecordBatch batch : RecordBatches.of(batches)) all.addAll(read(batch));
        return all;
    }

    static List<PlainRecord> read(RecordBatch batch) {
        var all = new ArrayList<PlainRecord>();
        try (RecordCursor cursor = batch.records(DecodeLimits.DEFAULT)) {
            cursor.forEachRemaining(record -> all.add(of(record)));
        }
        return all;
    }

    private static String text(ByteBuffer bytes) {
        return bytes == null ? null : ISO_8859_1.decode(bytes.duplicate()).toString();
    }
}
