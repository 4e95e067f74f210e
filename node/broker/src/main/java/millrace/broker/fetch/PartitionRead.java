package millrace.broker.fetch;

import java.util.ArrayList;
import java.util.List;
import millrace.broker.partition.Partition;
import millrace.common.OffsetAndEpoch;
import millrace.ports.FileRecords;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.FetchResponse.AbortedTransaction;
import millrace.protocol.message.FetchResponse.EpochEndOffset;
import millrace.protocol.message.FetchResponse.FetchableTopicResponse;
import millrace.protocol.message.FetchResponse.LeaderIdAndEpoch;
import millrace.protocol.message.FetchResponse.PartitionData;
import millrace.record.MemoryRecords;
import millrace.record.Records;
import millrace.storage.log.ReadResult;

/// What one look at one partition has given.
///
/// @param aborted null for read_uncommitted, as on the wire
record PartitionRead(WantedPartition wanted, ErrorCode error, long highWatermark, long lastStableOffset, long logStartOffset, Records records,
                     List<AbortedTransaction> aborted, EpochEndOffset diverging, LeaderIdAndEpoch leader) {
    private static final long UNKNOWN = -1;
    private static final EpochEndOffset NO_DIVERGENCE = EpochEndOffset.builder().build();
    private static final LeaderIdAndEpoch NO_LEADER_HINT = LeaderIdAndEpoch.builder().build();

    static PartitionRead of(WantedPartition wanted, boolean readCommitted, Partition partition, long highWatermark, long lastStableOffset, ReadResult.Read read) {
        List<AbortedTransaction> aborted = !readCommitted ? null : read.abortedTransactions().stream()
                .map(transaction -> new AbortedTransaction(transaction.producerId(), transaction.firstOffset())).toList();
        return new PartitionRead(wanted, ErrorCode.NONE, highWatermark, lastStableOffset, partition.logStartOffset(), read.records(), aborted, NO_DIVERGENCE, NO_LEADER_HINT);
    }

    static PartitionRead diverging(WantedPartition wanted, boolean readCommitted, Partition partition, long highWatermark, long lastStableOffset, OffsetAndEpoch end) {
        return new PartitionRead(wanted, ErrorCode.NONE, highWatermark, lastStableOffset, partition.logStartOffset(), MemoryRecords.EMPTY,
                readCommitted ? List.of() : null, new EpochEndOffset(end.epoch(), end.offset()), NO_LEADER_HINT);
    }

    /// Of a partition that is not here the list of aborted transactions is empty whatever was asked for, as with Kafka.
    static PartitionRead absent(WantedPartition wanted, ErrorCode error) {
        return refused(wanted, true, null, error);
    }

    /// @param partition for a hint at the leader, null when this broker does not know the partition
    static PartitionRead refused(WantedPartition wanted, boolean readCommitted, Partition partition, ErrorCode error) {
        boolean hint = partition != null && (error == ErrorCode.NOT_LEADER_OR_FOLLOWER || error == ErrorCode.FENCED_LEADER_EPOCH);
        LeaderIdAndEpoch leader = hint ? new LeaderIdAndEpoch(partition.registration().leader(), partition.registration().leaderEpoch()) : NO_LEADER_HINT;
        return new PartitionRead(wanted, error, UNKNOWN, UNKNOWN, UNKNOWN, MemoryRecords.EMPTY, readCommitted ? List.of() : null, NO_DIVERGENCE, leader);
    }

    int bytes() {
        return records.sizeInBytes();
    }

    boolean isUrgent() {
        return error != ErrorCode.NONE || diverging != NO_DIVERGENCE;
    }

    /// Gives back the hold on the segment file of a read that is not sent.
    void release() {
        if (records instanceof FileRecords region) region.release();
    }

    /// @return whether an incremental response must carry this; the client is taken to have been told
    boolean isNews() {
        boolean news = wanted.tell(highWatermark, logStartOffset);
        if (isUrgent()) wanted.forgetWhatWasTold();
        return news || isUrgent() || bytes() > 0;
    }

    private PartitionData toData() {
        return PartitionData.builder().partitionIndex(wanted.key().partition()).errorCode(error.code()).highWatermark(highWatermark)
                .lastStableOffset(lastStableOffset).logStartOffset(logStartOffset).divergingEpoch(diverging).currentLeader(leader)
                .abortedTransactions(aborted).records(records).build();
    }

    /// Neighbours of one topic become one entry.
    static List<FetchableTopicResponse> byTopic(List<PartitionRead> reads) {
        List<FetchableTopicResponse> topics = new ArrayList<>();
        List<PartitionData> ofTopic = new ArrayList<>();
        WantedPartition.Key topic = null;
        for (PartitionRead read : reads) {
            WantedPartition.Key key = read.wanted().key();
            if (topic != null && !(topic.topic().equals(key.topic()) && topic.topicId().equals(key.topicId()))) {
                topics.add(new FetchableTopicResponse(topic.topic(), topic.topicId(), ofTopic));
                ofTopic = new ArrayList<>();
            }
            topic = key;
            ofTopic.add(read.toData());
        }
        if (topic != null) topics.add(new FetchableTopicResponse(topic.topic(), topic.topicId(), ofTopic));
        return topics;
    }
}
