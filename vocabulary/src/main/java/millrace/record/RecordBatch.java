package millrace.record;

import static millrace.record.CorruptRecord.corrupt;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import millrace.protocol.ErrorCode;

/// One record batch of format 2, where it lies: a view, never a copy. Source: KIP-98, KIP-534 (delete horizon).
///
/// | at | bytes | field                  |                                                                             |
/// |----|-------|------------------------|-----------------------------------------------------------------------------|
/// |  0 |   8   | base offset            | given by the leader                                                         |
/// |  8 |   4   | length                 | of all that follows; the batch is 12 bytes longer                           |
/// | 12 |   4   | partition leader epoch | given by the leader                                                         |
/// | 16 |   1   | magic                  | 2                                                                           |
/// | 17 |   4   | CRC-32C                | of everything from byte 21 on, so the leader may change what lies before    |
/// | 21 |   2   | attributes             | bits 0-2 codec, 3 timestamp type, 4 transactional, 5 control, 6 horizon     |
/// | 23 |   4   | last offset delta      | stays when compaction removes the last record                               |
/// | 27 |   8   | base timestamp         | of the first record; with bit 6 the delete horizon instead                  |
/// | 35 |   8   | max timestamp          |                                                                             |
/// | 43 |   8   | producer id            | -1 without idempotence                                                      |
/// | 51 |   2   | producer epoch         |                                                                             |
/// | 53 |   4   | base sequence          | of the first record; the others count on from it and wrap to 0 past 2^31-1  |
/// | 57 |   4   | record count           |                                                                             |
/// | 61 |       | records                | compressed as one block when the codec is not none                          |
///
/// Invariant: a view exists only over a whole batch (length and bytes agree, magic is 2). Whether the CRC matches and the records
/// are records is asked separately: [#crcMatches], [#records].
///
/// Reading is safe from any thread; the `assign` methods write into the bytes below and belong to whoever owns those.
public final class RecordBatch {
    /// Base offset and length: what every format began with.
    public static final int LOG_OVERHEAD = 12;
    public static final int HEADER_BYTES = 61;
    public static final byte MAGIC = 2;

    public static final long NO_PRODUCER_ID = -1;
    public static final short NO_PRODUCER_EPOCH = -1;
    public static final int NO_SEQUENCE = -1;
    public static final long NO_TIMESTAMP = -1;
    public static final int NO_PARTITION_LEADER_EPOCH = -1;

    /// Format 0's record without key and value, the shortest there ever was: below it even the magic is not worth a look.
    private static final int SMALLEST_LENGTH = 14;

    static final int LENGTH_AT = 8;
    static final int PARTITION_LEADER_EPOCH_AT = 12;
    static final int MAGIC_AT = 16;
    static final int CRC_AT = 17;
    static final int ATTRIBUTES_AT = 21;
    static final int LAST_OFFSET_DELTA_AT = 23;
    static final int BASE_TIMESTAMP_AT = 27;
    static final int MAX_TIMESTAMP_AT = 35;
    static final int PRODUCER_ID_AT = 43;
    static final int PRODUCER_EPOCH_AT = 51;
    static final int BASE_SEQUENCE_AT = 53;
    static final int RECORD_COUNT_AT = 57;

    static final int CODEC_MASK = 0x07;
    static final int LOG_APPEND_TIME_BIT = 0x08;
    static final int TRANSACTIONAL_BIT = 0x10;
    static final int CONTROL_BIT = 0x20;
    static final int DELETE_HORIZON_BIT = 0x40;
    private static final int KNOWN_BITS = 0x7f;

    /// Whether the first batch of `bytes` says that it belongs to a transaction, before anything else about it is known to be right.
    /// @param bytes position to limit, not moved
    public static boolean saysTransactional(ByteBuffer bytes) {
        return bytes.remaining() >= HEADER_BYTES && (bytes.getShort(bytes.position() + ATTRIBUTES_AT) & TRANSACTIONAL_BIT) != 0;
    }

    private final ByteBuffer bytes;

    private RecordBatch(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /// The batch that begins at `position` and ends before the buffer's limit.
    /// @throws CorruptRecord `CORRUPT_MESSAGE` when it is not whole, its length is less than a header's or its magic unknown;
    ///         `UNSUPPORTED_FOR_MESSAGE_FORMAT` when it is of format 0 or 1
    public static RecordBatch at(ByteBuffer buffer, int position) {
        int size = sizeOrShort(buffer, position);
        if (size < 0)
            throw corrupt("record batch at position " + position + " is not whole: only " + (buffer.limit() - position) + " bytes are there");
        ByteBuffer bytes = buffer.slice(position, size);
        checkMagic(bytes.get(MAGIC_AT), position);
        if (size < HEADER_BYTES)
            throw corrupt("record batch at position " + position + " has " + size + " bytes, fewer than its header of " + HEADER_BYTES);
        return new RecordBatch(bytes);
    }

    private static void checkMagic(byte magic, int position) {
        if (magic == MAGIC) return;
        if (magic == 0 || magic == 1)
            throw new CorruptRecord(ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT,
                    "record batch at position " + position + " is of format " + magic + ", which Kafka 4.0 removed; use a client that writes format 2 (0.11 or newer)");
        throw corrupt("record batch at position " + position + " has the unknown magic " + magic);
    }

    /// Looks at the length alone, so that a reader can find out how much of a file or frame to take.
    /// @return bytes of the batch at `position`, header included; -1 when the buffer ends before it does
    /// @throws CorruptRecord `CORRUPT_MESSAGE` when the length can be no batch's of any format: whoever walks on would never end
    public static int sizeOrShort(ByteBuffer buffer, int position) {
        int available = buffer.limit() - position;
        if (available < LOG_OVERHEAD) return -1;
        int length = bigEndianInt(buffer, position + LENGTH_AT);
        if (length < SMALLEST_LENGTH) throw corrupt("record batch at position " + position + " claims a length of " + length + ", the least is " + SMALLEST_LENGTH);
        return length > available - LOG_OVERHEAD ? -1 : length + LOG_OVERHEAD;
    }

    private static int bigEndianInt(ByteBuffer buffer, int at) {
        return (buffer.get(at) & 0xff) << 24 | (buffer.get(at + 1) & 0xff) << 16 | (buffer.get(at + 2) & 0xff) << 8 | buffer.get(at + 3) & 0xff;
    }

    public long baseOffset() {
        return bytes.getLong(0);
    }

    public long lastOffset() {
        return baseOffset() + lastOffsetDelta();
    }

    public long nextOffset() {
        return lastOffset() + 1;
    }

    public int sizeInBytes() {
        return bytes.limit();
    }

    public int partitionLeaderEpoch() {
        return bytes.getInt(PARTITION_LEADER_EPOCH_AT);
    }

    public byte magic() {
        return bytes.get(MAGIC_AT);
    }

    /// As written in the header: unsigned 32 bits in a long.
    public long crc() {
        return Integer.toUnsignedLong(bytes.getInt(CRC_AT));
    }

    public boolean crcMatches() {
        return crc() == crcOf(bytes);
    }

    /// CRC-32C of a batch's bytes as its header should state it, computed in place.
    static long crcOf(ByteBuffer batch) {
        var crc = new CRC32C();
        crc.update(batch.slice(ATTRIBUTES_AT, batch.limit() - ATTRIBUTES_AT));
        return crc.getValue();
    }

    public short attributes() {
        return bytes.getShort(ATTRIBUTES_AT);
    }

    /// @throws CorruptRecord `UNSUPPORTED_COMPRESSION_TYPE` when the attributes name none that exists
    public Codec codec() {
        return Codec.forId(attributes() & CODEC_MASK);
    }

    public TimestampType timestampType() {
        return has(LOG_APPEND_TIME_BIT) ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
    }

    public boolean isTransactional() {
        return has(TRANSACTIONAL_BIT);
    }

    /// Holds records for the machinery (transaction markers, leader changes, snapshot frames), which consumers never show.
    public boolean isControl() {
        return has(CONTROL_BIT);
    }

    public boolean hasDeleteHorizon() {
        return has(DELETE_HORIZON_BIT);
    }

    private boolean has(int bit) {
        return (attributes() & bit) != 0;
    }

    /// The time from which compaction may drop this batch's tombstones and markers; [#NO_TIMESTAMP] when not set.
    public long deleteHorizonMs() {
        return hasDeleteHorizon() ? baseTimestamp() : NO_TIMESTAMP;
    }

    public int lastOffsetDelta() {
        return bytes.getInt(LAST_OFFSET_DELTA_AT);
    }

    public long baseTimestamp() {
        return bytes.getLong(BASE_TIMESTAMP_AT);
    }

    public long maxTimestamp() {
        return bytes.getLong(MAX_TIMESTAMP_AT);
    }

    public long producerId() {
        return bytes.getLong(PRODUCER_ID_AT);
    }

    public boolean hasProducerId() {
        return producerId() > NO_PRODUCER_ID;
    }

    public short producerEpoch() {
        return bytes.getShort(PRODUCER_EPOCH_AT);
    }

    public int baseSequence() {
        return bytes.getInt(BASE_SEQUENCE_AT);
    }

    public int lastSequence() {
        int base = baseSequence();
        return base == NO_SEQUENCE ? NO_SEQUENCE : sequenceAfter(base, lastOffsetDelta());
    }

    /// The sequence `increment` records after `sequence`: past the largest int it goes on at 0.
    public static int sequenceAfter(int sequence, int increment) {
        return sequence > Integer.MAX_VALUE - increment ? increment - (Integer.MAX_VALUE - sequence) - 1 : sequence + increment;
    }

    public int recordCount() {
        return bytes.getInt(RECORD_COUNT_AT);
    }

    /// The whole batch, header included: a slice that shares the bytes, position 0, limit [#sizeInBytes].
    public ByteBuffer bytes() {
        return bytes.slice();
    }

    /// The records as they lie behind the header, compressed or not.
    ByteBuffer recordBytes() {
        return bytes.slice(HEADER_BYTES, bytes.limit() - HEADER_BYTES);
    }

    /// This batch, or a copy of it where its bytes may not be written to.
    RecordBatch writable() {
        if (!bytes.isReadOnly()) return this;
        return new RecordBatch(ByteBuffer.allocate(bytes.limit()).put(0, bytes, 0, bytes.limit()));
    }

    /// Gives the batch its place in the log. In place, and outside the CRC.
    public void assign(long baseOffset, int partitionLeaderEpoch) {
        bytes.putLong(0, baseOffset);
        bytes.putInt(PARTITION_LEADER_EPOCH_AT, partitionLeaderEpoch);
    }

    /// Stamps the batch with the leader's time: every record counts as having this timestamp. In place; the CRC is computed anew.
    public void assignLogAppendTime(long timestampMs) {
        assignMaxTimestamp(TimestampType.LOG_APPEND_TIME, timestampMs);
    }

    /// Puts timestamp type and max timestamp right, and clears attribute bits without a meaning. In place; the CRC is computed anew. Nothing
    /// happens when both were right already.
    public void assignMaxTimestamp(TimestampType type, long maxTimestampMs) {
        if (timestampType() == type && maxTimestamp() == maxTimestampMs) return;
        int others = attributes() & KNOWN_BITS & ~LOG_APPEND_TIME_BIT;
        bytes.putShort(ATTRIBUTES_AT, (short) (type == TimestampType.LOG_APPEND_TIME ? others | LOG_APPEND_TIME_BIT : others));
        bytes.putLong(MAX_TIMESTAMP_AT, maxTimestampMs);
        bytes.putInt(CRC_AT, (int) crcOf(bytes));
    }

    /// The records, one after the other, decompressed as they are asked for. To be closed: decoders hold native memory.
    /// @throws CorruptRecord here or from the cursor, at the first byte that is wrong or goes past `limits`
    public RecordCursor records(DecodeLimits limits) {
        return RecordCursor.of(this, limits);
    }

    @Override public String toString() {
        return "RecordBatch[offsets " + baseOffset() + ".." + lastOffset() + ", " + recordCount() + " records, " + sizeInBytes() + " bytes, leader epoch "
                + partitionLeaderEpoch() + ", attributes " + attributes() + ", producer " + producerId() + "/" + producerEpoch() + "/" + baseSequence() + "]";
    }
}
