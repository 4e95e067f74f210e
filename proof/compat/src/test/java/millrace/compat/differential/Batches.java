package millrace.compat.differential;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import millrace.record.Codec;
import millrace.record.Header;
import millrace.record.MemoryRecords;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;

/// Record batches as scripts send them, right ones and wrong ones.
final class Batches {
    private static final int LENGTH_POSITION = 8;
    private static final int CRC_POSITION = 17;
    private static final int COUNT_POSITION = 57;

    private Batches() {}

    static ByteBuffer bytes(String text) {
        return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /// One batch of records without keys, a millisecond apart.
    static ByteBuffer batch(long timestampMs, String... values) {
        return batch(Codec.NONE, timestampMs, values);
    }

    static ByteBuffer batch(Codec codec, long timestampMs, String... values) {
        try (var builder = new RecordBatchBuilder().codec(codec)) {
            return filled(builder, timestampMs, values);
        }
    }

    static ByteBuffer filled(RecordBatchBuilder builder, long timestampMs, String... values) {
        long at = timestampMs;
        for (String value : values) builder.append(at++, null, bytes(value));
        return builder.build();
    }

    static ByteBuffer keyed(long timestampMs, String key, String value, Header... headers) {
        try (var builder = new RecordBatchBuilder()) {
            return builder.append(timestampMs, bytes(key), bytes(value), List.of(headers)).build();
        }
    }

    static ByteBuffer produced(long producerId, int epoch, int sequence, long timestampMs, String... values) {
        try (var builder = new RecordBatchBuilder().producer(producerId, (short) epoch, sequence)) {
            return filled(builder, timestampMs, values);
        }
    }

    static ByteBuffer together(ByteBuffer... batches) {
        int size = 0;
        for (ByteBuffer each : batches) size += each.remaining();
        ByteBuffer all = ByteBuffer.allocate(size);
        for (ByteBuffer each : batches) all.put(each.duplicate());
        return all.flip();
    }

    /// @return a copy with one byte of its content turned
    static ByteBuffer damaged(ByteBuffer batch) {
        ByteBuffer copy = together(batch);
        int last = copy.limit() - 1;
        return copy.put(last, (byte) (copy.get(last) ^ 1));
    }

    /// @return a copy with another value in its header, and the checksum made right for it when the checksum covers it
    static ByteBuffer withByte(ByteBuffer batch, int position, int value) {
        ByteBuffer copy = together(batch);
        copy.put(position, (byte) value);
        return position > CRC_POSITION ? resealed(copy) : copy;
    }

    static ByteBuffer withInt(ByteBuffer batch, int position, int value) {
        ByteBuffer copy = together(batch);
        copy.putInt(position, value);
        return position > CRC_POSITION ? resealed(copy) : copy;
    }

    /// @return the batch's header alone, which announces no records
    static ByteBuffer emptied(ByteBuffer batch) {
        ByteBuffer header = together(batch.duplicate().limit(RecordBatch.HEADER_BYTES));
        header.putInt(LENGTH_POSITION, RecordBatch.HEADER_BYTES - RecordBatch.LOG_OVERHEAD).putInt(COUNT_POSITION, 0);
        return resealed(header);
    }

    private static ByteBuffer resealed(ByteBuffer batch) {
        var crc = new java.util.zip.CRC32C();
        crc.update(batch.duplicate().position(CRC_POSITION + 4));
        return batch.putInt(CRC_POSITION, (int) crc.getValue());
    }

    /// A message of the formats before record batches.
    /// @param magic 0 or 1
    static ByteBuffer oldMessage(int magic, long timestampMs, String value) {
        byte[] content = value.getBytes(StandardCharsets.UTF_8);
        int size = 4 + 1 + 1 + (magic == 1 ? 8 : 0) + 4 + 4 + content.length;
        ByteBuffer message = ByteBuffer.allocate(12 + size).putLong(0).putInt(size).putInt(0).put((byte) magic).put((byte) 0);
        if (magic == 1) message.putLong(timestampMs);
        message.putInt(-1).putInt(content.length).put(content).flip();
        var crc = new CRC32();
        crc.update(message.duplicate().position(16));
        return message.putInt(12, (int) crc.getValue());
    }

    static MemoryRecords records(ByteBuffer batches) {
        return batches == null ? null : new MemoryRecords(batches);
    }
}
