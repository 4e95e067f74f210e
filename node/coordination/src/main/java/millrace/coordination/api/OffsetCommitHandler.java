package millrace.coordination.api;

import java.util.List;
import millrace.coordination.ClusterView;
import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.CommittedPartition;
import millrace.group.command.GroupAnswer.OffsetsCommitted;
import millrace.group.command.GroupCommand.CommitOffsets;
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

    @Override public Answer<OffsetCommitResponse> handle(OffsetCommitRequest request, Caller caller) {
        OffsetsOfRequest asked = asked(request, caller.apiVersion());
        if (asked.offsets().isEmpty()) return Answer.now(response(asked, ErrorCode.NONE, List.of()));
        var answer = coordinators.ask(request.groupId(), token -> new CommitOffsets(token, request.groupId(), request.memberId(), request.groupInstanceId(),
                request.generationIdOrMemberEpoch(), caller.apiVersion() >= FIRST_WITH_MEMBER_EPOCHS, request.retentionTimeMs(), asked.offsets()));
        return Answer.when(answer, Long.MAX_VALUE, () -> response(asked, answer.get()));
    }

    private OffsetsOfRequest asked(OffsetCommitRequest request, short version) {
        var asked = new OffsetsOfRequest(cluster.image().topics(), version >= FIRST_WITH_TOPIC_IDS);
        for (OffsetCommitRequestTopic topic : request.topics()) {
            OffsetsOfRequest.Topic of = asked.topic(topic.name(), topic.topicId());
            for (OffsetCommitRequestPartition each : topic.partitions()) of.commit(each.partitionIndex(), each.committedOffset(), each.committedLeaderEpoch(), each.committedMetadata());
        }
        return asked;
    }

    private static OffsetCommitResponse response(OffsetsOfRequest asked, GroupAnswer answer) {
        List<CommittedPartition> committed = answer instanceof OffsetsCommitted told ? told.offsets() : List.of();
        return response(asked, Refusal.ofCommit(answer.error()), committed);
    }

    private static OffsetCommitResponse response(OffsetsOfRequest asked, ErrorCode ofAll, List<CommittedPartition> committed) {
        return OffsetCommitResponse.builder().topics(asked.answers(ofAll, committed, OffsetCommitResponseTopic::new, OffsetCommitResponsePartition::new)).build();
    }
}
