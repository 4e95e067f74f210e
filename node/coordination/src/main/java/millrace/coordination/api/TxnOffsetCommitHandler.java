package millrace.coordination.api;

import static millrace.transaction.ConnectionFence.Purpose.OFFSETS;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.coordination.ClusterView;
import millrace.coordination.GroupCoordinators;
import millrace.coordination.OffsetsTopic;
import millrace.coordination.TransactionCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.CommittedPartition;
import millrace.group.command.GroupAnswer.OffsetsCommitted;
import millrace.group.command.GroupCommand.CommitInTransaction;
import millrace.group.command.GroupCommand.CommitOffsets;
import millrace.group.command.GroupCommand.OffsetToCommit;
import millrace.metadata.TopicImage;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.TxnOffsetCommitRequest;
import millrace.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition;
import millrace.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic;
import millrace.protocol.message.TxnOffsetCommitResponse;
import millrace.protocol.message.TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition;
import millrace.protocol.message.TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// TxnOffsetCommit (API key 28), v0 to v6: offsets that are committed if the producer's transaction is.
///
/// Where the transaction has not reached the group's partition yet, its coordinator is asked first: up to v4 whether the producer has added it, from v5
/// on to add it. The guard that was drawn before keeps an answer that came too late from being acted upon.
///
///     v3  member of the group    v5  transaction version 2    v6  topic ids for names
public final class TxnOffsetCommitHandler implements ApiHandler<TxnOffsetCommitRequest, TxnOffsetCommitResponse> {
    private static final short FIRST_WITH_LOADING = 2;
    private static final short FIRST_WITH_ABORTABLE = 4;
    private static final short FIRST_WITH_IMPLICIT_ADD = 5;
    private static final short FIRST_WITH_TOPIC_IDS = 6;
    private static final long AS_LONG_AS_THE_BROKER_DOES = -1;

    private final GroupCoordinators groups;
    private final TransactionCoordinators transactions;
    private final ClusterView cluster;

    public TxnOffsetCommitHandler(GroupCoordinators groups, TransactionCoordinators transactions, ClusterView cluster) {
        this.groups = groups;
        this.transactions = transactions;
        this.cluster = cluster;
    }

    /// @param error `NONE` when it goes to the coordinator, whose answers come in the same order
    private record Checked(int partition, ErrorCode error) {}

    private record CheckedTopic(String name, Uuid topicId, List<Checked> partitions) {}

    @Override public Answer<TxnOffsetCommitResponse> handle(TxnOffsetCommitRequest request, Caller caller) {
        short version = caller.apiVersion();
        String late = version >= FIRST_WITH_IMPLICIT_ADD ? null : transactions.lateness(request.producerId(), request.producerEpoch(), OFFSETS, caller);
        if (late != null) return Answer.close(late);
        List<CheckedTopic> checked = new ArrayList<>(request.topics().size());
        List<OffsetToCommit> offsets = new ArrayList<>();
        for (TxnOffsetCommitRequestTopic topic : request.topics()) checked.add(check(topic, version, offsets));
        if (request.groupId().isEmpty()) return Answer.now(response(checked, ErrorCode.INVALID_GROUP_ID, List.of()));
        if (offsets.isEmpty()) return Answer.now(response(checked, ErrorCode.NONE, List.of()));
        Pending<GroupAnswer> answer = commit(request, version, offsets);
        return Answer.when(answer, Long.MAX_VALUE, () -> response(checked, told(answer.get().error(), version),
                answer.get() instanceof OffsetsCommitted committed ? committed.offsets() : List.of()));
    }

    private CheckedTopic check(TxnOffsetCommitRequestTopic topic, short version, List<OffsetToCommit> offsets) {
        boolean byId = version >= FIRST_WITH_TOPIC_IDS;
        TopicImage known = byId ? cluster.image().topics().byId(topic.topicId()) : cluster.image().topics().byName(topic.name());
        List<Checked> partitions = new ArrayList<>(topic.partitions().size());
        for (TxnOffsetCommitRequestPartition each : topic.partitions()) {
            ErrorCode error = known == null && byId ? ErrorCode.UNKNOWN_TOPIC_ID
                    : known == null || !known.partitions().containsKey(each.partitionIndex()) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE;
            partitions.add(new Checked(each.partitionIndex(), error));
            if (error == ErrorCode.NONE) offsets.add(new OffsetToCommit(known.name(), known.id(), each.partitionIndex(), each.committedOffset(),
                    each.committedLeaderEpoch(), each.committedMetadata()));
        }
        return new CheckedTopic(topic.name(), topic.topicId(), partitions);
    }

    private Pending<GroupAnswer> commit(TxnOffsetCommitRequest request, short version, List<OffsetToCommit> offsets) {
        boolean add = version >= FIRST_WITH_IMPLICIT_ADD;
        GroupCoordinators.Guard guard = groups.guardFor(request.groupId(), request.producerId(), request.producerEpoch(), add);
        if (guard.isOpen()) return commit(request, version, guard.ticket(), offsets);
        var partition = new TopicPartition(OffsetsTopic.NAME, groups.partitionOf(request.groupId()));
        var answer = new Pending<GroupAnswer>();
        transactions.reach(request.transactionalId(), request.producerId(), request.producerEpoch(), List.of(partition), add).whenDone(errors -> {
            ErrorCode error = ofTransaction(errors.getFirst(), add, version);
            if (error != ErrorCode.NONE) answer.complete(new GroupAnswer.Failed(error));
            else commit(request, version, guard.ticket(), offsets).whenDone(answer::complete);
        });
        return answer;
    }

    private Pending<GroupAnswer> commit(TxnOffsetCommitRequest request, short version, long guard, List<OffsetToCommit> offsets) {
        return groups.ask(request.groupId(), token -> new CommitInTransaction(request.producerId(), request.producerEpoch(), guard, new CommitOffsets(token, request.groupId(),
                request.memberId(), request.groupInstanceId(), request.generationIdOrMemberEpoch(), version >= FIRST_WITH_TOPIC_IDS, AS_LONG_AS_THE_BROKER_DOES, offsets)));
    }

    /// That the transaction's coordinator cannot be asked is, to the client, the group's coordinator not being available.
    private static ErrorCode ofTransaction(ErrorCode error, boolean add, short version) {
        return switch (error) {
            case NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS -> ErrorCode.COORDINATOR_NOT_AVAILABLE;
            case PRODUCER_FENCED         -> ErrorCode.INVALID_PRODUCER_EPOCH;
            case CONCURRENT_TRANSACTIONS -> add ? error : ErrorCode.COORDINATOR_NOT_AVAILABLE;
            case TRANSACTION_ABORTABLE   -> version >= FIRST_WITH_ABORTABLE ? error : ErrorCode.INVALID_TXN_STATE;
            default -> error;
        };
    }

    /// Clients of before 2.0 take a coordinator that loads for a mistake of their own.
    private static ErrorCode told(ErrorCode error, short version) {
        return error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS && version < FIRST_WITH_LOADING ? ErrorCode.COORDINATOR_NOT_AVAILABLE : Refusal.ofCommit(error);
    }

    private static TxnOffsetCommitResponse response(List<CheckedTopic> checked, ErrorCode ofAll, List<CommittedPartition> committed) {
        Iterator<CommittedPartition> next = committed.iterator();
        List<TxnOffsetCommitResponseTopic> topics = new ArrayList<>(checked.size());
        for (CheckedTopic topic : checked) {
            List<TxnOffsetCommitResponsePartition> partitions = new ArrayList<>(topic.partitions().size());
            for (Checked each : topic.partitions()) {
                ErrorCode error = each.error() != ErrorCode.NONE ? each.error() : ofAll != ErrorCode.NONE ? ofAll : next.next().error();
                partitions.add(new TxnOffsetCommitResponsePartition(each.partition(), error.code()));
            }
            topics.add(new TxnOffsetCommitResponseTopic(topic.name(), topic.topicId(), partitions));
        }
        return TxnOffsetCommitResponse.builder().topics(topics).build();
    }
}
