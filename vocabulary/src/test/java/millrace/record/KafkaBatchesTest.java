package millrace.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What Apache Kafka writes, we read; what we write, it reads. Record by record, from seeds.
class KafkaBatchesTest {
    private static final int SEEDS = 50;

    @ParameterizedTest @EnumSource(Codec.class)
    void whatKafkaWritesIsReadRecordByRecord(Codec codec) {
        for (int seed = 0; seed < SEEDS; seed++) {
            ByteBuffer bytes = Kafka.write(RandomBatch.of(seed, codec));
            var expected = Kafka.read(bytes);
            assertThat(PlainRecord.read(bytes)).as("seed %s", seed).isEqualTo(expected);
            assertThat(PlainRecord.read(direct(bytes))).as("seed %s, direct", seed).isEqualTo(expected);
            assertThat(PlainRecord.read(bytes.asReadOnlyBuffer())).as("seed %s, read-only", seed).isEqualTo(expected);
        }
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void whatWeWriteIsReadByKafkaRecordByRecord(Codec codec) {
        for (int seed = 0; seed < SEEDS; seed++) {
            ByteBuffer bytes = RandomBatch.of(seed, codec).write();
            Kafka.first(bytes).ensureValid();
            assertThat(Kafka.read(bytes)).as("seed %s", seed).isEqualTo(PlainRecord.read(bytes)).isEqualTo(Kafka.read(Kafka.write(RandomBatch.of(seed, codec))));
        }
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void headersAreSeenAsKafkaSeesThem(Codec codec) {
        for (int seed = 0; seed < SEEDS; seed++) {
            ByteBuffer bytes = Kafka.write(RandomBatch.of(seed, codec));
            RecordBatch ours = RecordBatch.at(bytes, 0);
            var kafkas = Kafka.first(bytes);
            assertThat(ours.baseOffset()).isEqualTo(kafkas.baseOffset());
            assertThat(ours.lastOffset()).isEqualTo(kafkas.lastOffset());
            assertThat(ours.nextOffset()).isEqualTo(kafkas.nextOffset());
            assertThat(ours.sizeInBytes()).isEqualTo(kafkas.sizeInBytes());
            assertThat(ours.partitionLeaderEpoch()).isEqualTo(kafkas.partitionLeaderEpoch());
            assertThat(ours.crc()).isEqualTo(kafkas.checksum());
            assertThat(ours.crcMatches()).isTrue();
            assertThat(ours.codec().id()).isEqualTo(kafkas.compressionType().id);
            assertThat(ours.timestampType().name()).isEqualTo(kafkas.timestampType().name());
            assertThat(ours.maxTimestamp()).isEqualTo(kafkas.maxTimestamp());
            assertThat(ours.isTransactional()).isEqualTo(kafkas.isTransactional());
            assertThat(ours.isControl()).isEqualTo(kafkas.isControlBatch());
            assertThat(ours.producerId()).isEqualTo(kafkas.producerId());
            assertThat(ours.producerEpoch()).isEqualTo(kafkas.producerEpoch());
            assertThat(ours.baseSequence()).isEqualTo(kafkas.baseSequence());
            assertThat(ours.lastSequence()).isEqualTo(kafkas.lastSequence());
            assertThat(ours.recordCount()).isEqualTo(kafkas.countOrNull());
        }
    }

    /// Compressors may differ in a byte; without one there is no excuse.
    @org.junit.jupiter.api.Test void uncompressedBatchesAreKafkasByteForByte() {
        for (int seed = 0; seed < 5 * SEEDS; seed++)
            assertThat(RandomBatch.of(seed, Codec.NONE).write()).as("seed %s", seed).isEqualTo(Kafka.write(RandomBatch.of(seed, Codec.NONE)));
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void advancingOverRecordsSeesWhatReadingThemSees(Codec codec) {
        for (int seed = 0; seed < SEEDS; seed++) {
            RecordBatch batch = RecordBatch.at(Kafka.write(RandomBatch.of(seed, codec)), 0);
            var expected = PlainRecord.read(batch).iterator();
            try (RecordCursor cursor = batch.records(DecodeLimits.DEFAULT)) {
                while (cursor.advance()) {
                    PlainRecord record = expected.next();
                    assertThat(cursor.offset()).isEqualTo(record.offset());
                    assertThat(cursor.timestamp()).isEqualTo(record.timestamp());
                    assertThat(cursor.sequence()).isEqualTo(record.sequence());
                    assertThat(cursor.hasKey()).isEqualTo(record.key() != null);
                    if (cursor.index() % 3 == 0) assertThat(PlainRecord.of(cursor.record())).isEqualTo(record);
                }
            }
            assertThat(expected.hasNext()).isFalse();
        }
    }

    @ParameterizedTest @EnumSource(Codec.class)
    void levelsFromLowestToHighestAreReadByKafka(Codec codec) {
        if (codec == Codec.NONE) return;
        RandomBatch batch = RandomBatch.of(7, codec);
        var expected = Kafka.read(Kafka.write(batch));
        for (int level : new int[] {codec.compression().lowestLevel(), codec.defaultLevel(), codec.compression().highestLevel()}) {
            try (var builder = new RecordBatchBuilder().codec(codec, level).baseOffset(batch.baseOffset())) {
                for (Record record : batch.records()) builder.append(record.timestamp(), record.key(), record.value(), record.headers());
                assertThat(Kafka.read(builder.build())).hasSameSizeAs(expected).first().extracting(PlainRecord::value).isEqualTo(expected.getFirst().value());
            }
        }
    }

    @org.junit.jupiter.api.Test void kafkaReadsWhatTheLeaderHasStampedInPlace() {
        for (Codec codec : Codec.values()) {
            RecordBatch batch = RecordBatch.at(RandomBatch.of(3, codec).write(), 0);
            batch.assign(1_000_000_000_000L, 17);
            batch.assignLogAppendTime(1_800_000_000_000L);
            var kafkas = Kafka.first(batch.bytes());
            kafkas.ensureValid();
            assertThat(kafkas.baseOffset()).isEqualTo(1_000_000_000_000L);
            assertThat(kafkas.partitionLeaderEpoch()).isEqualTo(17);
            assertThat(kafkas.timestampType().id).isEqualTo(1);
            assertThat(Kafka.read(batch.bytes())).isEqualTo(PlainRecord.read(batch)).allMatch(record -> record.timestamp() == 1_800_000_000_000L);
        }
    }

    private static ByteBuffer direct(ByteBuffer bytes) {
        return ByteBuffer.allocateDirect(bytes.remaining()).put(bytes.duplicate()).flip();
    }
}
