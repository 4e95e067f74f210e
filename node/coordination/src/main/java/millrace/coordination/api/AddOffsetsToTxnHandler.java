package millrace.coordination.api;

import static millrace.transaction.ConnectionFence.Purpose.COORDINATION;

import java.util.List;

import millrace.common.TopicPartition;
import millrace.coordination.GroupCoordinators;
import millrace.coordination.OffsetsTopic;
import millrace.coordination.TransactionCoordinators;
import millrace.protocol.message.AddOffsetsToTxnRequest;
import millrace.protocol.message.AddOffsetsToTxnResponse;
import millrace.transaction.TransactionCommand.AddPartitions;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// AddOffsetsToTxn (API key 25), v0 to v4: the group's partition of `__consumer_offsets` is about to be written to. Clients of transaction version
/// 2 do not send it. Source: KIP-98.
public final class AddOffsetsToTxnHandler implements ApiHandler<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse> {
    private static final int FIRST_WITH_FENCED = 2;

    private final TransactionCoordinators coordinators;
    private final GroupCoordinators groups;

    public AddOffsetsToTxnHandler(TransactionCoordinators coordinators, GroupCoordinators groups) {
        this.coordinators = coordinators;
        this.groups = groups;
    }

    @Override public Answer<AddOffsetsToTxnResponse> handle(AddOffsetsToTxnRequest request, Caller caller) {
        String late = coordinators.lateness(request.producerId(), request.producerEpoch(), COORDINATION, caller);
        if (late != null) return Answer.close(late);
        var offsets = new TopicPartition(OffsetsTopic.NAME, groups.partitionOf(request.groupId()));
        var answer = coordinators.ask(request.transactionalId(), token -> new AddPartitions(token, request.transactionalId(), request.producerId(), request.producerEpoch(),
                List.of(offsets), (short) 0));
        return Answer.when(answer, Long.MAX_VALUE, () -> AddOffsetsToTxnResponse.builder()
                .errorCode(EpochError.told(answer.get().error(), caller.apiVersion(), FIRST_WITH_FENCED).code()).build());
    }
}
