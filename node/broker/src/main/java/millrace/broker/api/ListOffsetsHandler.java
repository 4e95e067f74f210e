package millrace.broker.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import millrace.broker.partition.Partition;
import millrace.broker.partition.Partitions;
import millrace.broker.partition.Partitions.Absent;
import millrace.broker.partition.Partitions.Following;
import millrace.broker.partition.Partitions.Leading;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ListOffsetsRequest;
import millrace.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import millrace.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import millrace.protocol.message.ListOffsetsResponse;
import millrace.protocol.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import millrace.protocol.message.ListOffsetsResponse.ListOffsetsTopicResponse;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.TimestampOffset;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// ListOffsets (API key 2): the offset at a time, or at one of the places that have a negative number for a name.
///
///     -1 latest             high watermark, or last stable offset for read_committed
///     -2 earliest           log start offset
///     -3 max timestamp      offset of the record with the largest timestamp (KIP-734)
///     -4 earliest local     log start offset, as nothing is remote (KIP-405)
///     -5 latest tiered      none, as nothing is remote (KIP-1005)
///     -6 earliest pending upload  none, as nothing is remote (KIP-1023)
///
/// "None" is offset -1 without an error. Each number is known from the version on that brought it.
public final class ListOffsetsHandler implements ApiHandler<ListOffsetsRequest, ListOffsetsResponse> {
    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    private static final long EARLIEST_LOCAL = -4;
    private static final long LATEST_TIERED = -5;
    private static final long EARLIEST_PENDING_UPLOAD = -6;
    private static final byte READ_COMMITTED = 1;
    private static final int CONSUMER = -1;
    private static final short FIRST_VERSION_WITH_LEADER_EPOCHS = 4;

    private final Partitions partitions;

    public ListOffsetsHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override public Answer<ListOffsetsResponse> handle(ListOffsetsRequest request, Caller caller) {
        List<ListOffsetsTopicResponse> topics = request.topics().stream().map(topic -> find(topic, request, caller.apiVersion())).toList();
        return Answer.now(ListOffsetsResponse.builder().topics(topics).build());
    }

    /// A partition that is asked for twice is answered once, with an error: which of the timestamps would be meant?
    private ListOffsetsTopicResponse find(ListOffsetsTopic topic, ListOffsetsRequest request, short version) {
        SequencedMap<Integer, ListOffsetsPartitionResponse> answers = new LinkedHashMap<>();
        for (ListOffsetsPartition wanted : topic.partitions()) {
            answers.merge(wanted.partitionIndex(), find(topic.name(), wanted, request, version), (_, _) -> refused(wanted, ErrorCode.INVALID_REQUEST));
        }
        return new ListOffsetsTopicResponse(topic.name(), List.copyOf(answers.sequencedValues()));
    }

    private ListOffsetsPartitionResponse find(String topic, ListOffsetsPartition wanted, ListOffsetsRequest request, short version) {
        if (wanted.timestamp() < 0 && version < firstVersionWith(wanted.timestamp())) return refused(wanted, ErrorCode.UNSUPPORTED_VERSION);
        ListOffsetsPartitionResponse answer = find(topic, wanted, request.isolationLevel() == READ_COMMITTED, request.replicaId() == CONSUMER);
        return version >= FIRST_VERSION_WITH_LEADER_EPOCHS ? answer : answer.toBuilder().leaderEpoch(-1).build();
    }

    private static int firstVersionWith(long specialTimestamp) {
        if (specialTimestamp == MAX_TIMESTAMP) return 7;
        if (specialTimestamp == EARLIEST_LOCAL) return 8;
        if (specialTimestamp == LATEST_TIERED) return 9;
        if (specialTimestamp == EARLIEST_PENDING_UPLOAD) return 11;
        return 0;
    }

    private ListOffsetsPartitionResponse find(String topic, ListOffsetsPartition wanted, boolean readCommitted, boolean consumer) {
        return switch (partitions.find(topic, wanted.partitionIndex())) {
            case Leading(Partition partition) -> {
                ErrorCode leading = partition.checkLeading(wanted.currentLeaderEpoch());
                yield leading == ErrorCode.NONE ? find(partition, wanted, readCommitted, consumer) : refused(wanted, leading);
            }
            case Following _            -> refused(wanted, ErrorCode.NOT_LEADER_OR_FOLLOWER);
            case Absent(ErrorCode error) -> refused(wanted, error);
        };
    }

    private static ListOffsetsPartitionResponse find(Partition partition, ListOffsetsPartition wanted, boolean readCommitted, boolean consumer) {
        long timestamp = wanted.timestamp();
        // A consumer must not learn of offsets that it may not read; a replica must learn of all.
        long end = !consumer ? partition.logEndOffset() : readCommitted ? partition.lastStableOffset() : partition.highWatermark();
        try {
            if (timestamp == LATEST) return found(wanted, end, partition.leaderEpoch());
            if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) return at(partition, wanted, partition.logStartOffset());
            if (timestamp == LATEST_TIERED || timestamp == EARLIEST_PENDING_UPLOAD) return none(wanted);
            if (timestamp == MAX_TIMESTAMP) return found(wanted, partition.maxTimestampOffset(), end);
            if (timestamp < 0) return refused(wanted, ErrorCode.UNSUPPORTED_VERSION);
            return found(wanted, partition.offsetForTimestamp(timestamp), end);
        } catch (LogDirFailure failure) {
            return refused(wanted, ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    private static ListOffsetsPartitionResponse at(Partition partition, ListOffsetsPartition wanted, long offset) {
        return found(wanted, offset, partition.log().epochAt(offset));
    }

    private static ListOffsetsPartitionResponse found(ListOffsetsPartition wanted, Optional<TimestampOffset> found, long end) {
        return found.filter(one -> one.offset() < end)
                .map(one -> ListOffsetsPartitionResponse.builder().partitionIndex(wanted.partitionIndex()).timestamp(one.timestampMs()).offset(one.offset()).leaderEpoch(one.leaderEpoch()).build())
                .orElseGet(() -> none(wanted));
    }

    private static ListOffsetsPartitionResponse found(ListOffsetsPartition wanted, long offset, int leaderEpoch) {
        return ListOffsetsPartitionResponse.builder().partitionIndex(wanted.partitionIndex()).offset(offset).leaderEpoch(leaderEpoch).build();
    }

    private static ListOffsetsPartitionResponse none(ListOffsetsPartition wanted) {
        return ListOffsetsPartitionResponse.builder().partitionIndex(wanted.partitionIndex()).build();
    }

    private static ListOffsetsPartitionResponse refused(ListOffsetsPartition wanted, ErrorCode error) {
        return ListOffsetsPartitionResponse.builder().partitionIndex(wanted.partitionIndex()).errorCode(error.code()).build();
    }
}
