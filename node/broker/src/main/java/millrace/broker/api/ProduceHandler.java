package millrace.broker.api;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import millrace.broker.partition.Partition;
import millrace.broker.partition.Partitions;
import millrace.broker.partition.Partitions.Absent;
import millrace.broker.partition.Partitions.Following;
import millrace.broker.partition.Partitions.Found;
import millrace.broker.partition.Partitions.Leading;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.ProduceRequest.PartitionProduceData;
import millrace.protocol.message.ProduceRequest.TopicProduceData;
import millrace.protocol.message.ProduceResponse;
import millrace.protocol.message.ProduceResponse.BatchIndexAndErrorMessage;
import millrace.protocol.message.ProduceResponse.LeaderIdAndEpoch;
import millrace.protocol.message.ProduceResponse.PartitionProduceResponse;
import millrace.protocol.message.ProduceResponse.TopicProduceResponse;
import millrace.record.MemoryRecords;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.LogDirFailure;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Condition;

/// Produce (API key 0): appends batches, and with acks=all answers once they are committed.
///
/// The records are written from the request's frame as they lie there; offsets are put into the frame in place.
/// Topics come by name up to version 12 and by id from version 13. Source: KIP-98, KIP-467 (record errors), KIP-951 (leader hints).
public final class ProduceHandler implements ApiHandler<ProduceRequest, ProduceResponse> {
    private static final short ALL = -1;
    private static final short FIRST_VERSION_WITH_LEADER_HINTS = 10;
    private static final short FIRST_VERSION_WITH_TOPIC_IDS = 13;

    private final Partitions partitions;

    public ProduceHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    /// One partition's part of the request: what has been appended, or why not.
    private record Part(TopicProduceData topic, int index, Partition partition, AppendResult result, int leaderEpoch) {
        /// @return the offset that must be committed before this part is acknowledged, or -1 when there is nothing to wait for
        long awaitedOffset() {
            return switch (result) {
                case AppendResult.Appended appended   -> appended.lastOffset() + 1;
                case AppendResult.Duplicate duplicate -> duplicate.lastOffset() + 1;
                case AppendResult.Refused _           -> -1;
            };
        }
    }

    @Override public Answer<ProduceResponse> handle(ProduceRequest request, Caller caller) {
        if (request.acks() < ALL || request.acks() > 1) return answer(refuseAll(request, ErrorCode.INVALID_REQUIRED_ACKS), request, caller);
        List<Part> parts = new ArrayList<>();
        for (TopicProduceData topic : request.topicData()) {
            for (PartitionProduceData data : topic.partitionData()) parts.add(append(request, topic, data, caller));
        }
        if (request.acks() != ALL) return answer(parts, request, caller);
        Condition committed = allCommitted(parts);
        if (committed == null || committed.holds()) return answer(parts, request, caller);
        return Answer.after(committed, caller.receivedMs() + request.timeoutMs(), () -> answer(parts, request, caller));
    }

    private Part append(ProduceRequest request, TopicProduceData topic, PartitionProduceData data, Caller caller) {
        Found found = caller.apiVersion() >= FIRST_VERSION_WITH_TOPIC_IDS
                ? partitions.find(topic.topicId(), data.index()) : partitions.find(topic.name(), data.index());
        return switch (found) {
            case Leading(Partition partition) -> {
                int leaderEpoch = partition.leaderEpoch();
                yield new Part(topic, data.index(), partition, append(partition, data, request.acks() == ALL), leaderEpoch);
            }
            case Following(Partition partition) -> new Part(topic, data.index(), partition, refused(ErrorCode.NOT_LEADER_OR_FOLLOWER, null), -1);
            case Absent(ErrorCode error)        -> new Part(topic, data.index(), null, refused(error, null), -1);
        };
    }

    private static AppendResult append(Partition partition, PartitionProduceData data, boolean needsInSyncReplicas) {
        if (!(data.records() instanceof MemoryRecords(ByteBuffer batches)) || !batches.hasRemaining()) {
            return refused(ErrorCode.INVALID_RECORD, "Produce carries no record batch for " + partition.topicPartition());
        }
        try {
            return partition.append(batches, AppendOrigin.CLIENT, needsInSyncReplicas);
        } catch (LogDirFailure failure) {
            return refused(ErrorCode.KAFKA_STORAGE_ERROR, failure.getMessage());
        }
    }

    private static AppendResult refused(ErrorCode error, String message) {
        return new AppendResult.Refused(error, message, List.of());
    }

    private static List<Part> refuseAll(ProduceRequest request, ErrorCode error) {
        List<Part> parts = new ArrayList<>();
        for (TopicProduceData topic : request.topicData()) {
            for (PartitionProduceData data : topic.partitionData()) parts.add(new Part(topic, data.index(), null, refused(error, null), -1));
        }
        return parts;
    }

    /// @return null when no part waits for anything
    private static Condition allCommitted(List<Part> parts) {
        List<Condition> waits = new ArrayList<>(parts.size());
        for (Part part : parts) {
            if (part.awaitedOffset() >= 0) waits.add(part.partition().committedUpTo(part.awaitedOffset(), part.leaderEpoch()));
        }
        return waits.isEmpty() ? null : waits.size() == 1 ? waits.getFirst() : new AllOf(waits);
    }

    /// Holds once every one of the conditions has held; those that have held are not looked at again.
    private static final class AllOf implements Condition {
        private final List<Condition> conditions;
        private volatile int firstOpen;

        AllOf(List<Condition> conditions) {
            this.conditions = conditions;
        }

        @Override public boolean holds() {
            int next = firstOpen;
            while (next < conditions.size() && conditions.get(next).holds()) next++;
            firstOpen = next;
            return next == conditions.size();
        }

        @Override public void watch(Watcher watcher) {
            for (Condition condition : conditions) condition.watch(watcher);
        }

        @Override public void unwatch(Watcher watcher) {
            for (Condition condition : conditions) condition.unwatch(watcher);
        }
    }

    private static Answer<ProduceResponse> answer(List<Part> parts, ProduceRequest request, Caller caller) {
        if (request.acks() == 0) return answerToNobody(parts);
        List<TopicProduceResponse> topics = new ArrayList<>();
        List<PartitionProduceResponse> ofTopic = new ArrayList<>();
        TopicProduceData topic = null;
        for (Part part : parts) {
            if (topic != null && topic != part.topic()) {
                topics.add(new TopicProduceResponse(topic.name(), topic.topicId(), ofTopic));
                ofTopic = new ArrayList<>();
            }
            topic = part.topic();
            ofTopic.add(response(part, request.acks() == ALL, caller.apiVersion()));
        }
        if (topic != null) topics.add(new TopicProduceResponse(topic.name(), topic.topicId(), ofTopic));
        return Answer.now(ProduceResponse.builder().responses(topics).build());
    }

    /// acks=0 has no response; a client whose records were refused learns of it by the closed connection, as with Kafka.
    private static Answer<ProduceResponse> answerToNobody(List<Part> parts) {
        for (Part part : parts) {
            if (part.result() instanceof AppendResult.Refused(var error, var message, _)) {
                return Answer.close("acks=0 produce to " + part.topic().name() + "-" + part.index() + " was refused: " + error + (message == null ? "" : ", " + message));
            }
        }
        return Answer.nothing();
    }

    private static PartitionProduceResponse response(Part part, boolean committedFirst, short version) {
        return switch (part.result()) {
            case AppendResult.Appended appended -> committedFirst && !isCommitted(part) ? notCommitted(part, version)
                    : acknowledged(part, appended.firstOffset(), appended.logAppendTimeMs(), appended.logStartOffset());
            case AppendResult.Duplicate duplicate -> committedFirst && !isCommitted(part) ? notCommitted(part, version)
                    : acknowledged(part, duplicate.firstOffset(), duplicate.timestamp(), duplicate.logStartOffset());
            case AppendResult.Refused(ErrorCode error, String message, List<AppendResult.RecordError> records) -> PartitionProduceResponse.builder()
                    .index(part.index()).errorCode(error.code()).baseOffset(-1).errorMessage(message)
                    .recordErrors(records.stream().map(record -> new BatchIndexAndErrorMessage(record.batchIndex(), record.message())).toList())
                    .currentLeader(leaderHint(part, error, version)).build();
        };
    }

    private static boolean isCommitted(Part part) {
        return part.partition().highWatermark() >= part.awaitedOffset();
    }

    private static PartitionProduceResponse acknowledged(Part part, long baseOffset, long logAppendTimeMs, long logStartOffset) {
        return PartitionProduceResponse.builder().index(part.index()).baseOffset(baseOffset).logAppendTimeMs(logAppendTimeMs).logStartOffset(logStartOffset).build();
    }

    /// Appended but not committed in time, or by a leader that leads no more: it may or may not survive, and the error says so.
    private static PartitionProduceResponse notCommitted(Part part, short version) {
        ErrorCode error = part.partition().checkLeading(part.leaderEpoch()) == ErrorCode.NONE ? ErrorCode.REQUEST_TIMED_OUT : ErrorCode.NOT_LEADER_OR_FOLLOWER;
        return PartitionProduceResponse.builder().index(part.index()).errorCode(error.code()).baseOffset(-1).currentLeader(leaderHint(part, error, version)).build();
    }

    private static LeaderIdAndEpoch leaderHint(Part part, ErrorCode error, short version) {
        if (version < FIRST_VERSION_WITH_LEADER_HINTS || error != ErrorCode.NOT_LEADER_OR_FOLLOWER || part.partition() == null) return LeaderIdAndEpoch.builder().build();
        var registration = part.partition().registration();
        return new LeaderIdAndEpoch(registration.leader(), registration.leaderEpoch());
    }
}
