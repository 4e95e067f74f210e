package millrace.record;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import millrace.protocol.ErrorCode;

/// The rules that a leader applies to a batch before it takes it into the log.
///
///     bytes ─▶ one whole batch? ─▶ size ─▶ CRC ─▶ header ─▶ every record ─▶ Accepted (timestamps put right, or rebuilt in the topic's codec)
///                                                                         └▶ Refused (nothing written)
///
/// It knows no log and no clock: it needs no lock, so decompression happens before the partition's turn, and the offsets (which lie
/// outside the CRC) are assigned afterwards with [RecordBatch#assign]. What depends on a producer's earlier batches (epochs,
/// sequences, duplicates) is the log's.
///
/// Every record is looked at, without an object for any: the lengths must add up, offset deltas must be 0, 1, 2, ..., keys must be
/// there if the topic is compacted, and timestamps within bounds.
///
/// For well-formed batches the results are Kafka's, to the byte. Where Kafka answers malformed ones with UNKNOWN_SERVER_ERROR or lets
/// damage into the log, this is stricter or clearer: data that cannot be decompressed, records longer or shorter than they say, offset
/// deltas with gaps and transactional batches without a producer are INVALID_RECORD, an unknown codec is UNSUPPORTED_COMPRESSION_TYPE;
/// a batch that its producer stamped is judged by its records' own timestamps; and of the errors of single records the first
/// [#MAX_RECORD_ERRORS] are reported.
public final class BatchValidation {
    /// A batch of a million records without keys must not become an answer of 100 MB.
    public static final int MAX_RECORD_ERRORS = 100;

    private static final short FIRST_PRODUCE_VERSION_WITH_ZSTD = 7;

    /// The topic's settings, as far as they concern a batch.
    ///
    /// @param codec                `compression.type`; null is `producer`: leave the batch as it came
    /// @param level                for rebuilding in `codec`
    /// @param compacted            `cleanup.policy` contains `compact`
    /// @param timestampBeforeMaxMs `message.timestamp.before.max.ms`, 0 or more
    /// @param timestampAfterMaxMs  `message.timestamp.after.max.ms`, 0 or more
    /// @param maxMessageBytes      `max.message.bytes`: one batch as it lies in the log, header included
    public record Rules(TimestampType timestampType, Codec codec, int level, boolean compacted, long timestampBeforeMaxMs, long timestampAfterMaxMs,
            int maxMessageBytes, DecodeLimits limits) {}

    /// @param batchIndex position of the record in its batch, from 0
    public record RecordError(int batchIndex, String message) {}

    public sealed interface Outcome {
        /// @param batch           writable, whole, CRC right; base offset and leader epoch are still the sender's
        /// @param maxTimestamp    of its records, or the leader's stamp; [RecordBatch#NO_TIMESTAMP] when no record has one
        /// @param logAppendTimeMs what a Produce response reports: the stamp, or [RecordBatch#NO_TIMESTAMP] with create time
        /// @param rebuilt         its size is not that of the request
        record Accepted(RecordBatch batch, long maxTimestamp, long logAppendTimeMs, boolean rebuilt) implements Outcome {}

        /// @param message goes to the client
        record Refused(ErrorCode error, String message, List<RecordError> recordErrors) implements Outcome {
            public Refused {
                recordErrors = List.copyOf(recordErrors);
            }
        }
    }

    private final Rules rules;
    private final boolean fromClient;
    private final long timestampMs;

    private BatchValidation(Rules rules, boolean fromClient, long timestampMs) {
        this.rules = rules;
        this.fromClient = fromClient;
        this.timestampMs = timestampMs;
    }

    /// What a Produce request may carry for one partition at all: exactly one batch, of format 2, Zstandard from version 7 on.
    /// @return empty when it may
    public static Optional<Outcome.Refused> ofRequest(ByteBuffer records, short produceVersion) {
        try {
            int count = 0;
            for (RecordBatch batch : RecordBatches.of(records)) {
                if (++count > 1) return refusal("a produce request carries one record batch per partition, this one more");
                if (produceVersion < FIRST_PRODUCE_VERSION_WITH_ZSTD && (batch.attributes() & RecordBatch.CODEC_MASK) == Codec.ZSTD.id())
                    return Optional.of(refused(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
                            "zstd is allowed from version " + FIRST_PRODUCE_VERSION_WITH_ZSTD + " of Produce on, this request has version " + produceVersion));
            }
            return count == 1 ? Optional.empty() : refusal("a produce request carries one whole record batch per partition, this one none");
        } catch (CorruptRecord corrupt) {
            return Optional.of(refused(corrupt));
        }
    }

    private static Optional<Outcome.Refused> refusal(String message) {
        return Optional.of(refused(ErrorCode.INVALID_RECORD, message));
    }

    /// A batch that a producer sent.
    /// @param records     one batch; a piece of another behind it is ignored. Written to where timestamp type or max timestamp must change
    /// @param timestampMs wall time of the leader
    public static Outcome fromClient(ByteBuffer records, Rules rules, long timestampMs) {
        return new BatchValidation(rules, true, timestampMs).validate(records);
    }

    /// A batch that a coordinator of this node made: it may be a control batch, and its size and timestamps are checked all the same.
    public static Outcome fromCoordinator(ByteBuffer records, Rules rules, long timestampMs) {
        return new BatchValidation(rules, false, timestampMs).validate(records);
    }

    private Outcome validate(ByteBuffer records) {
        try {
            RecordBatch batch = theOne(records);
            Optional<Outcome.Refused> wrong = wrongAsWhole(batch);
            return wrong.isPresent() ? wrong.get() : validateRecords(batch);
        } catch (CorruptRecord corrupt) {
            return refused(corrupt);
        }
    }

    private static RecordBatch theOne(ByteBuffer records) {
        RecordBatch first = null;
        for (RecordBatch batch : RecordBatches.of(records)) {
            if (first != null) throw CorruptRecord.invalid("one record batch can be appended at a time, here are more");
            first = batch;
        }
        if (first == null) throw CorruptRecord.invalid("there is no whole record batch");
        return first;
    }

    private Optional<Outcome.Refused> wrongAsWhole(RecordBatch batch) {
        if (fromClient && batch.baseOffset() != 0) return refusal("the base offset of a produced batch is 0, here it is " + batch.baseOffset());
        if (batch.sizeInBytes() > rules.maxMessageBytes) return Optional.of(tooLarge(batch));
        if (!batch.crcMatches()) return Optional.of(refused(ErrorCode.CORRUPT_MESSAGE, "the CRC of the record batch does not match its bytes"));
        return fromClient ? wrongFromClient(batch) : Optional.empty();
    }

    private Outcome.Refused tooLarge(RecordBatch batch) {
        return refused(ErrorCode.MESSAGE_TOO_LARGE, "the record batch has " + batch.sizeInBytes() + " bytes, max.message.bytes is " + rules.maxMessageBytes);
    }

    private static Optional<Outcome.Refused> wrongFromClient(RecordBatch batch) {
        if (batch.recordCount() <= 0) return refusal("the record batch claims " + batch.recordCount() + " records");
        if (batch.isControl()) return refusal("a client may not write control records");
        if (batch.hasProducerId() && batch.baseSequence() < 0)
            return refusal("the record batch of producer " + batch.producerId() + " has the sequence " + batch.baseSequence());
        if (batch.isTransactional() && !batch.hasProducerId()) return refusal("the record batch is transactional and has no producer id");
        return Optional.empty();
    }

    private Outcome validateRecords(RecordBatch batch) {
        if (batch.lastOffsetDelta() != batch.recordCount() - 1)
            return refused(ErrorCode.INVALID_RECORD, "the record batch has " + batch.recordCount() + " records and its last offset delta is " + batch.lastOffsetDelta());
        var errors = new RecordErrors();
        long maxTimestamp = RecordBatch.NO_TIMESTAMP;
        try (RecordCursor cursor = batch.records(rules.limits)) {
            while (cursor.advance()) {
                if (cursor.offsetDelta() != cursor.index())
                    return refused(ErrorCode.INVALID_RECORD, "record " + cursor.index() + " has the offset delta " + cursor.offsetDelta());
                validateRecord(batch, cursor, errors);
                maxTimestamp = Math.max(maxTimestamp, cursor.createTimestamp());
            }
        }
        return errors.any() ? errors.refused() : finish(batch, maxTimestamp);
    }

    private void validateRecord(RecordBatch batch, RecordCursor record, RecordErrors errors) {
        if (rules.compacted && !record.hasKey()) {
            errors.add(record.index(), false, "a compacted topic takes no record without a key");
        } else if (rules.timestampType == TimestampType.CREATE_TIME) {
            if (outOfBounds(record.createTimestamp()))
                errors.add(record.index(), true, "the timestamp " + record.createTimestamp() + " is not between " + saturatedDifference(timestampMs, rules.timestampBeforeMaxMs)
                        + " and " + saturatedSum(timestampMs, rules.timestampAfterMaxMs));
        } else if (batch.timestampType() == TimestampType.LOG_APPEND_TIME) {
            errors.add(record.index(), true, "the producer set the timestamp type to LogAppendTime, which is the leader's to set");
        }
    }

    private boolean outOfBounds(long timestamp) {
        if (timestamp == RecordBatch.NO_TIMESTAMP) return false;
        return timestamp < saturatedDifference(timestampMs, rules.timestampBeforeMaxMs) || timestamp > saturatedSum(timestampMs, rules.timestampAfterMaxMs);
    }

    /// `before` may be as large as a long: then nothing is too old.
    private static long saturatedDifference(long nowMs, long before) {
        return nowMs - before > nowMs ? Long.MIN_VALUE : nowMs - before;
    }

    private static long saturatedSum(long nowMs, long after) {
        return nowMs + after < nowMs ? Long.MAX_VALUE : nowMs + after;
    }

    private Outcome finish(RecordBatch batch, long maxTimestamp) {
        boolean stamp = rules.timestampType == TimestampType.LOG_APPEND_TIME;
        long max = stamp ? timestampMs : maxTimestamp;
        long logAppendTimeMs = stamp ? timestampMs : RecordBatch.NO_TIMESTAMP;
        if (rules.codec != null && rules.codec != batch.codec() && !batch.isControl()) {
            RecordBatch rebuilt = rebuild(batch);
            return rebuilt.sizeInBytes() > rules.maxMessageBytes ? tooLarge(rebuilt) : new Outcome.Accepted(rebuilt, max, logAppendTimeMs, true);
        }
        RecordBatch writable = batch.writable();
        writable.assignMaxTimestamp(rules.timestampType, max);
        return new Outcome.Accepted(writable, max, logAppendTimeMs, false);
    }

    /// The same records in the topic's codec. A second walk: seldom needed, and only once it is known that nothing will be refused.
    private RecordBatch rebuild(RecordBatch batch) {
        try (var builder = new RecordBatchBuilder(batch.sizeInBytes()); RecordCursor cursor = batch.records(rules.limits)) {
            builder.codec(rules.codec, rules.level)
                    .baseOffset(batch.baseOffset())
                    .partitionLeaderEpoch(batch.partitionLeaderEpoch())
                    .producer(batch.producerId(), batch.producerEpoch(), batch.baseSequence())
                    .transactional(batch.isTransactional());
            if (rules.timestampType == TimestampType.LOG_APPEND_TIME) builder.logAppendTime(timestampMs);
            while (cursor.advance()) {
                long timestamp = cursor.createTimestamp();
                builder.copy(timestamp, cursor.record());
            }
            return RecordBatch.at(builder.build(), 0);
        }
    }

    private static Outcome.Refused refused(CorruptRecord corrupt) {
        boolean oldFormat = corrupt.error() == ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT;     // Kafka 4 gives this answer to producers
        return refused(oldFormat ? ErrorCode.INVALID_RECORD : corrupt.error(), corrupt.getMessage());
    }

    private static Outcome.Refused refused(ErrorCode error, String message) {
        return new Outcome.Refused(error, message, List.of());
    }

    /// What is wrong with single records. The first ones are kept, all are counted.
    private static final class RecordErrors {
        private final List<RecordError> first = new ArrayList<>();
        private long count;
        private boolean anyTimestamp;

        void add(int batchIndex, boolean timestamp, String message) {
            count++;
            anyTimestamp |= timestamp;
            if (first.size() < MAX_RECORD_ERRORS) first.add(new RecordError(batchIndex, message));
        }

        boolean any() {
            return count > 0;
        }

        Outcome.Refused refused() {
            return anyTimestamp
                    ? new Outcome.Refused(ErrorCode.INVALID_TIMESTAMP, count + " records have been refused, for their timestamps among other things", first)
                    : new Outcome.Refused(ErrorCode.INVALID_RECORD, count + " records have been refused, the first because " + first.getFirst().message(), first);
        }
    }
}
