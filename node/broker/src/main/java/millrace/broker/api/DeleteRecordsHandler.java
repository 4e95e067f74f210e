package millrace.broker.api;

import java.util.List;
import millrace.broker.metadata.BrokerMetadata;
import millrace.broker.partition.Partition;
import millrace.broker.partition.Partitions;
import millrace.broker.partition.Partitions.Absent;
import millrace.broker.partition.Partitions.Following;
import millrace.broker.partition.Partitions.Leading;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.DeleteRecordsRequest;
import millrace.protocol.message.DeleteRecordsRequest.DeleteRecordsPartition;
import millrace.protocol.message.DeleteRecordsResponse;
import millrace.protocol.message.DeleteRecordsResponse.DeleteRecordsPartitionResult;
import millrace.protocol.message.DeleteRecordsResponse.DeleteRecordsTopicResult;
import millrace.storage.log.LogDirFailure;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// DeleteRecords (API key 21): moves a partition's log start offset forward. Source: KIP-107.
///
/// With followers the answer would wait until they have moved too; a partition with one replica has moved when its leader has.
public final class DeleteRecordsHandler implements ApiHandler<DeleteRecordsRequest, DeleteRecordsResponse> {
    private static final long NO_LOW_WATERMARK = -1;

    private final Partitions partitions;

    public DeleteRecordsHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override public Answer<DeleteRecordsResponse> handle(DeleteRecordsRequest request, Caller caller) {
        List<DeleteRecordsTopicResult> topics = request.topics().stream().map(topic -> new DeleteRecordsTopicResult(topic.name(),
                topic.partitions().stream().map(partition -> delete(topic.name(), partition)).toList())).toList();
        return Answer.now(DeleteRecordsResponse.builder().topics(topics).build());
    }

    private DeleteRecordsPartitionResult delete(String topic, DeleteRecordsPartition wanted) {
        return switch (partitions.find(topic, wanted.partitionIndex())) {
            case Leading(Partition partition) -> BrokerMetadata.isInternal(topic) ? refused(wanted, ErrorCode.INVALID_TOPIC_EXCEPTION) : delete(partition, wanted);
            case Following _                  -> refused(wanted, ErrorCode.NOT_LEADER_OR_FOLLOWER);
            case Absent(ErrorCode error)      -> refused(wanted, error);
        };
    }

    private static DeleteRecordsPartitionResult delete(Partition partition, DeleteRecordsPartition wanted) {
        if (!partition.log().config().deletes()) return refused(wanted, ErrorCode.POLICY_VIOLATION);
        try {
            return partition.deleteRecordsBefore(wanted.offset())
                    .map(lowWatermark -> new DeleteRecordsPartitionResult(wanted.partitionIndex(), lowWatermark, ErrorCode.NONE.code()))
                    .orElseGet(() -> refused(wanted, ErrorCode.OFFSET_OUT_OF_RANGE));
        } catch (LogDirFailure failure) {
            return refused(wanted, ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    private static DeleteRecordsPartitionResult refused(DeleteRecordsPartition wanted, ErrorCode error) {
        return new DeleteRecordsPartitionResult(wanted.partitionIndex(), NO_LOW_WATERMARK, error.code());
    }
}
