package millrace.record;

import static millrace.record.CorruptRecord.invalid;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/// Walks over the records of one batch.
///
///     length  attributes*1  timestamp delta  offset delta  key length key  value length value  header count (key length key  value length value)*
///
/// Two ways to use it, not to be mixed within a record. As an `Iterator` it builds each [Record]. With [#advance] it builds nothing:
/// offset, timestamp and sizes are asked for as numbers, and the rest is skipped, yet checked as closely as if it had been read. So a
/// produce request of a million records is validated without a million objects.
///
/// Everything is checked against the record's own length, that against the batch, the batch's count against what is there. A negative
/// length stands for null as in Kafka. Bytes behind the last record are an error.
///
/// For one thread; to be closed.
public final class RecordCursor implements Iterator<Record>, AutoCloseable {
    private static final int LEAST_HEADER_BYTES = 2;

    private final RecordInput in;
    private final int maxRecordBytes;
    private final int count;
    private final long baseOffset;
    private final long baseTimestamp;
    private final int baseSequence;
    private final boolean stamped;
    private final long stampMs;

    private int index = -1;
    private long recordEnd;
    private boolean bodyPending;
    private long timestamp;
    private int offsetDelta;
    private int keySize;
    private boolean keyTaken;

    private RecordCursor(RecordBatch batch, RecordInput in, int maxRecordBytes) {
        this.in = in;
        this.maxRecordBytes = maxRecordBytes;
        this.count = batch.recordCount();
        this.baseOffset = batch.baseOffset();
        this.baseTimestamp = batch.baseTimestamp();
        this.baseSequence = batch.baseSequence();
        this.stamped = batch.timestampType() == TimestampType.LOG_APPEND_TIME;
        this.stampMs = batch.maxTimestamp();
    }

    static RecordCursor of(RecordBatch batch, DecodeLimits limits) {
        if (batch.recordCount() < 0) throw invalid("record batch claims " + batch.recordCount() + " records");
        Codec codec = batch.codec();
        return new RecordCursor(batch, input(batch, codec, limits), codec == Codec.NONE ? Integer.MAX_VALUE : limits.maxRecordBytes());
    }

    /// Compaction leaves headers behind that no record and no compressed block follows, so where none is claimed none is looked for.
    private static RecordInput input(RecordBatch batch, Codec codec, DecodeLimits limits) {
        if (batch.recordCount() == 0) return RecordInput.plain(ByteBuffer.allocate(0));
        return codec == Codec.NONE ? RecordInput.plain(batch.recordBytes()) : RecordInput.compressed(codec, batch.recordBytes(), limits);
    }

    /// Goes to the next record, over whatever of the current one has not been looked at.
    /// @return false after the last one, when nothing is left over
    /// @throws CorruptRecord where the bytes are no records
    public boolean advance() {
        if (bodyPending) skipBody();
        if (index + 1 >= count) {
            if (!in.atEnd()) throw invalid("bytes are left after the last of " + count + " records");
            return false;
        }
        index++;
        readPrefix();
        return true;
    }

    private void readPrefix() {
        int length = in.varint();
        if (length < 0) throw invalid("record " + index + " claims a length of " + length);
        if (length > maxRecordBytes)
            throw invalid("record " + index + " has " + length + " bytes, allowed are " + maxRecordBytes + " (max.decompressed.message.bytes)");
        recordEnd = in.consumed() + length;
        in.int8();                                                           // attributes: none are defined
        timestamp = baseTimestamp + in.varlong();
        offsetDelta = in.varint();
        keySize = in.varint();
        checkWithin("key");
        bodyPending = true;
        keyTaken = false;
    }

    private void checkWithin(String what) {
        if (in.consumed() > recordEnd) throw invalid("record " + index + " ends within its " + what);
    }

    private void skipBody() {
        bodyPending = false;
        if (!keyTaken) skipBytes(keySize, "key");
        skipBytes(in.varint(), "value");
        int headers = headerCount(in.varint(), recordEnd - in.consumed());
        for (int header = 0; header < headers; header++) {
            int size = in.varint();
            if (size < 0) throw invalid("record " + index + " has a header without a key");
            skipBytes(size, "headers");
            skipBytes(in.varint(), "headers");
        }
        if (in.consumed() != recordEnd) throw unequal(in.consumed() - recordEnd);
    }

    private void skipBytes(int size, String what) {
        if (size > recordEnd - in.consumed()) throw invalid("record " + index + " claims more bytes of " + what + " than it has: " + size);
        if (size > 0) in.skip(size);
    }

    private int headerCount(int claimed, long bytesLeft) {
        if (claimed < 0 || claimed > bytesLeft / LEAST_HEADER_BYTES) throw invalid("record " + index + " claims " + claimed + " headers in " + bytesLeft + " bytes");
        return claimed;
    }

    private CorruptRecord unequal(long over) {
        return invalid("record " + index + " has " + Math.abs(over) + " bytes " + (over > 0 ? "more" : "fewer") + " than its length says");
    }

    /// Position of the current record in the batch, from 0.
    public int index() {
        return index;
    }

    public int offsetDelta() {
        return offsetDelta;
    }

    public long offset() {
        return baseOffset + offsetDelta;
    }

    /// In milliseconds; the batch's max timestamp where the leader stamped it.
    public long timestamp() {
        return stamped ? stampMs : timestamp;
    }

    /// What the producer gave the record, also where the leader's stamp counts instead.
    public long createTimestamp() {
        return timestamp;
    }

    public int sequence() {
        return baseSequence < 0 ? RecordBatch.NO_SEQUENCE : RecordBatch.sequenceAfter(baseSequence, offsetDelta);
    }

    public boolean hasKey() {
        return keySize >= 0;
    }

    /// The current record's key alone, null when it has none; the rest is skipped. Once per record, and then not [#record].
    public ByteBuffer key() {
        if (!bodyPending || keyTaken) throw new IllegalStateException("record " + index + " has been read already");
        if (keySize > recordEnd - in.consumed()) throw invalid("record " + index + " claims more bytes of key than it has: " + keySize);
        keyTaken = true;
        return keySize < 0 ? null : in.take(keySize);
    }

    /// The current record in full. Once per record.
    public Record record() {
        if (!bodyPending || keyTaken) throw new IllegalStateException("record " + index + " has been read already");
        bodyPending = false;
        long left = recordEnd - in.consumed();
        ByteBuffer body = in.take((int) left);
        RecordInput fields = RecordInput.plain(body);
        ByteBuffer key = bytes(fields, body, keySize, "key");
        ByteBuffer value = bytes(fields, body, fields.varint(), "value");
        List<Header> headers = headers(fields, body);
        if (!fields.atEnd()) throw unequal(fields.consumed() - body.limit());
        return new Record(offset(), timestamp(), sequence(), key, value, headers);
    }

    private ByteBuffer bytes(RecordInput fields, ByteBuffer body, int size, String what) {
        if (size < 0) return null;
        if (size > body.limit() - fields.consumed()) throw invalid("record " + index + " claims more bytes of " + what + " than it has: " + size);
        return fields.take(size);
    }

    private List<Header> headers(RecordInput fields, ByteBuffer body) {
        int headers = headerCount(fields.varint(), body.limit() - fields.consumed());
        if (headers == 0) return List.of();
        var list = new ArrayList<Header>(headers);
        for (int header = 0; header < headers; header++) {
            ByteBuffer key = bytes(fields, body, fields.varint(), "headers");
            if (key == null) throw invalid("record " + index + " has a header without a key");
            list.add(new Header(StandardCharsets.UTF_8.decode(key).toString(), bytes(fields, body, fields.varint(), "headers")));
        }
        return List.copyOf(list);
    }

    /// Whether there is another record; after the last, that nothing is left over.
    @Override public boolean hasNext() {
        if (index + 1 < count) return true;
        return advance();
    }

    @Override public Record next() {
        if (!advance()) throw new NoSuchElementException("the batch has " + count + " records");
        return record();
    }

    @Override public void close() {
        in.close();
    }
}
