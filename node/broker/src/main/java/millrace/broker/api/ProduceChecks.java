package millrace.broker.api;

import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import millrace.broker.metadata.BrokerMetadata;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.ProduceRequest.PartitionProduceData;
import millrace.protocol.message.ProduceRequest.TopicProduceData;
import millrace.record.Codec;
import millrace.record.CorruptRecord;
import millrace.record.MemoryRecords;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;
import millrace.record.Records;
import millrace.storage.log.AppendResult.Refused;
import millrace.wire.Caller;

/// What a broker finds wrong with produced records before a log sees them. Such a refusal does not tell the log start offset.
final class ProduceChecks {
    private static final short FIRST_VERSION_WITH_ZSTD = 7;
    private static final int CODEC_BITS = 7;
    /// The client id by which Kafka's own tools may write into internal topics.
    private static final String INTERNAL_CLIENT_ID = "__admin_client";

    private ProduceChecks() {}

    /// Since version 3 a request carries for a partition exactly one batch, of format 2, and before version 7 not one of Zstandard's.
    /// @return null when there is nothing wrong
    static Refused problemWith(String topic, int partition, Records records, Caller caller) {
        if (BrokerMetadata.isInternal(topic) && !caller.clientId().equals(INTERNAL_CLIENT_ID)) {
            return refused(ErrorCode.INVALID_TOPIC_EXCEPTION, topic + " is written by brokers only; a client may read it");
        }
        if (!(records instanceof MemoryRecords(ByteBuffer bytes))) return refused(ErrorCode.INVALID_RECORD, "the request has no records for " + topic + "-" + partition);
        try {
            var batches = RecordBatches.of(bytes).iterator();
            if (!batches.hasNext()) return refused(ErrorCode.INVALID_RECORD, "the request has no whole record batch for " + topic + "-" + partition);
            RecordBatch batch = batches.next();
            if (batches.hasNext()) return refused(ErrorCode.INVALID_RECORD, "the request has more than one record batch for " + topic + "-" + partition);
            if (caller.apiVersion() < FIRST_VERSION_WITH_ZSTD && (batch.attributes() & CODEC_BITS) == Codec.ZSTD.id()) {
                return refused(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, "Produce version " + caller.apiVersion() + " cannot carry zstd; it needs version " + FIRST_VERSION_WITH_ZSTD);
            }
            return null;
        } catch (CorruptRecord corrupt) {
            return corrupt.error() == ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT ? refused(ErrorCode.INVALID_RECORD, corrupt.getMessage()) : refused(corrupt.error(), corrupt.getMessage());
        }
    }

    private static Refused refused(ErrorCode error, String message) {
        return new Refused(error, message, List.of());
    }

    /// Whose transaction the records of a request belong to.
    record Owner(long producerId, short producerEpoch) {}

    /// @return one entry for each producer that has transactional records in the request; a request that is right has one at most
    static Set<Owner> owners(ProduceRequest request) {
        Set<Owner> owners = new LinkedHashSet<>();
        for (TopicProduceData topic : request.topicData()) {
            for (PartitionProduceData data : topic.partitionData()) {
                RecordBatch batch = transactional(data.records());
                if (batch != null) owners.add(new Owner(batch.producerId(), batch.producerEpoch()));
            }
        }
        return owners;
    }

    /// @return null when the records belong to no transaction, or are none
    static RecordBatch transactional(Records records) {
        if (!(records instanceof MemoryRecords(ByteBuffer bytes)) || !RecordBatch.saysTransactional(bytes)) return null;
        try {
            var batches = RecordBatches.of(bytes).iterator();
            RecordBatch batch = batches.hasNext() ? batches.next() : null;
            return batch != null && batch.isTransactional() ? batch : null;
        } catch (CorruptRecord notEvenABatch) {
            return null;
        }
    }

    /// A copy whose records outlive the request's frame.
    static ProduceRequest detached(ProduceRequest request) {
        return request.toBuilder().topicData(request.topicData().stream().map(topic -> new TopicProduceData(topic.name(), topic.topicId(),
                topic.partitionData().stream().map(data -> new PartitionProduceData(data.index(), detached(data.records()))).toList())).toList()).build();
    }

    private static Records detached(Records records) {
        if (!(records instanceof MemoryRecords(ByteBuffer bytes))) return records;
        return new MemoryRecords(ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip());
    }
}
