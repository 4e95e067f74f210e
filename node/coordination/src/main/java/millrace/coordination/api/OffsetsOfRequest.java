package millrace.coordination.api;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import millrace.common.Uuid;
import millrace.group.command.GroupAnswer.CommittedPartition;
import millrace.group.command.GroupCommand.OffsetToCommit;
import millrace.metadata.TopicImage;
import millrace.metadata.TopicsImage;
import millrace.protocol.ErrorCode;

/// The offsets that a client wants to commit, inside a transaction or not. Those of partitions that do not exist are refused here, the others go to the
/// coordinator, and what it says of them is told in the request's order.
///
/// For one thread, and one request.
final class OffsetsOfRequest {
    private final TopicsImage topics;
    private final boolean byId;
    private final List<Topic> asked = new ArrayList<>();
    private final List<OffsetToCommit> offsets = new ArrayList<>();

    /// @param byId whether topics are named by their ids
    OffsetsOfRequest(TopicsImage topics, boolean byId) {
        this.topics = topics;
        this.byId = byId;
    }

    /// @param error `NONE` when it goes to the coordinator
    private record Asked(int partition, ErrorCode error) {}

    /// A topic of the request, as the client named it.
    final class Topic {
        final String name;
        final Uuid id;
        private final TopicImage known;
        private final List<Asked> partitions = new ArrayList<>();

        private Topic(String name, Uuid id) {
            this.name = name;
            this.id = id;
            this.known = byId ? topics.byId(id) : topics.byName(name);
        }

        void commit(int partition, long offset, int leaderEpoch, String metadata) {
            ErrorCode error = known == null && byId ? ErrorCode.UNKNOWN_TOPIC_ID
                    : known == null || !known.partitions().containsKey(partition) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE;
            partitions.add(new Asked(partition, error));
            if (error == ErrorCode.NONE) offsets.add(new OffsetToCommit(known.name(), known.id(), partition, offset, leaderEpoch, metadata));
        }
    }

    Topic topic(String name, Uuid id) {
        var topic = new Topic(name, id);
        asked.add(topic);
        return topic;
    }

    /// For the coordinator, in the request's order.
    List<OffsetToCommit> offsets() {
        return offsets;
    }

    /// What a client is told of a partition, and of a topic.
    interface PartitionAnswer<P> {
        P of(int partition, short errorCode);
    }

    interface TopicAnswer<T, P> {
        T of(String name, Uuid id, List<P> partitions);
    }

    /// @param ofAll     of every offset that went to the coordinator; `NONE` when it has told of each
    /// @param committed what it has told, in the order of [#offsets]
    <T, P> List<T> answers(ErrorCode ofAll, List<CommittedPartition> committed, TopicAnswer<T, P> ofTopic, PartitionAnswer<P> ofPartition) {
        Iterator<CommittedPartition> next = committed.iterator();
        List<T> answers = new ArrayList<>(asked.size());
        for (Topic topic : asked) {
            List<P> partitions = new ArrayList<>(topic.partitions.size());
            for (Asked each : topic.partitions) {
                ErrorCode error = each.error != ErrorCode.NONE ? each.error : ofAll != ErrorCode.NONE ? ofAll : next.next().error();
                partitions.add(ofPartition.of(each.partition, error.code()));
            }
            answers.add(ofTopic.of(topic.name, topic.id, partitions));
        }
        return answers;
    }
}
