package millrace.broker.transaction;

import java.util.List;

import millrace.broker.metadata.BrokerMetadata;
import millrace.broker.partition.Partition;
import millrace.broker.partition.Partitions;
import millrace.broker.partition.Partitions.Absent;
import millrace.broker.partition.Partitions.Following;
import millrace.broker.partition.Partitions.Leading;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.DescribeProducersRequest;
import millrace.protocol.message.DescribeProducersRequest.TopicRequest;
import millrace.protocol.message.DescribeProducersResponse;
import millrace.protocol.message.DescribeProducersResponse.PartitionResponse;
import millrace.protocol.message.DescribeProducersResponse.ProducerState;
import millrace.protocol.message.DescribeProducersResponse.TopicResponse;
import millrace.storage.log.ProducerView;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// DescribeProducers (API key 61), v0: who writes to a partition, and since which offset in a transaction. Source: KIP-664.
public final class DescribeProducersHandler implements ApiHandler<DescribeProducersRequest, DescribeProducersResponse> {
    private final Partitions partitions;
    private final BrokerMetadata metadata;

    public DescribeProducersHandler(Partitions partitions, BrokerMetadata metadata) {
        this.partitions = partitions;
        this.metadata = metadata;
    }

    @Override public Answer<DescribeProducersResponse> handle(DescribeProducersRequest request, Caller caller) {
        return Answer.now(DescribeProducersResponse.builder().topics(request.topics().stream().map(this::describe).toList()).build());
    }

    private TopicResponse describe(TopicRequest topic) {
        return new TopicResponse(topic.name(), topic.partitionIndexes().stream().map(index -> describe(topic.name(), index)).toList());
    }

    private PartitionResponse describe(String topic, int index) {
        return switch (partitions.find(topic, index)) {
            case Leading(Partition partition) -> new PartitionResponse(index, ErrorCode.NONE.code(), null, partition.log().producers().stream().map(DescribeProducersHandler::state).toList());
            case Following _                  -> new PartitionResponse(index, ErrorCode.NOT_LEADER_OR_FOLLOWER.code(), null, List.of());
            case Absent(ErrorCode error)      -> new PartitionResponse(index, error.code(), metadata.topic(topic) == null ? "There is no topic " + topic + "." : null, List.of());
        };
    }

    private static ProducerState state(ProducerView producer) {
        return new ProducerState(producer.producerId(), producer.producerEpoch(), producer.lastSequence(), producer.lastTimestampMs(), producer.coordinatorEpoch(),
                producer.currentTransactionFirstOffset());
    }
}
