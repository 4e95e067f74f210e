package millrace.broker.api;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import millrace.broker.metadata.AutoTopicCreation;
import millrace.broker.metadata.BrokerMetadata;
import millrace.metadata.PartitionRegistration;
import millrace.metadata.TopicImage;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.DescribeTopicPartitionsRequest;
import millrace.protocol.message.DescribeTopicPartitionsRequest.TopicRequest;
import millrace.protocol.message.DescribeTopicPartitionsResponse;
import millrace.protocol.message.DescribeTopicPartitionsResponse.Cursor;
import millrace.protocol.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition;
import millrace.protocol.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// DescribeTopicPartitions (API key 75): topics and partitions page by page, in order of name and index, with ELR.
///
/// The page ends after `responsePartitionLimit` partitions (at most `max.request.partition.size.limit`); the cursor in the response says where
/// the next one begins. Source: KIP-966.
public final class DescribeTopicPartitionsHandler implements ApiHandler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse> {
    private final BrokerMetadata metadata;
    private final int maxPartitions;

    public DescribeTopicPartitionsHandler(BrokerMetadata metadata, int maxPartitions) {
        this.metadata = metadata;
        this.maxPartitions = maxPartitions;
    }

    @Override public Answer<DescribeTopicPartitionsResponse> handle(DescribeTopicPartitionsRequest request, Caller caller) {
        if (request.cursor() != null && !isSound(request)) return Answer.now(refused(request));
        String firstTopic = request.cursor() == null ? "" : request.cursor().topicName();
        int firstPartition = request.cursor() == null ? 0 : request.cursor().partitionIndex();
        int left = Math.max(1, Math.min(request.responsePartitionLimit(), maxPartitions));
        List<DescribeTopicPartitionsResponseTopic> topics = new ArrayList<>();
        for (String name : namesFrom(request, firstTopic)) {
            TopicImage topic = metadata.topic(name);
            if (topic == null) {
                topics.add(absent(name));
                continue;
            }
            if (left == 0) return Answer.now(page(topics, new Cursor(name, 0)));
            int from = name.equals(firstTopic) ? firstPartition : 0;
            var partitions = topic.partitions().tailMap(from, true);
            List<DescribeTopicPartitionsResponsePartition> shown = new ArrayList<>();
            for (var entry : partitions.entrySet()) {
                if (left == 0) {
                    topics.add(described(topic, shown));
                    return Answer.now(page(topics, new Cursor(name, entry.getKey())));
                }
                shown.add(describe(entry.getKey(), entry.getValue(), caller));
                left--;
            }
            topics.add(described(topic, shown));
        }
        return Answer.now(page(topics, null));
    }

    /// A cursor points at a partition that this broker could have given, of a topic that the request asks for.
    private static boolean isSound(DescribeTopicPartitionsRequest request) {
        DescribeTopicPartitionsRequest.Cursor cursor = request.cursor();
        return cursor.partitionIndex() >= 0 && (request.topics().isEmpty() || request.topics().contains(new TopicRequest(cursor.topicName())));
    }

    private static DescribeTopicPartitionsResponse refused(DescribeTopicPartitionsRequest request) {
        return page(request.topics().stream().map(topic -> DescribeTopicPartitionsResponseTopic.builder().name(topic.name())
                .errorCode(ErrorCode.INVALID_REQUEST.code()).build()).toList(), null);
    }

    private TreeSet<String> namesFrom(DescribeTopicPartitionsRequest request, String first) {
        var names = new TreeSet<String>();
        if (request.topics().isEmpty()) {
            for (TopicImage topic : metadata.image().topics().all()) names.add(topic.name());
        } else {
            for (TopicRequest topic : request.topics()) names.add(topic.name());
        }
        return new TreeSet<>(names.tailSet(first));
    }

    private DescribeTopicPartitionsResponsePartition describe(int index, PartitionRegistration partition, Caller caller) {
        ErrorCode error = PartitionViews.error(metadata, partition, caller.listenerName());
        return new DescribeTopicPartitionsResponsePartition(error.code(), index, error == ErrorCode.NONE ? partition.leader() : -1, partition.leaderEpoch(),
                partition.replicas(), partition.isr(), partition.elr(), partition.lastKnownElr(), PartitionViews.offlineReplicas(metadata, partition));
    }

    private static DescribeTopicPartitionsResponseTopic described(TopicImage topic, List<DescribeTopicPartitionsResponsePartition> partitions) {
        return DescribeTopicPartitionsResponseTopic.builder().name(topic.name()).topicId(topic.id())
                .isInternal(BrokerMetadata.isInternal(topic.name())).partitions(partitions)
                .topicAuthorizedOperations(AuthorizedOperations.OF_TOPIC).build();
    }

    private static DescribeTopicPartitionsResponseTopic absent(String name) {
        ErrorCode error = AutoTopicCreation.isLegalName(name) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION;
        return DescribeTopicPartitionsResponseTopic.builder().name(name).errorCode(error.code()).isInternal(BrokerMetadata.isInternal(name))
                .topicAuthorizedOperations(AuthorizedOperations.OF_TOPIC).build();
    }

    private static DescribeTopicPartitionsResponse page(List<DescribeTopicPartitionsResponseTopic> topics, Cursor next) {
        return DescribeTopicPartitionsResponse.builder().topics(topics).nextCursor(next).build();
    }
}
