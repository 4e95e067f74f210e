package millrace.record;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/// Apache Kafka's own code, as the one who knows.
final class Kafka {
    private Kafka() {}

    static ByteBuffer write(RandomBatch batch) {
        var builder = new MemoryRecordsBuilder(ByteBuffer.allocate(1024), (byte) 2, compression(batch.codec()), type(batch.timestampType()), batch.baseOffset(),
                batch.logAppendTimeMs(), batch.producerId(), batch.producerEpoch(), batch.baseSequence(), batch.transactional(), false, batch.leaderEpoch(), 1024);
        for (Record record : batch.records()) builder.append(record.timestamp(), record.key(), record.value(), headers(record));
        return copy(builder.build().buffer());
    }

    static org.apache.kafka.common.header.Header[] headers(Record record) {
        return record.headers().stream().map(header -> new RecordHeader(header.key(), bytes(header.value()))).toArray(RecordHeader[]::new);
    }

    static byte[] bytes(ByteBuffer buffer) {
        if (buffer == null) return null;
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    static ByteBuffer copy(ByteBuffer buffer) {
        return ByteBuffer.wrap(bytes(buffer));
    }

    static Compression compression(Codec codec) {
        return Compression.of(CompressionType.forId(codec.id())).build();
    }

    static org.apache.kafka.common.record.TimestampType type(TimestampType type) {
        return type == TimestampType.CREATE_TIME
                ? org.apache.kafka.common.record.TimestampType.CREATE_TIME
                : org.apache.kafka.common.record.TimestampType.LOG_APPEND_TIME;
    }

    static MutableRecordBatch first(ByteBuffer batches) {
        return MemoryRecords.readableRecords(batches.duplicate()).batches().iterator().next();
    }

    static List<PlainRecord> read(ByteBuffer batches) {
        var all = new ArrayList<PlainRecord>();
        for (var batch : MemoryRecords.readableRecords(batches.duplicate()).batches()) {
            try (var records = batch.streamingIterator(BufferSupplier.NO_CACHING)) {          // iterator() allocates what the header claims
                records.forEachRemaining(record -> all.add(PlainRecord.of(record)));
            }
        }
        return all;
    }
}
