package millrace.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import millrace.protocol.ErrorCode;
import millrace.record.BatchValidation.Outcome;
import millrace.record.BatchValidation.Rules;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.PrimitiveRef;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.RecordValidationException;
import org.junit.jupiter.api.Test;

/// The same batches and the same settings before Kafka's validator and ours.
class KafkaValidatorTest {
    private static final long NOW = 1_700_000_500_000L;
    private static final long FIRST_OFFSET = 100;
    private static final int LEADER_EPOCH = 7;

    /// What either side says, in the same words.
    private record Verdict(ErrorCode error, List<Integer> recordErrors, long maxTimestamp, ByteBuffer batch) {}

    @Test void wellFormedBatchesAreJudgedAsKafkaJudgesThem() {
        for (int seed = 0; seed < 500; seed++) {
            var random = new Random(seed);
            ByteBuffer bytes = batch(seed, random);
            Rules rules = rules(random);
            Verdict kafkas = kafkas(Kafka.copy(bytes), rules), ours = ours(bytes, rules);
            assertThat(ours.error).as("seed %s", seed).isEqualTo(kafkas.error);
            assertThat(ours.recordErrors).as("seed %s", seed).isEqualTo(kafkas.recordErrors);
            assertThat(ours.maxTimestamp).as("seed %s", seed).isEqualTo(kafkas.maxTimestamp);
            if (ours.error == ErrorCode.NONE) assertSame(seed, ours.batch, kafkas.batch);
        }
    }

    /// Compressors may differ in a byte, so what was compressed anew is compared by its records.
    private static void assertSame(int seed, ByteBuffer ours, ByteBuffer kafkas) {
        boolean compressedAnew = RecordBatch.at(ours, 0).codec() != Codec.NONE && !ours.equals(kafkas);
        if (compressedAnew) assertThat(PlainRecord.read(ours)).as("seed %s", seed).isEqualTo(Kafka.read(kafkas));
        else assertThat(ours).as("seed %s", seed).isEqualTo(kafkas);
    }

    @Test void damageThatKafkaRefusesIsNeverAccepted() {
        int accepted = 0;
        for (int seed = 0; seed < 1_000; seed++) {
            var random = new Random(seed);
            ByteBuffer bytes = damaged(batch(seed, random), random);
            Rules rules = rules(random);
            if (RecordBatch.at(bytes, 0).timestampType() == TimestampType.LOG_APPEND_TIME) continue;      // judged by its records here, by its header there
            if (rules.codec() != null) rules = new Rules(rules.timestampType(), null, 0, rules.compacted(), rules.timestampBeforeMaxMs(),
                    rules.timestampAfterMaxMs(), rules.maxMessageBytes(), rules.limits());
            Verdict kafkas = kafkas(Kafka.copy(bytes), rules), ours = ours(bytes, rules);
            if (ours.error != ErrorCode.NONE) continue;
            accepted++;
            assertThat(kafkas.error).as("seed %s", seed).isEqualTo(ErrorCode.NONE);
            assertThat(ours.batch).as("seed %s", seed).isEqualTo(kafkas.batch);
        }
        assertThat(accepted).isPositive();
    }

    private static ByteBuffer batch(int seed, Random random) {
        RandomBatch any = RandomBatch.of(seed, Codec.values()[random.nextInt(5)]);
        return new RandomBatch(any.codec(), TimestampType.CREATE_TIME, -1, 0, any.leaderEpoch(), any.producerId(), any.producerEpoch(), any.baseSequence(),
                any.transactional(), any.records()).write();
    }

    private static ByteBuffer damaged(ByteBuffer bytes, Random random) {
        for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
            int reach = random.nextInt(3) == 0 ? 40 : Math.min(300, bytes.limit() - RecordBatch.ATTRIBUTES_AT);
            int at = RecordBatch.ATTRIBUTES_AT + random.nextInt(reach);
            bytes.put(at, random.nextBoolean() ? (byte) (bytes.get(at) ^ 1 << random.nextInt(8)) : (byte) random.nextInt());
        }
        return bytes.putInt(RecordBatch.CRC_AT, (int) RecordBatch.crcOf(bytes));
    }

    private static Rules rules(Random random) {
        Codec codec = random.nextInt(3) == 0 ? Codec.values()[random.nextInt(5)] : null;
        return new Rules(random.nextInt(4) == 0 ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME, codec, codec == null ? 0 : codec.defaultLevel(),
                random.nextInt(3) == 0, random.nextInt(3) == 0 ? 3_000_000 : Long.MAX_VALUE, random.nextInt(3) == 0 ? 3_000_000 : 100_000_000_000L, Integer.MAX_VALUE,
                random.nextInt(5) == 0 ? DecodeLimits.ofSetting(200) : DecodeLimits.DEFAULT);
    }

    private static Verdict ours(ByteBuffer bytes, Rules rules) {
        return switch (BatchValidation.fromClient(bytes, rules, NOW)) {
            case Outcome.Accepted accepted -> {
                accepted.batch().assign(FIRST_OFFSET, LEADER_EPOCH);
                yield new Verdict(ErrorCode.NONE, List.of(), accepted.maxTimestamp(), accepted.batch().bytes());
            }
            case Outcome.Refused refused -> new Verdict(refused.error(), refused.recordErrors().stream().map(BatchValidation.RecordError::batchIndex).toList(), -1, null);
        };
    }

    private static Verdict kafkas(ByteBuffer bytes, Rules rules) {
        var records = org.apache.kafka.common.record.internal.MemoryRecords.readableRecords(bytes);
        try {
            CompressionType source = Kafka.first(bytes).compressionType();
            var validator = new LogValidator(records, new TopicPartition("t", 0), time(), source,
                    Kafka.compression(rules.codec() == null ? Codec.forId(source.id) : rules.codec()), rules.compacted(), (byte) 2, Kafka.type(rules.timestampType()),
                    rules.timestampBeforeMaxMs(), rules.timestampAfterMaxMs(), LEADER_EPOCH, AppendOrigin.CLIENT, rules.limits().maxRecordBytes());
            var result = validator.validateMessagesAndAssignOffsets(PrimitiveRef.ofLong(FIRST_OFFSET), new NoMetrics(), BufferSupplier.NO_CACHING);
            return new Verdict(ErrorCode.NONE, List.of(), result.maxTimestampMs(), Kafka.copy(result.validatedRecords().buffer()));
        } catch (RecordValidationException refused) {
            var indexes = refused.recordErrors().stream().limit(BatchValidation.MAX_RECORD_ERRORS).map(error -> error.batchIndex).toList();
            return new Verdict(ErrorCode.valueOf(Errors.forException(refused.invalidException()).name()), indexes, -1, null);
        } catch (RuntimeException | org.xerial.snappy.SnappyError refused) {
            return new Verdict(ErrorCode.valueOf(Errors.forException(refused).name()), List.of(), -1, null);
        }
    }

    /// Kafka's clock, standing still.
    private static Time time() {
        return (Time) Proxy.newProxyInstance(Time.class.getClassLoader(), new Class<?>[] {Time.class},
                (_, method, arguments) -> method.getName().equals("milliseconds") ? NOW : method.invoke(Time.SYSTEM, arguments));
    }

    private static final class NoMetrics implements LogValidator.MetricsRecorder {
        @Override public void recordInvalidMagic() {}

        @Override public void recordInvalidOffset() {}

        @Override public void recordInvalidSequence() {}

        @Override public void recordInvalidChecksums() {}

        @Override public void recordNoKeyCompactedTopic() {}
    }
}
