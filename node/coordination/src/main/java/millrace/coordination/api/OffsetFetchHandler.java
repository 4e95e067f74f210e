package millrace.coordination.api;

import java.util.ArrayList;
import java.util.List;

import millrace.common.Uuid;
import millrace.coordination.ClusterView;
import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.FetchedPartition;
import millrace.group.command.GroupAnswer.FetchedTopic;
import millrace.group.command.GroupAnswer.OffsetsFetched;
import millrace.group.command.GroupCommand.FetchOffsets;
import millrace.group.command.GroupCommand.TopicPartitions;
import millrace.metadata.TopicImage;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.OffsetFetchRequest;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import millrace.protocol.message.OffsetFetchResponse;
import millrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import millrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartition;
import millrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import millrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopic;
import millrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// OffsetFetch (API key 9), v1 to v10. From v8 one request asks for several groups; before, the one group is treated alike and its
/// answer taken out of the list.
///
///     v2  all topics; an error of the group    v5  leader epoch    v7  require stable    v8  several groups    v9  member epochs    v10  topic ids for names
public final class OffsetFetchHandler implements ApiHandler<OffsetFetchRequest, OffsetFetchResponse> {
    private static final short FIRST_WITH_GROUP_ERROR = 2;
    private static final short FIRST_WITH_GROUPS = 8;
    private static final short FIRST_WITH_TOPIC_IDS = 10;

    private final GroupCoordinators coordinators;
    private final ClusterView cluster;

    public OffsetFetchHandler(GroupCoordinators coordinators, ClusterView cluster) {
        this.coordinators = coordinators;
        this.cluster = cluster;
    }

    @Override public Answer<OffsetFetchResponse> handle(OffsetFetchRequest request, Caller caller) {
        short version = caller.apiVersion();
        List<OffsetFetchRequestGroup> groups = version >= FIRST_WITH_GROUPS ? request.groups() : List.of(onlyGroup(request));
        List<List<FetchedTopic>> unknown = new ArrayList<>(groups.size());
        List<Pending<GroupAnswer>> answers = new ArrayList<>(groups.size());
        for (OffsetFetchRequestGroup group : groups) {
            List<FetchedTopic> unknownTopics = new ArrayList<>();
            List<TopicPartitions> topics = group.topics() == null ? null : resolve(group.topics(), version, unknownTopics);
            unknown.add(unknownTopics);
            answers.add(coordinators.ask(group.groupId(),
                    token -> new FetchOffsets(token, group.groupId(), group.memberId(), group.memberEpoch(), request.requireStable(), topics)));
        }
        var all = new AllOf<>(answers);
        return Answer.when(all, Long.MAX_VALUE, () -> response(groups, all.values(), unknown, version));
    }

    private static OffsetFetchRequestGroup onlyGroup(OffsetFetchRequest request) {
        List<OffsetFetchRequestTopics> topics = request.topics() == null ? null : new ArrayList<>(request.topics().size());
        if (topics != null) for (OffsetFetchRequestTopic topic : request.topics()) topics.add(new OffsetFetchRequestTopics(topic.name(), Uuid.ZERO, topic.partitionIndexes()));
        return new OffsetFetchRequestGroup(request.groupId(), null, -1, topics);
    }

    /// @param unknown is given the topics whose id nobody knows, answered
    /// @return the others by name
    private List<TopicPartitions> resolve(List<OffsetFetchRequestTopics> topics, short version, List<FetchedTopic> unknown) {
        List<TopicPartitions> resolved = new ArrayList<>(topics.size());
        for (OffsetFetchRequestTopics topic : topics) {
            TopicImage known = version >= FIRST_WITH_TOPIC_IDS ? cluster.image().topics().byId(topic.topicId()) : null;
            if (version < FIRST_WITH_TOPIC_IDS) resolved.add(new TopicPartitions(topic.name(), topic.topicId(), topic.partitionIndexes()));
            else if (known != null) resolved.add(new TopicPartitions(known.name(), topic.topicId(), topic.partitionIndexes()));
            else unknown.add(refused(topic, ErrorCode.UNKNOWN_TOPIC_ID));
        }
        return resolved;
    }

    private static FetchedTopic refused(OffsetFetchRequestTopics topic, ErrorCode error) {
        List<FetchedPartition> partitions = new ArrayList<>(topic.partitionIndexes().size());
        for (int partition : topic.partitionIndexes()) partitions.add(new FetchedPartition(partition, -1, -1, "", error));
        return new FetchedTopic(topic.name(), topic.topicId(), partitions);
    }

    // ---- the answer ----

    private OffsetFetchResponse response(List<OffsetFetchRequestGroup> asked, List<GroupAnswer> answers, List<List<FetchedTopic>> unknown, short version) {
        List<OffsetFetchResponseGroup> groups = new ArrayList<>(asked.size());
        for (int i = 0; i < asked.size(); i++) {
            ErrorCode error = Refusal.ofGroup(answers.get(i).error());
            List<FetchedTopic> topics = answers.get(i) instanceof OffsetsFetched told && error == ErrorCode.NONE ? new ArrayList<>(told.topics()) : new ArrayList<>();
            if (error == ErrorCode.NONE) topics.addAll(unknown.get(i));
            if (error != ErrorCode.NONE && version < FIRST_WITH_GROUP_ERROR) asked.get(i).topics().forEach(topic -> topics.add(refused(topic, error)));
            groups.add(new OffsetFetchResponseGroup(asked.get(i).groupId(), topics(topics, version), error.code()));
        }
        return version >= FIRST_WITH_GROUPS ? OffsetFetchResponse.builder().groups(groups).build() : onlyGroup(groups.getFirst());
    }

    /// All topics of a group include those that are gone; from v10 such a one has no name that the client could understand.
    private List<OffsetFetchResponseTopics> topics(List<FetchedTopic> fetched, short version) {
        List<OffsetFetchResponseTopics> topics = new ArrayList<>(fetched.size());
        for (FetchedTopic topic : fetched) {
            Uuid topicId = topic.topicId();
            boolean isNamed = !topic.topic().isEmpty();            // not so where the request had neither a name nor an id, and was refused
            if (version >= FIRST_WITH_TOPIC_IDS && isNamed && topicId.equals(Uuid.ZERO)) {
                TopicImage known = cluster.image().topics().byName(topic.topic());
                if (known == null) continue;
                topicId = known.id();
            }
            List<OffsetFetchResponsePartitions> partitions = new ArrayList<>(topic.partitions().size());
            for (FetchedPartition each : topic.partitions())
                partitions.add(new OffsetFetchResponsePartitions(each.partition(), each.offset(), each.leaderEpoch(), each.metadata(), each.error().code()));
            topics.add(new OffsetFetchResponseTopics(topic.topic(), topicId, partitions));
        }
        return topics;
    }

    private static OffsetFetchResponse onlyGroup(OffsetFetchResponseGroup group) {
        List<OffsetFetchResponseTopic> topics = new ArrayList<>(group.topics().size());
        for (OffsetFetchResponseTopics topic : group.topics()) {
            List<OffsetFetchResponsePartition> partitions = new ArrayList<>(topic.partitions().size());
            for (OffsetFetchResponsePartitions each : topic.partitions())
                partitions.add(new OffsetFetchResponsePartition(each.partitionIndex(), each.committedOffset(), each.committedLeaderEpoch(), each.metadata(), each.errorCode()));
            topics.add(new OffsetFetchResponseTopic(topic.name(), partitions));
        }
        return OffsetFetchResponse.builder().topics(topics).errorCode(group.errorCode()).build();
    }
}
