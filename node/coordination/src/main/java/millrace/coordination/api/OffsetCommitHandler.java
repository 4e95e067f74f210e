package millrace.coordination.api;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import millrace.common.Uuid;
import millrace.coordination.ClusterView;
import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.CommittedPartition;
import millrace.group.command.GroupAnswer.OffsetsCommitted;
import millrace.group.command.GroupCommand.CommitOffsets;
import millrace.group.command.GroupCommand.OffsetToCommit;
import millrace.metadata.MetadataImage;
import millrace.metadata.TopicImage;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.OffsetCommitRequest;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import millrace.protocol.message.OffsetCommitResponse;
import millrace.protocol.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import millrace.protocol.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// OffsetCommit (API key 8), v2 to v10. Partitions that do not exist are refused here; the others are one command.
///
///     v2-v4  retention time    v6  leader epoch    v7  group instance id    v9  member epochs' errors    v10  topic ids for names
public final class OffsetCommitHandler implements ApiHandler<OffsetCommitRequest, OffsetCommitResponse> {
    private static final short FIRST_WITH_MEMBER_EPOCHS = 9;
    private static final short FIRST_WITH_TOPIC_IDS = 10;

    private final GroupCoordinators coordinators;
    private final ClusterView cluster;

    public OffsetCommitHandler(GroupCoordinators coordinators, ClusterView cluster) {
        this.coordinators = coordinators;
        this.cluster = cluster;
    }

    /// @param error `NONE` when it goes to the coordinator, whose answers come in the same order
    private record Checked(int partition, ErrorCode error) {}

    private record CheckedTopic(String name, Uuid topicId, List<Checked> partitions) {}

    @Override public Answer<OffsetCommitResponse> handle(OffsetCommitRequest request, Caller caller) {
        List<CheckedTopic> checked = new ArrayList<>(request.topics().size());
        List<OffsetToCommit> offsets = new ArrayList<>();
        for (OffsetCommitRequestTopic topic : request.topics()) checked.add(check(topic, caller.apiVersion(), offsets));
        if (offsets.isEmpty()) return Answer.now(response(checked, ErrorCode.NONE, List.of()));
        var answer = coordinators.ask(request.groupId(), token -> new CommitOffsets(token, request.groupId(), request.memberId(), request.groupInstanceId(),
                request.generationIdOrMemberEpoch(), caller.apiVersion() >= FIRST_WITH_MEMBER_EPOCHS, request.retentionTimeMs(), offsets));
        return Answer.when(answer, Long.MAX_VALUE, () -> response(checked, answer.get()));
    }

    private CheckedTopic check(OffsetCommitRequestTopic topic, short version, List<OffsetToCommit> offsets) {
        MetadataImage image = cluster.image();
        boolean byId = version >= FIRST_WITH_TOPIC_IDS;
        TopicImage known = byId ? image.topics().byId(topic.topicId()) : image.topics().byName(topic.name());
        List<Checked> partitions = new ArrayList<>(topic.partitions().size());
        for (OffsetCommitRequestPartition each : topic.partitions()) {
            ErrorCode error = known == null && byId ? ErrorCode.UNKNOWN_TOPIC_ID
                    : known == null || !known.partitions().containsKey(each.partitionIndex()) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE;
            partitions.add(new Checked(each.partitionIndex(), error));
            if (error == ErrorCode.NONE) offsets.add(new OffsetToCommit(known.name(), known.id(), each.partitionIndex(), each.committedOffset(),
                    each.committedLeaderEpoch(), each.committedMetadata()));
        }
        return new CheckedTopic(topic.name(), topic.topicId(), partitions);
    }

    private static OffsetCommitResponse response(List<CheckedTopic> checked, GroupAnswer answer) {
        List<CommittedPartition> committed = answer instanceof OffsetsCommitted told ? told.offsets() : List.of();
        return response(checked, Refusal.ofCommit(answer.error()), committed);
    }

    private static OffsetCommitResponse response(List<CheckedTopic> checked, ErrorCode ofAll, List<CommittedPartition> committed) {
        Iterator<CommittedPartition> next = committed.iterator();
        List<OffsetCommitResponseTopic> topics = new ArrayList<>(checked.size());
        for (CheckedTopic topic : checked) {
            List<OffsetCommitResponsePartition> partitions = new ArrayList<>(topic.partitions().size());
            for (Checked each : topic.partitions()) {
                ErrorCode error = each.error() != ErrorCode.NONE ? each.error() : ofAll != ErrorCode.NONE ? ofAll : next.next().error();
                partitions.add(new OffsetCommitResponsePartition(each.partition(), error.code()));
            }
            topics.add(new OffsetCommitResponseTopic(topic.name(), topic.topicId(), partitions));
        }
        return OffsetCommitResponse.builder().topics(topics).build();
    }
}
