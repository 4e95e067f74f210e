package millrace.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static millrace.protocol.ErrorCode.CORRUPT_MESSAGE;
import static millrace.protocol.ErrorCode.INVALID_RECORD;
import static millrace.protocol.ErrorCode.INVALID_TIMESTAMP;
import static millrace.protocol.ErrorCode.MESSAGE_TOO_LARGE;
import static millrace.protocol.ErrorCode.UNSUPPORTED_COMPRESSION_TYPE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.UnaryOperator;
import millrace.protocol.ErrorCode;
import millrace.record.BatchValidation.Outcome;
import millrace.record.BatchValidation.Outcome.Accepted;
import millrace.record.BatchValidation.Outcome.Refused;
import millrace.record.BatchValidation.RecordError;
import millrace.record.BatchValidation.Rules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The expectations were taken down from Apache Kafka 4.4's own validator, fed with the same batches.
class BatchValidationTest {
    private static final long NOW = 1_750_000_000_000L;
    private static final long HOUR = 3_600_000;
    private static final Rules PLAIN = rules(TimestampType.CREATE_TIME, null, false);
    private static final Rules STAMPING = rules(TimestampType.LOG_APPEND_TIME, null, false);
    private static final Rules COMPACTED = rules(TimestampType.CREATE_TIME, null, true);

    private static Rules rules(TimestampType type, Codec codec, boolean compacted) {
        return new Rules(type, codec, codec == null ? 0 : codec.defaultLevel(), compacted, Long.MAX_VALUE, HOUR, 1_048_588, DecodeLimits.DEFAULT);
    }

    private static ByteBuffer text(String text) {
        return text == null ? null : ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static RecordBatchBuilder three(Codec codec) {
        return new RecordBatchBuilder().codec(codec).append(NOW, text("a"), text("1")).append(NOW + 5, text("b"), text("2")).append(NOW - 5, text("c"), text("3"));
    }

    /// The batch with something changed, and its CRC right again.
    private static ByteBuffer changed(ByteBuffer batch, UnaryOperator<ByteBuffer> change) {
        ByteBuffer bytes = change.apply(Kafka.copy(batch));
        return bytes.putInt(RecordBatch.CRC_AT, (int) RecordBatch.crcOf(bytes));
    }

    private static Accepted accepted(ByteBuffer batch, Rules rules) {
        Outcome outcome = BatchValidation.fromClient(batch, rules, NOW);
        assertThat(outcome).isInstanceOf(Accepted.class);
        Accepted accepted = (Accepted) outcome;
        assertThat(accepted.batch().crcMatches()).isTrue();
        assertThat(accepted.batch().maxTimestamp()).isEqualTo(accepted.maxTimestamp());
        assertThat(accepted.batch().timestampType()).isEqualTo(rules.timestampType());
        return accepted;
    }

    private static Refused refused(ErrorCode error, ByteBuffer batch, Rules rules) {
        Outcome outcome = BatchValidation.fromClient(batch, rules, NOW);
        assertThat(outcome).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.error()).as(refused.message()).isEqualTo(error));
        return (Refused) outcome;
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void aGoodBatchIsAcceptedWhereItLies(Codec codec) {
        ByteBuffer bytes = three(codec).build();
        ByteBuffer before = Kafka.copy(bytes);
        Accepted accepted = accepted(bytes, PLAIN);
        assertThat(accepted.maxTimestamp()).isEqualTo(NOW + 5);
        assertThat(accepted.logAppendTimeMs()).isEqualTo(-1);
        assertThat(accepted.rebuilt()).isFalse();
        assertThat(bytes).isEqualTo(before);
        accepted.batch().assign(70, 3);
        assertThat(bytes.getLong(0)).isEqualTo(70);
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void theLeaderStampsTheBatchWithItsTime(Codec codec) {
        Accepted accepted = accepted(three(codec).build(), STAMPING);
        assertThat(accepted.logAppendTimeMs()).isEqualTo(NOW);
        assertThat(accepted.maxTimestamp()).isEqualTo(NOW);
        assertThat(PlainRecord.read(accepted.batch())).allMatch(record -> record.timestamp() == NOW).hasSize(3);
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void aWrongMaxTimestampIsPutRight(Codec codec) {
        assertThat(accepted(changed(three(codec).build(), batch -> batch.putLong(RecordBatch.MAX_TIMESTAMP_AT, 77)), PLAIN).maxTimestamp()).isEqualTo(NOW + 5);
    }

    @Test void whatMayNotBeWrittenToIsCopied() {
        ByteBuffer readOnly = three(Codec.NONE).build().asReadOnlyBuffer();
        accepted(readOnly, STAMPING).batch().assign(9, 9);
        assertThat(readOnly.getLong(0)).isZero();
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void timestampsOutOfBoundsAreNamedOneByOne(Codec codec) {
        ByteBuffer bytes = new RecordBatchBuilder().codec(codec).append(NOW - 2 * HOUR, null, null).append(NOW + HOUR, null, null).append(NOW + HOUR + 1, null, null)
                .append(RecordBatch.NO_TIMESTAMP, null, null).append(NOW - HOUR, null, null).build();
        assertThat(refused(INVALID_TIMESTAMP, bytes, PLAIN).recordErrors()).extracting(RecordError::batchIndex).containsExactly(2);
        var strict = new Rules(TimestampType.CREATE_TIME, null, 0, false, HOUR, HOUR, 1_048_588, DecodeLimits.DEFAULT);
        assertThat(refused(INVALID_TIMESTAMP, bytes, strict).recordErrors()).extracting(RecordError::batchIndex).containsExactly(0, 2);
        accepted(bytes, new Rules(TimestampType.CREATE_TIME, null, 0, false, Long.MAX_VALUE, Long.MAX_VALUE, 1_048_588, DecodeLimits.DEFAULT));
        accepted(bytes, STAMPING);
    }

    @Test void timestampsAtTheEndsOfTimeDoNotOverflow() {
        ByteBuffer ancient = changed(three(Codec.NONE).build(), batch -> batch.putLong(RecordBatch.BASE_TIMESTAMP_AT, Long.MIN_VALUE + 10));
        assertThat(BatchValidation.fromClient(ancient, new Rules(TimestampType.CREATE_TIME, null, 0, false, HOUR, HOUR, 1_048_588, DecodeLimits.DEFAULT), NOW))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.recordErrors()).hasSize(3));
        ByteBuffer farOff = changed(three(Codec.NONE).build(), batch -> batch.putLong(RecordBatch.BASE_TIMESTAMP_AT, Long.MAX_VALUE - 10));
        assertThat(refused(INVALID_TIMESTAMP, farOff, PLAIN).recordErrors()).hasSize(3);
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void aCompactedTopicNeedsKeys(Codec codec) {
        ByteBuffer bytes = new RecordBatchBuilder().codec(codec).append(NOW, null, text("1")).append(NOW, text("b"), null).append(NOW, null, text("3")).build();
        accepted(bytes, PLAIN);
        assertThat(refused(INVALID_RECORD, bytes, COMPACTED).recordErrors()).extracting(RecordError::batchIndex).containsExactly(0, 2);
    }

    @Test void aWrongTimestampOutweighsAMissingKey() {
        ByteBuffer bytes = new RecordBatchBuilder().append(NOW, null, text("1")).append(NOW + 2 * HOUR, text("b"), null).append(NOW + 2 * HOUR, null, null).build();
        assertThat(refused(INVALID_TIMESTAMP, bytes, COMPACTED).recordErrors()).extracting(RecordError::batchIndex).containsExactly(0, 1, 2);
    }

    @Test void aThousandWrongRecordsMakeAShortAnswer() {
        var builder = new RecordBatchBuilder();
        for (int i = 0; i < 1_000; i++) builder.append(NOW, null, null);
        Refused refused = refused(INVALID_RECORD, builder.build(), COMPACTED);
        assertThat(refused.recordErrors()).hasSize(BatchValidation.MAX_RECORD_ERRORS);
        assertThat(refused.message()).contains("1000");
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void aProducerDoesNotStampForTheLeader(Codec codec) {
        ByteBuffer stamped = changed(three(codec).build(), batch -> batch.putShort(RecordBatch.ATTRIBUTES_AT, (short) (codec.id() | RecordBatch.LOG_APPEND_TIME_BIT)));
        assertThat(refused(INVALID_TIMESTAMP, stamped, STAMPING).recordErrors()).hasSize(3);
        assertThat(accepted(stamped, PLAIN).maxTimestamp()).isEqualTo(NOW + 5);
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void countAndOffsetsMustAgree(Codec codec) {
        ByteBuffer good = three(codec).build();
        refused(INVALID_RECORD, changed(good, batch -> batch.putInt(RecordBatch.RECORD_COUNT_AT, 2)), PLAIN);
        refused(INVALID_RECORD, changed(good, batch -> batch.putInt(RecordBatch.RECORD_COUNT_AT, 2).putInt(RecordBatch.LAST_OFFSET_DELTA_AT, 1)), PLAIN);
        refused(INVALID_RECORD, changed(good, batch -> batch.putInt(RecordBatch.RECORD_COUNT_AT, 4).putInt(RecordBatch.LAST_OFFSET_DELTA_AT, 3)), PLAIN);
        refused(INVALID_RECORD, changed(good, batch -> batch.putInt(RecordBatch.RECORD_COUNT_AT, 0).putInt(RecordBatch.LAST_OFFSET_DELTA_AT, -1)), PLAIN);
        refused(INVALID_RECORD, changed(good, batch -> batch.putInt(RecordBatch.RECORD_COUNT_AT, -1)), PLAIN);
        refused(INVALID_RECORD, changed(good, batch -> batch.putInt(RecordBatch.LAST_OFFSET_DELTA_AT, 5)), PLAIN);
        refused(INVALID_RECORD, changed(good, batch -> batch.putInt(RecordBatch.LAST_OFFSET_DELTA_AT, -1)), PLAIN);
        ByteBuffer gaps = new RecordBatchBuilder().codec(codec).appendAt(0, NOW, null, null, List.of()).appendAt(2, NOW, null, null, List.of()).build();
        refused(INVALID_RECORD, gaps, PLAIN);
        refused(INVALID_RECORD, changed(gaps, batch -> batch.putInt(RecordBatch.LAST_OFFSET_DELTA_AT, 1)), PLAIN);
        refused(INVALID_RECORD, changed(good, batch -> batch.putLong(0, 5)), PLAIN);
    }

    @Test void producersMustSayWhoTheyAre() {
        accepted(three(Codec.NONE).producer(9, (short) 1, 5).build(), PLAIN);
        accepted(three(Codec.NONE).producer(9, (short) 1, 0).transactional(true).build(), PLAIN);
        refused(INVALID_RECORD, three(Codec.NONE).producer(9, (short) 1, -1).build(), PLAIN);
        refused(INVALID_RECORD, three(Codec.NONE).producer(9, (short) 1, -7).build(), PLAIN);
        refused(INVALID_RECORD, three(Codec.NONE).transactional(true).build(), PLAIN);
    }

    @Test void controlBatchesComeFromCoordinatorsOnly() {
        ByteBuffer marker = ControlRecords.endTransactionMarker(0, NOW, -1, 9, (short) 1, true, 4);
        refused(INVALID_RECORD, marker, PLAIN);
        Outcome outcome = BatchValidation.fromCoordinator(marker, rules(TimestampType.CREATE_TIME, Codec.GZIP, true), NOW);
        assertThat(outcome).isInstanceOfSatisfying(Accepted.class, accepted -> {
            assertThat(accepted.rebuilt()).isFalse();
            assertThat(accepted.batch().codec()).isEqualTo(Codec.NONE);
        });
    }

    @Test void damageIsToldFromNonsense() {
        refused(CORRUPT_MESSAGE, three(Codec.NONE).build().put(RecordBatch.BASE_TIMESTAMP_AT, (byte) 9), PLAIN);
        refused(INVALID_RECORD, changed(three(Codec.NONE).build(), batch -> batch.put(RecordBatch.HEADER_BYTES, (byte) 99)), PLAIN);
        refused(INVALID_RECORD, changed(three(Codec.GZIP).build(), batch -> batch.put(RecordBatch.HEADER_BYTES, (byte) 99)), PLAIN);
        refused(UNSUPPORTED_COMPRESSION_TYPE, changed(three(Codec.NONE).build(), batch -> batch.putShort(RecordBatch.ATTRIBUTES_AT, (short) 5)), PLAIN);
        refused(INVALID_RECORD, three(Codec.NONE).build().put(RecordBatch.MAGIC_AT, (byte) 1), PLAIN);
        refused(CORRUPT_MESSAGE, three(Codec.NONE).build().put(RecordBatch.MAGIC_AT, (byte) 3), PLAIN);
        refused(INVALID_RECORD, ByteBuffer.allocate(0), PLAIN);
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void sizesHaveBounds(Codec codec) {
        ByteBuffer bytes = new RecordBatchBuilder().codec(codec).append(NOW, null, ByteBuffer.allocate(100_000)).build();
        var exact = new Rules(TimestampType.CREATE_TIME, null, 0, false, HOUR, HOUR, bytes.limit(), DecodeLimits.DEFAULT);
        accepted(bytes, exact);
        refused(MESSAGE_TOO_LARGE, bytes, new Rules(TimestampType.CREATE_TIME, null, 0, false, HOUR, HOUR, bytes.limit() - 1, DecodeLimits.DEFAULT));
        var smallRecords = new Rules(TimestampType.CREATE_TIME, null, 0, false, HOUR, HOUR, 1 << 20, DecodeLimits.ofSetting(99_999));
        if (codec == Codec.NONE) accepted(bytes, smallRecords);
        else refused(INVALID_RECORD, bytes, smallRecords);
        if (codec != Codec.NONE) refused(MESSAGE_TOO_LARGE, bytes, new Rules(TimestampType.CREATE_TIME, Codec.NONE, 0, false, HOUR, HOUR, 90_000, DecodeLimits.DEFAULT));
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void theTopicsCodecIsPutInPlaceOfTheProducers(Codec from) {
        for (Codec to : Codec.values()) {
            ByteBuffer bytes = three(from).producer(9, (short) 1, 5).transactional(true).build();
            Accepted accepted = accepted(bytes, rules(TimestampType.CREATE_TIME, to, false));
            assertThat(accepted.rebuilt()).isEqualTo(from != to);
            assertThat(accepted.batch().codec()).isEqualTo(to);
            assertThat(accepted.batch().isTransactional()).isTrue();
            assertThat(accepted.batch().producerEpoch()).isEqualTo((short) 1);
            assertThat(PlainRecord.read(accepted.batch())).isEqualTo(Kafka.read(bytes));
            assertThat(accepted(three(from).build(), rules(TimestampType.LOG_APPEND_TIME, to, false)).maxTimestamp()).isEqualTo(NOW);
        }
    }

    @Test void oneBatchAtATime() {
        ByteBuffer one = three(Codec.NONE).build();
        ByteBuffer two = ByteBuffer.allocate(2 * one.limit()).put(one.duplicate()).put(one.duplicate()).flip();
        refused(INVALID_RECORD, two, PLAIN);
        assertThat(accepted(two.slice(0, 2 * one.limit() - 1), PLAIN).batch().sizeInBytes()).isEqualTo(one.limit());
    }

    @Test void aProduceRequestCarriesOneBatchOfFormat2() {
        ByteBuffer one = three(Codec.ZSTD).build();
        ByteBuffer two = ByteBuffer.allocate(2 * one.limit()).put(one.duplicate()).put(one.duplicate()).flip();
        assertThat(BatchValidation.ofRequest(one, (short) 13)).isEmpty();
        assertThat(BatchValidation.ofRequest(one, (short) 7)).isEmpty();
        assertThat(BatchValidation.ofRequest(one, (short) 6)).map(Refused::error).contains(UNSUPPORTED_COMPRESSION_TYPE);
        assertThat(BatchValidation.ofRequest(two, (short) 13)).map(Refused::error).contains(INVALID_RECORD);
        assertThat(BatchValidation.ofRequest(ByteBuffer.allocate(0), (short) 13)).map(Refused::error).contains(INVALID_RECORD);
        assertThat(BatchValidation.ofRequest(one.slice(0, one.limit() - 1), (short) 13)).map(Refused::error).contains(INVALID_RECORD);
        assertThat(BatchValidation.ofRequest(two.slice(0, one.limit() + 5), (short) 13)).isEmpty();
        assertThat(BatchValidation.ofRequest(ByteBuffer.allocate(100), (short) 13)).map(Refused::error).contains(CORRUPT_MESSAGE);
        assertThat(BatchValidation.ofRequest(three(Codec.NONE).build().put(RecordBatch.MAGIC_AT, (byte) 1), (short) 13)).map(Refused::error).contains(INVALID_RECORD);
        assertThat(BatchValidation.ofRequest(three(Codec.NONE).build().put(RecordBatch.MAGIC_AT, (byte) 3), (short) 13)).map(Refused::error).contains(CORRUPT_MESSAGE);
    }
}
