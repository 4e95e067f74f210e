package millrace.broker.api;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import millrace.broker.api.ProduceChecks.Owner;
import millrace.broker.metadata.BrokerMetadata;
import millrace.broker.partition.Partition;
import millrace.broker.partition.Partitions;
import millrace.broker.partition.Partitions.Absent;
import millrace.broker.partition.Partitions.Following;
import millrace.broker.partition.Partitions.Found;
import millrace.broker.partition.Partitions.Leading;
import millrace.broker.transaction.Reach;
import millrace.common.Uuid;
import millrace.coordination.TransactionCoordinators;
import millrace.metadata.Endpoint;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.ProduceRequest.PartitionProduceData;
import millrace.protocol.message.ProduceRequest.TopicProduceData;
import millrace.protocol.message.ProduceResponse;
import millrace.protocol.message.ProduceResponse.BatchIndexAndErrorMessage;
import millrace.protocol.message.ProduceResponse.LeaderIdAndEpoch;
import millrace.protocol.message.ProduceResponse.NodeEndpoint;
import millrace.protocol.message.ProduceResponse.PartitionProduceResponse;
import millrace.protocol.message.ProduceResponse.TopicProduceResponse;
import millrace.record.MemoryRecords;
import millrace.record.RecordBatch;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.LogDirFailure;
import millrace.transaction.ConnectionFence;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Condition;

/// Produce (API key 0): appends batches, and with acks=all answers once they are committed.
///
/// The records are written from the request's frame as they lie there; offsets are put into the frame in place. Only the first ones of a transaction
/// in a partition are copied, as they wait for its coordinator's word ([Reach]).
/// Topics come by name up to version 12 and by id from version 13. Source: KIP-98, KIP-467 (record errors), KIP-951 (leader hints).
public final class ProduceHandler implements ApiHandler<ProduceRequest, ProduceResponse> {
    private static final short ALL = -1;
    private static final short FIRST_VERSION_WITH_LEADER_HINTS = 10;
    private static final short FIRST_VERSION_WITH_OWN_EPOCHS = 12;
    private static final short FIRST_VERSION_WITH_TOPIC_IDS = 13;

    private final Partitions partitions;
    private final BrokerMetadata metadata;
    private final TransactionCoordinators transactions;

    public ProduceHandler(Partitions partitions, BrokerMetadata metadata, TransactionCoordinators transactions) {
        this.partitions = partitions;
        this.transactions = transactions;
        this.metadata = metadata;
    }

    /// One partition's part of the request: what has been appended, or why not.
    ///
    /// @param partition null when this broker does not know it
    /// @param reachedLog whether the log itself has accepted or refused
    private record Part(TopicProduceData topic, int index, Partition partition, AppendResult result, int leaderEpoch, boolean reachedLog) {
        static Part refused(TopicProduceData topic, int index, Partition partition, ErrorCode error) {
            return new Part(topic, index, partition, new AppendResult.Refused(error, null, List.of()), -1, false);
        }

        /// Asked for when all parts are appended: one round of syncs serves them.
        void sync() {
            if (result instanceof AppendResult.Appended) partition.sync();
        }

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
        Set<Owner> owners = ProduceChecks.owners(request);
        if (!owners.isEmpty() && request.transactionalId() == null) return answer(refuseAll(request, ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED), request, caller);
        if (request.acks() < ALL || request.acks() > 1) return answer(refuseAll(request, ErrorCode.INVALID_REQUIRED_ACKS), request, caller);
        if (owners.size() > 1) return answer(refuseAll(request, ErrorCode.INVALID_PRODUCER_ID_MAPPING), request, caller);
        boolean sharesEpochs = !owners.isEmpty() && caller.apiVersion() < FIRST_VERSION_WITH_OWN_EPOCHS;
        String late = sharesEpochs ? lateness(owners.iterator().next(), caller) : null;
        if (late != null) return Answer.close(late);
        var reach = new Reach(caller.apiVersion());
        Condition reached = owners.isEmpty() ? null : reach(request, owners.iterator().next(), reach, caller);
        if (reached == null) return append(request, reach, caller);
        ProduceRequest detached = ProduceChecks.detached(request);
        return Answer.beforeLater(reached, caller.receivedMs() + request.timeoutMs(), () -> append(detached, reach, caller));
    }

    private String lateness(Owner owner, Caller caller) {
        return transactions.lateness(owner.producerId(), owner.producerEpoch(), ConnectionFence.Purpose.RECORDS, caller);
    }

    /// @return null when no coordinator has to be asked whether the records may be written
    private Condition reach(ProduceRequest request, Owner owner, Reach reach, Caller caller) {
        for (TopicProduceData topic : request.topicData()) {
            for (PartitionProduceData data : topic.partitionData()) {
                RecordBatch batch = ProduceChecks.transactional(data.records());
                if (batch != null && find(topic, data, caller) instanceof Leading(Partition partition)) reach.add(partition, batch);
            }
        }
        return reach.ask(transactions, request.transactionalId(), owner.producerId(), owner.producerEpoch());
    }

    private Answer<ProduceResponse> append(ProduceRequest request, Reach reach, Caller caller) {
        List<Part> parts = new ArrayList<>();
        try {
            for (TopicProduceData topic : request.topicData()) {
                for (PartitionProduceData data : topic.partitionData()) parts.add(append(request, topic, data, reach, caller));
            }
        } finally {
            parts.forEach(Part::sync);
        }
        if (request.acks() != ALL) return answer(parts, request, caller);
        Condition committed = allCommitted(parts);
        if (committed == null || committed.holds()) return answer(parts, request, caller);
        return Answer.after(committed, caller.receivedMs() + request.timeoutMs(), () -> answer(parts, request, caller));
    }

    private Found find(TopicProduceData topic, PartitionProduceData data, Caller caller) {
        return caller.apiVersion() >= FIRST_VERSION_WITH_TOPIC_IDS ? partitions.find(topic.topicId(), data.index()) : partitions.find(topic.name(), data.index());
    }

    private Part append(ProduceRequest request, TopicProduceData topic, PartitionProduceData data, Reach reach, Caller caller) {
        return switch (find(topic, data, caller)) {
            case Leading(Partition partition)   -> append(partition, topic, data, request.acks() == ALL, reach, caller);
            case Following(Partition partition) -> Part.refused(topic, data.index(), partition, ErrorCode.NOT_LEADER_OR_FOLLOWER);
            case Absent(ErrorCode error)        -> Part.refused(topic, data.index(), null, error);
        };
    }

    private static Part append(Partition partition, TopicProduceData topic, PartitionProduceData data, boolean needsInSyncReplicas, Reach reach, Caller caller) {
        int leaderEpoch = partition.leaderEpoch();
        AppendResult problem = ProduceChecks.problemWith(partition.topicPartition().topic(), data.index(), data.records(), caller);
        if (problem == null) problem = reach.problemWith(partition.topicPartition());
        if (problem != null) return new Part(topic, data.index(), partition, problem, leaderEpoch, false);
        long guard = reach.guardOf(partition.topicPartition());
        return new Part(topic, data.index(), partition, append(partition, ((MemoryRecords) data.records()).bytes(), needsInSyncReplicas, guard), leaderEpoch, true);
    }

    private static AppendResult append(Partition partition, ByteBuffer batches, boolean needsInSyncReplicas, long guard) {
        try {
            return partition.appendUnsynced(batches, AppendOrigin.CLIENT, needsInSyncReplicas, guard);
        } catch (LogDirFailure failure) {
            return new AppendResult.Refused(ErrorCode.KAFKA_STORAGE_ERROR, failure.getMessage(), List.of());
        }
    }

    private static List<Part> refuseAll(ProduceRequest request, ErrorCode error) {
        List<Part> parts = new ArrayList<>();
        for (TopicProduceData topic : request.topicData()) {
            for (PartitionProduceData data : topic.partitionData()) parts.add(Part.refused(topic, data.index(), null, error));
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

    private Answer<ProduceResponse> answer(List<Part> parts, ProduceRequest request, Caller caller) {
        if (request.acks() == 0) return answerToNobody(parts);
        SequencedMap<TopicName, List<PartitionProduceResponse>> topics = new LinkedHashMap<>();
        for (Part part : parts) {
            topics.computeIfAbsent(new TopicName(part.topic().name(), part.topic().topicId()), _ -> new ArrayList<>())
                    .add(response(part, request.acks() == ALL, caller.apiVersion()));
        }
        List<TopicProduceResponse> responses = new ArrayList<>(topics.size());
        topics.forEach((topic, partitions) -> responses.add(new TopicProduceResponse(topic.name(), topic.id(), partitions)));
        return Answer.now(ProduceResponse.builder().responses(responses).nodeEndpoints(leaders(responses, caller.listenerName())).build());
    }

    /// Where the leaders are that partitions hint at, so that the client need not ask for metadata first (KIP-951).
    private List<NodeEndpoint> leaders(List<TopicProduceResponse> topics, String listener) {
        SequencedMap<Integer, NodeEndpoint> leaders = new LinkedHashMap<>();
        for (TopicProduceResponse topic : topics) {
            for (PartitionProduceResponse partition : topic.partitionResponses()) {
                int leader = partition.currentLeader().leaderId();
                Endpoint endpoint = leader < 0 ? null : metadata.aliveEndpoint(leader, listener);
                if (endpoint != null) leaders.put(leader, new NodeEndpoint(leader, endpoint.host(), endpoint.port(), metadata.rack(leader)));
            }
        }
        return List.copyOf(leaders.sequencedValues());
    }

    /// As the request has it: a name with no id, or from version 13 an id with no name. A topic has one entry in the response, also when it has
    /// several in the request.
    private record TopicName(String name, Uuid id) {}

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
                    .index(part.index()).errorCode(error.code()).baseOffset(-1).logStartOffset(logStartOffset(part, error)).errorMessage(message)
                    .recordErrors(records.stream().map(record -> new BatchIndexAndErrorMessage(record.batchIndex(), record.message())).toList())
                    .currentLeader(leaderHint(part, error, version)).build();
        };
    }

    /// Which refusals tell it is Kafka's rule; a producer that was refused learns from it whether its earlier records have been deleted.
    private static long logStartOffset(Part part, ErrorCode error) {
        if (!part.reachedLog()) return -1;
        return switch (error) {
            case NOT_LEADER_OR_FOLLOWER, MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, CORRUPT_MESSAGE, KAFKA_STORAGE_ERROR -> -1;
            default -> part.partition().logStartOffset();
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
        ErrorCode error = switch (part.partition().checkLeading(part.leaderEpoch())) {
            case NONE                -> ErrorCode.REQUEST_TIMED_OUT;
            case KAFKA_STORAGE_ERROR -> ErrorCode.KAFKA_STORAGE_ERROR;
            default                  -> ErrorCode.NOT_LEADER_OR_FOLLOWER;
        };
        return PartitionProduceResponse.builder().index(part.index()).errorCode(error.code()).baseOffset(-1).currentLeader(leaderHint(part, error, version)).build();
    }

    private static LeaderIdAndEpoch leaderHint(Part part, ErrorCode error, short version) {
        if (version < FIRST_VERSION_WITH_LEADER_HINTS || error != ErrorCode.NOT_LEADER_OR_FOLLOWER || part.partition() == null) return LeaderIdAndEpoch.builder().build();
        var registration = part.partition().registration();
        return new LeaderIdAndEpoch(registration.leader(), registration.leaderEpoch());
    }
}
