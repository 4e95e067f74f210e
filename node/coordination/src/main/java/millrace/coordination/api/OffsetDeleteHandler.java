package millrace.coordination.api;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import millrace.common.Uuid;
import millrace.coordination.ClusterView;
import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.CommittedPartition;
import millrace.group.command.GroupAnswer.OffsetsDeleted;
import millrace.group.command.GroupCommand.DeleteOffsets;
import millrace.group.command.GroupCommand.TopicPartitions;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.OffsetDeleteRequest;
import millrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import millrace.protocol.message.OffsetDeleteResponse;
import millrace.protocol.message.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import millrace.protocol.message.OffsetDeleteResponse.OffsetDeleteResponseTopic;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// OffsetDelete (API key 47), v0: forgets committed offsets of topics that the group does not read. Source: KIP-496.
public final class OffsetDeleteHandler implements ApiHandler<OffsetDeleteRequest, OffsetDeleteResponse> {
    private final GroupCoordinators coordinators;
    private final ClusterView cluster;

    public OffsetDeleteHandler(GroupCoordinators coordinators, ClusterView cluster) {
        this.coordinators = coordinators;
        this.cluster = cluster;
    }

    /// @param exists whether it goes to the coordinator, whose answers come in the same order
    private record Checked(int partition, boolean exists) {}

    private record CheckedTopic(String name, List<Checked> partitions) {
        TopicPartitions existing() {
            return new TopicPartitions(name, Uuid.ZERO, partitions.stream().filter(Checked::exists).map(Checked::partition).toList());
        }
    }

    @Override public Answer<OffsetDeleteResponse> handle(OffsetDeleteRequest request, Caller caller) {
        List<CheckedTopic> checked = request.topics().stream().map(this::check).toList();
        List<TopicPartitions> existing = checked.stream().map(CheckedTopic::existing).toList();
        var answer = coordinators.ask(request.groupId(), token -> new DeleteOffsets(token, request.groupId(), existing));
        return Answer.when(answer, Long.MAX_VALUE, () -> response(checked, answer.get()));
    }

    private CheckedTopic check(OffsetDeleteRequestTopic topic) {
        List<Checked> partitions = new ArrayList<>(topic.partitions().size());
        for (var each : topic.partitions())
            partitions.add(new Checked(each.partitionIndex(), cluster.image().topics().partition(topic.name(), each.partitionIndex()) != null));
        return new CheckedTopic(topic.name(), partitions);
    }

    private static OffsetDeleteResponse response(List<CheckedTopic> checked, GroupAnswer answer) {
        ErrorCode error = Refusal.ofGroup(answer.error());
        if (error != ErrorCode.NONE || !(answer instanceof OffsetsDeleted deleted)) return OffsetDeleteResponse.builder().errorCode(error.code()).build();
        Iterator<CommittedPartition> next = deleted.offsets().iterator();
        List<OffsetDeleteResponseTopic> topics = new ArrayList<>(checked.size());
        for (CheckedTopic topic : checked) {
            List<OffsetDeleteResponsePartition> partitions = new ArrayList<>(topic.partitions().size());
            for (Checked each : topic.partitions()) {
                ErrorCode told = each.exists() ? next.next().error() : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
                partitions.add(new OffsetDeleteResponsePartition(each.partition(), told.code()));
            }
            topics.add(new OffsetDeleteResponseTopic(topic.name(), partitions));
        }
        return OffsetDeleteResponse.builder().topics(topics).build();
    }
}
