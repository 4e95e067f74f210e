package millrace.coordination.api;

import static millrace.transaction.ConnectionFence.Purpose.OFFSETS;

import java.util.List;
import millrace.common.TopicPartition;
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

    @Override public Answer<TxnOffsetCommitResponse> handle(TxnOffsetCommitRequest request, Caller caller) {
        short version = caller.apiVersion();
        String late = version >= FIRST_WITH_IMPLICIT_ADD ? null : transactions.lateness(request.producerId(), request.producerEpoch(), OFFSETS, caller);
        if (late != null) return Answer.close(late);
        OffsetsOfRequest asked = asked(request, version);
        if (request.groupId().isEmpty()) return Answer.now(response(asked, ErrorCode.INVALID_GROUP_ID, List.of()));
        if (asked.offsets().isEmpty()) return Answer.now(response(asked, ErrorCode.NONE, List.of()));
        Pending<GroupAnswer> answer = commit(request, version, asked.offsets());
        return Answer.when(answer, Long.MAX_VALUE, () -> response(asked, told(answer.get().error(), version),
                answer.get() instanceof OffsetsCommitted committed ? committed.offsets() : List.of()));
    }

    private OffsetsOfRequest asked(TxnOffsetCommitRequest request, short version) {
        var asked = new OffsetsOfRequest(cluster.image().topics(), version >= FIRST_WITH_TOPIC_IDS);
        for (TxnOffsetCommitRequestTopic topic : request.topics()) {
            OffsetsOfRequest.Topic of = asked.topic(topic.name(), topic.topicId());
            for (TxnOffsetCommitRequestPartition each : topic.partitions()) of.commit(each.partitionIndex(), each.committedOffset(), each.committedLeaderEpoch(), each.committedMetadata());
        }
        return asked;
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

    private static TxnOffsetCommitResponse response(OffsetsOfRequest asked, ErrorCode ofAll, List<CommittedPartition> committed) {
        return TxnOffsetCommitResponse.builder().topics(asked.answers(ofAll, committed, TxnOffsetCommitResponseTopic::new, TxnOffsetCommitResponsePartition::new)).build();
    }
}
