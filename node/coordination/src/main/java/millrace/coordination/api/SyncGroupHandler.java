package millrace.coordination.api;

import java.util.ArrayList;
import java.util.List;

import millrace.coordination.ClusterView;
import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.Synced;
import millrace.group.command.GroupCommand.Assignment;
import millrace.group.command.GroupCommand.Belated;
import millrace.group.command.GroupCommand.SyncGroup;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.SyncGroupRequest;
import millrace.protocol.message.SyncGroupResponse;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// SyncGroup (API key 14), v0 to v5: answered when the leader has assigned. From v5 a client has to say which protocol it believes in.
public final class SyncGroupHandler implements ApiHandler<SyncGroupRequest, SyncGroupResponse> {
    private static final short FIRST_WITH_PROTOCOL = 5;

    private final GroupCoordinators coordinators;
    private final ClusterView cluster;

    public SyncGroupHandler(GroupCoordinators coordinators, ClusterView cluster) {
        this.coordinators = coordinators;
        this.cluster = cluster;
    }

    @Override public Answer<SyncGroupResponse> handle(SyncGroupRequest request, Caller caller) {
        boolean saysProtocol = request.protocolType() != null && request.protocolName() != null;
        if (caller.apiVersion() >= FIRST_WITH_PROTOCOL && !saysProtocol) return Answer.now(response(Synced.refused(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)));
        boolean late = coordinators.isLate(request.groupId(), request.memberId(), caller);
        var answer = coordinators.ask(request.groupId(), token -> late ? new Belated(request.groupId(), command(token, request)) : command(token, request));
        return Answer.when(answer, Long.MAX_VALUE, () -> response(answer.get()));
    }

    private SyncGroup command(long token, SyncGroupRequest request) {
        List<Assignment> assignments = new ArrayList<>(request.assignments().size());
        for (var assignment : request.assignments()) assignments.add(new Assignment(assignment.memberId(), assignment.assignment()));
        return new SyncGroup(token, request.groupId(), request.memberId(), request.groupInstanceId(), request.generationId(), request.protocolType(),
                request.protocolName(), assignments, cluster.image());
    }

    private static SyncGroupResponse response(GroupAnswer answer) {
        Synced synced = answer instanceof Synced told ? told : Synced.refused(errorOf(answer));
        return SyncGroupResponse.builder().errorCode(synced.error().code()).protocolType(synced.protocolType()).protocolName(synced.protocolName())
                .assignment(synced.assignment()).build();
    }

    /// A coordinator that is reading its log has lost the round that this member is in. Clients know no such error here, and are to join again.
    private static ErrorCode errorOf(GroupAnswer failed) {
        return failed.error() == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.REBALANCE_IN_PROGRESS : Refusal.ofGroup(failed.error());
    }
}
