package millrace.broker.api;

import java.util.List;
import millrace.broker.partition.Partition;
import millrace.broker.partition.Partitions;
import millrace.broker.partition.Partitions.Absent;
import millrace.broker.partition.Partitions.Following;
import millrace.broker.partition.Partitions.Leading;
import millrace.common.OffsetAndEpoch;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.OffsetForLeaderEpochRequest;
import millrace.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import millrace.protocol.message.OffsetForLeaderEpochResponse;
import millrace.protocol.message.OffsetForLeaderEpochResponse.EpochEndOffset;
import millrace.protocol.message.OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// OffsetForLeaderEpoch (API key 23): where the records of a leader epoch end, so that a reader notices a log that was cut.
/// Source: KIP-101, KIP-279 (the largest epoch not above the one asked for), KIP-320.
public final class OffsetForLeaderEpochHandler implements ApiHandler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse> {
    private final Partitions partitions;

    public OffsetForLeaderEpochHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override public Answer<OffsetForLeaderEpochResponse> handle(OffsetForLeaderEpochRequest request, Caller caller) {
        List<OffsetForLeaderTopicResult> topics = request.topics().stream().map(topic -> new OffsetForLeaderTopicResult(topic.topic(),
                topic.partitions().stream().map(partition -> find(topic.topic(), partition)).toList())).toList();
        return Answer.now(OffsetForLeaderEpochResponse.builder().topics(topics).build());
    }

    private EpochEndOffset find(String topic, OffsetForLeaderPartition wanted) {
        return switch (partitions.find(topic, wanted.partition())) {
            case Leading(Partition partition) -> {
                ErrorCode leading = partition.checkLeading(wanted.currentLeaderEpoch());
                if (leading != ErrorCode.NONE) yield refused(wanted, leading);
                OffsetAndEpoch end = partition.epochEndOffset(wanted.leaderEpoch());
                yield new EpochEndOffset(ErrorCode.NONE.code(), wanted.partition(), end.epoch(), end.offset());
            }
            case Following _             -> refused(wanted, ErrorCode.NOT_LEADER_OR_FOLLOWER);
            case Absent(ErrorCode error) -> refused(wanted, error);
        };
    }

    private static EpochEndOffset refused(OffsetForLeaderPartition wanted, ErrorCode error) {
        return EpochEndOffset.builder().errorCode(error.code()).partition(wanted.partition()).build();
    }
}
