package millrace.record;

import static millrace.record.GrowingBytes.sizeOfVarint;
import static millrace.record.GrowingBytes.sizeOfVarlong;
import static millrace.record.RecordBatch.HEADER_BYTES;
import static millrace.record.RecordBatch.LOG_OVERHEAD;
import static millrace.record.RecordBatch.NO_PARTITION_LEADER_EPOCH;
import static millrace.record.RecordBatch.NO_PRODUCER_EPOCH;
import static millrace.record.RecordBatch.NO_PRODUCER_ID;
import static millrace.record.RecordBatch.NO_SEQUENCE;
import static millrace.record.RecordBatch.NO_TIMESTAMP;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Makes one batch. What it is asked for first (codec, producer, offsets) may be said in any order before the first record; [#build]
/// ends it.
///
///     ByteBuffer batch = new RecordBatchBuilder().codec(Codec.LZ4).baseOffset(42).append(nowMs, key, value).build();
///
/// Without compression the bytes equal those of Kafka's own builder; with it they are readable by Kafka.
/// Records are encoded as they come, so the builder holds the batch and one record, never a list of records.
///
/// For one thread. Built or not, it is to be closed when a codec is in use (Zstandard holds native memory); `build` closes it.
public final class RecordBatchBuilder implements AutoCloseable {
    private static final int INITIAL_BYTES = 512;

    private Codec codec = Codec.NONE;
    private int level;
    private TimestampType timestampType = TimestampType.CREATE_TIME;
    private long logAppendTimeMs = NO_TIMESTAMP;
    private long baseOffset;
    private int partitionLeaderEpoch = NO_PARTITION_LEADER_EPOCH;
    private long producerId = NO_PRODUCER_ID;
    private short producerEpoch = NO_PRODUCER_EPOCH;
    private int baseSequence = NO_SEQUENCE;
    private boolean transactional;
    private boolean control;
    private boolean hasDeleteHorizon;
    private long overriddenLastOffset = -1;

    private final GrowingBytes out;
    private GrowingBytes record;            // one record on its way into the codec
    private OutputStream compressed;        // null: records go straight into out
    private boolean closed;

    private int count;
    private long lastOffset = -1;
    private long baseTimestamp = NO_TIMESTAMP;
    private boolean baseTimestampKnown;
    private long maxTimestamp = NO_TIMESTAMP;
    private int uncompressedBytes = HEADER_BYTES;

    public RecordBatchBuilder() {
        this(INITIAL_BYTES);
    }

    /// @param expectedBytes of the whole batch: saves growing when the guess is good
    public RecordBatchBuilder(int expectedBytes) {
        this.out = new GrowingBytes(Math.max(expectedBytes, HEADER_BYTES));
        out.size(HEADER_BYTES);
    }

    public RecordBatchBuilder codec(Codec codec) {
        return codec(codec, codec.defaultLevel());
    }

    /// @param level as `compression.gzip.level` and its kin mean it; without meaning for none and snappy
    public RecordBatchBuilder codec(Codec codec, int level) {
        checkNothingAppended();
        this.codec = codec;
        this.level = level;
        return this;
    }

    /// The batch counts as stamped by the leader: whatever timestamps its records bring, readers see this one.
    public RecordBatchBuilder logAppendTime(long timestampMs) {
        this.timestampType = TimestampType.LOG_APPEND_TIME;
        this.logAppendTimeMs = timestampMs;
        return this;
    }

    public RecordBatchBuilder baseOffset(long baseOffset) {
        checkNothingAppended();
        this.baseOffset = baseOffset;
        return this;
    }

    public RecordBatchBuilder partitionLeaderEpoch(int partitionLeaderEpoch) {
        this.partitionLeaderEpoch = partitionLeaderEpoch;
        return this;
    }

    public RecordBatchBuilder producer(long producerId, short producerEpoch, int baseSequence) {
        this.producerId = producerId;
        this.producerEpoch = producerEpoch;
        this.baseSequence = baseSequence;
        return this;
    }

    public RecordBatchBuilder transactional(boolean transactional) {
        this.transactional = transactional;
        return this;
    }

    public RecordBatchBuilder control(boolean control) {
        this.control = control;
        return this;
    }

    /// The time from which compaction may drop the batch's tombstones; it takes the place of the base timestamp.
    public RecordBatchBuilder deleteHorizon(long timestampMs) {
        checkNothingAppended();
        this.hasDeleteHorizon = true;
        this.baseTimestamp = timestampMs;
        this.baseTimestampKnown = true;
        return this;
    }

    /// The batch reaches to here though its last records are gone: compaction keeps a batch's offset range. May also be said of a batch
    /// without any record.
    public RecordBatchBuilder lastOffset(long lastOffset) {
        this.overriddenLastOffset = lastOffset;
        return this;
    }

    private void checkNothingAppended() {
        if (count > 0) throw new IllegalStateException("this is decided before the first record");
    }

    public RecordBatchBuilder append(long timestampMs, ByteBuffer key, ByteBuffer value) {
        return append(timestampMs, key, value, List.of());
    }

    /// The next record, at the next offset.
    /// @param timestampMs 0 or more, or [RecordBatch#NO_TIMESTAMP]
    /// @param key   position to limit, not moved; null for none
    /// @param value position to limit, not moved; null for a tombstone
    public RecordBatchBuilder append(long timestampMs, ByteBuffer key, ByteBuffer value, List<Header> headers) {
        return appendAt(lastOffset < 0 ? baseOffset : lastOffset + 1, timestampMs, key, value, headers);
    }

    /// @param offset greater than the one before, within 2^31 of the base offset
    public RecordBatchBuilder appendAt(long offset, long timestampMs, ByteBuffer key, ByteBuffer value, List<Header> headers) {
        if (timestampMs < NO_TIMESTAMP) throw new IllegalArgumentException("timestamp " + timestampMs + " is negative");
        return add(offset, timestampMs, key, value, headers);
    }

    /// Another batch's record once more, with whatever timestamp its producer gave it: some have sent negative ones.
    RecordBatchBuilder copy(long timestampMs, Record record) {
        return add(lastOffset < 0 ? baseOffset : lastOffset + 1, timestampMs, record.key(), record.value(), record.headers());
    }

    /// Another batch's record at its own offset, for compaction, which changes nothing about a record.
    public RecordBatchBuilder appendUnchanged(Record record) {
        return add(record.offset(), record.timestamp(), record.key(), record.value(), record.headers());
    }

    /// The batch has lost all its records and keeps its place, its producer and this timestamp.
    public RecordBatchBuilder emptied(TimestampType type, long maxTimestampMs) {
        checkNothingAppended();
        this.timestampType = type;
        this.logAppendTimeMs = maxTimestampMs;
        this.maxTimestamp = maxTimestampMs;
        return this;
    }

    private RecordBatchBuilder add(long offset, long timestampMs, ByteBuffer key, ByteBuffer value, List<Header> headers) {
        checkOpen();
        if (offset < baseOffset || offset <= lastOffset) throw new IllegalArgumentException("offset " + offset + " does not follow " + Math.max(lastOffset, baseOffset - 1));
        if (!baseTimestampKnown) {
            baseTimestamp = timestampMs;
            baseTimestampKnown = true;
        }
        encode(timestampMs - baseTimestamp, Math.toIntExact(offset - baseOffset), key, value, headers);
        lastOffset = offset;
        maxTimestamp = Math.max(maxTimestamp, timestampMs);
        count++;
        return this;
    }

    private void encode(long timestampDelta, int offsetDelta, ByteBuffer key, ByteBuffer value, List<Header> headers) {
        byte[][] headerKeys = headerKeys(headers);
        int body = bodySize(timestampDelta, offsetDelta, key, value, headers, headerKeys);
        uncompressedBytes = Math.addExact(uncompressedBytes, sizeOfVarint(body) + body);
        if (codec == Codec.NONE) {
            write(out, body, timestampDelta, offsetDelta, key, value, headers, headerKeys);
            return;
        }
        if (record == null) record = new GrowingBytes(INITIAL_BYTES);
        record.size(0);
        write(record, body, timestampDelta, offsetDelta, key, value, headers, headerKeys);
        try {
            if (compressed == null) compressed = codec.compression().compress(out, level);
            record.writeTo(compressed);
        } catch (IOException e) {
            throw new IllegalStateException("compressing into memory with " + codec.settingName() + " failed", e);
        }
    }

    private static byte[][] headerKeys(List<Header> headers) {
        byte[][] keys = new byte[headers.size()][];
        for (int i = 0; i < keys.length; i++) keys[i] = headers.get(i).key().getBytes(StandardCharsets.UTF_8);
        return keys;
    }

    private static int bodySize(long timestampDelta, int offsetDelta, ByteBuffer key, ByteBuffer value, List<Header> headers, byte[][] headerKeys) {
        int size = 1 + sizeOfVarlong(timestampDelta) + sizeOfVarint(offsetDelta) + sizeOf(key) + sizeOf(value) + sizeOfVarint(headerKeys.length);
        for (int i = 0; i < headerKeys.length; i++)
            size = Math.addExact(size, sizeOfVarint(headerKeys[i].length) + headerKeys[i].length + sizeOf(headers.get(i).value()));
        return size;
    }

    private static int sizeOf(ByteBuffer bytes) {
        return bytes == null ? 1 : sizeOfVarint(bytes.remaining()) + bytes.remaining();
    }

    private static void write(GrowingBytes target, int body, long timestampDelta, int offsetDelta, ByteBuffer key, ByteBuffer value,
            List<Header> headers, byte[][] headerKeys) {
        target.varint(body);
        target.write(0);
        target.varlong(timestampDelta);
        target.varint(offsetDelta);
        write(target, key);
        write(target, value);
        target.varint(headerKeys.length);
        for (int i = 0; i < headerKeys.length; i++) {
            target.varint(headerKeys[i].length);
            target.write(headerKeys[i], 0, headerKeys[i].length);
            write(target, headers.get(i).value());
        }
    }

    private static void write(GrowingBytes target, ByteBuffer bytes) {
        if (bytes == null) {
            target.varint(-1);
            return;
        }
        target.varint(bytes.remaining());
        target.write(bytes);
    }

    /// Bytes that a record with these fields adds to an uncompressed batch at most, wherever it comes: to decide whether it still fits.
    public static int largestSizeOf(ByteBuffer key, ByteBuffer value, List<Header> headers) {
        int body = bodySize(Long.MIN_VALUE, Integer.MIN_VALUE, key, value, headers, headerKeys(headers));
        return sizeOfVarint(body) + body;
    }

    public int recordCount() {
        return count;
    }

    /// Bytes of the batch so far, before compression, header included.
    public int uncompressedBytes() {
        return uncompressedBytes;
    }

    /// The finished batch: heap, position 0, limit its size, writable. The builder is used up.
    /// @throws IllegalStateException without a record, unless [#lastOffset] said that this is wanted
    public ByteBuffer build() {
        checkOpen();
        if (count == 0 && overriddenLastOffset < 0) throw new IllegalStateException("a batch without records");
        close();
        ByteBuffer batch = out.written();
        writeHeader(batch);
        return batch;
    }

    private void writeHeader(ByteBuffer batch) {
        long last = overriddenLastOffset >= 0 ? overriddenLastOffset : lastOffset;
        batch.putLong(0, baseOffset);
        batch.putInt(RecordBatch.LENGTH_AT, batch.limit() - LOG_OVERHEAD);
        batch.putInt(RecordBatch.PARTITION_LEADER_EPOCH_AT, partitionLeaderEpoch);
        batch.put(RecordBatch.MAGIC_AT, RecordBatch.MAGIC);
        batch.putShort(RecordBatch.ATTRIBUTES_AT, attributes());
        batch.putInt(RecordBatch.LAST_OFFSET_DELTA_AT, Math.toIntExact(last - baseOffset));
        batch.putLong(RecordBatch.BASE_TIMESTAMP_AT, baseTimestamp);
        batch.putLong(RecordBatch.MAX_TIMESTAMP_AT, timestampType == TimestampType.LOG_APPEND_TIME ? logAppendTimeMs : maxTimestamp);
        batch.putLong(RecordBatch.PRODUCER_ID_AT, producerId);
        batch.putShort(RecordBatch.PRODUCER_EPOCH_AT, producerEpoch);
        batch.putInt(RecordBatch.BASE_SEQUENCE_AT, baseSequence);
        batch.putInt(RecordBatch.RECORD_COUNT_AT, count);
        batch.putInt(RecordBatch.CRC_AT, (int) RecordBatch.crcOf(batch));
    }

    private short attributes() {
        int attributes = codec.id();
        if (timestampType == TimestampType.LOG_APPEND_TIME) attributes |= RecordBatch.LOG_APPEND_TIME_BIT;
        if (transactional) attributes |= RecordBatch.TRANSACTIONAL_BIT;
        if (control) attributes |= RecordBatch.CONTROL_BIT;
        if (hasDeleteHorizon) attributes |= RecordBatch.DELETE_HORIZON_BIT;
        return (short) attributes;
    }

    private void checkOpen() {
        if (closed) throw new IllegalStateException("the batch is built already");
    }

    @Override public void close() {
        if (closed) return;
        closed = true;
        try {
            if (compressed != null) compressed.close();
        } catch (IOException e) {
            throw new IllegalStateException("compressing into memory with " + codec.settingName() + " failed", e);
        }
    }
}
