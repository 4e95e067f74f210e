package millrace.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import millrace.common.Uuid;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.ProduceRequest.PartitionProduceData;
import millrace.protocol.message.ProduceRequest.TopicProduceData;
import millrace.record.Codec;
import millrace.record.MemoryRecords;
import millrace.record.RecordBatchBuilder;
import millrace.record.Records;
import millrace.storage.log.AppendResult.Refused;
import millrace.wire.Caller;
import org.junit.jupiter.api.Test;

/// Each rule as Kafka 4.4 was seen to apply it (proof/compat, millrace.compat.differential).
class ProduceChecksTest {
    private static final int MAGIC_AT = 16;

    @Test void oneBatchIsRight() {
        assertThat(problem("orders", records(batch(Codec.NONE)), 9, "client")).isNull();
    }

    @Test void aPartitionGetsExactlyOneBatch() {
        assertThat(error("orders", null, 9)).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(error("orders", MemoryRecords.EMPTY, 9)).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(error("orders", records(batch(Codec.NONE).limit(40)), 9)).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(error("orders", records(batch(Codec.NONE), batch(Codec.NONE)), 9)).isEqualTo(ErrorCode.INVALID_RECORD);
    }

    @Test void oldFormatsAreInvalidAndUnknownOnesCorrupt() {
        assertThat(error("orders", records(batch(Codec.NONE).put(MAGIC_AT, (byte) 1)), 9)).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(error("orders", records(batch(Codec.NONE).put(MAGIC_AT, (byte) 3)), 9)).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
    }

    @Test void zstandardNeedsVersionSeven() {
        assertThat(error("orders", records(batch(Codec.ZSTD)), 6)).isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
        assertThat(problem("orders", records(batch(Codec.ZSTD)), 7, "client")).isNull();
        assertThat(problem("orders", records(batch(Codec.LZ4)), 3, "client")).isNull();
    }

    @Test void internalTopicsAreForBrokersAndKafkasOwnTools() {
        assertThat(error("__consumer_offsets", records(batch(Codec.NONE)), 9)).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(problem("__consumer_offsets", records(batch(Codec.NONE)), 9, "__admin_client")).isNull();
    }

    @Test void transactionalRecordsAreFoundInAnyPartition() {
        ByteBuffer transactional = new RecordBatchBuilder().producer(5, (short) 0, 0).transactional(true).append(1, null, null).build();
        assertThat(ProduceChecks.owners(request(records(batch(Codec.NONE)), records(transactional)))).containsExactly(new ProduceChecks.Owner(5, (short) 0));
        assertThat(ProduceChecks.owners(request(records(batch(Codec.NONE)), null, MemoryRecords.EMPTY, records(ByteBuffer.allocate(70))))).isEmpty();
    }

    private static ByteBuffer batch(Codec codec) {
        try (var builder = new RecordBatchBuilder().codec(codec)) {
            return builder.append(1, null, ByteBuffer.wrap(new byte[] {1, 2, 3})).build();
        }
    }

    private static MemoryRecords records(ByteBuffer... batches) {
        ByteBuffer all = ByteBuffer.allocate(1_000);
        for (ByteBuffer each : batches) all.put(each);
        return new MemoryRecords(all.flip());
    }

    private static ProduceRequest request(Records... partitions) {
        List<PartitionProduceData> data = new ArrayList<>();
        for (Records each : partitions) data.add(new PartitionProduceData(data.size(), each));
        return ProduceRequest.builder().topicData(List.of(new TopicProduceData("orders", Uuid.ZERO, data))).build();
    }

    private static Refused problem(String topic, Records records, int version, String clientId) {
        return ProduceChecks.problemWith(topic, 0, records, new Caller((short) version, clientId, "127.0.0.1", Caller.ANONYMOUS, "PLAINTEXT", "1", null, "unknown", "unknown", 0));
    }

    private static ErrorCode error(String topic, Records records, int version) {
        return problem(topic, records, version, "client").error();
    }
}
