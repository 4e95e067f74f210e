package millrace.coordination.api;

import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupCommand.Heartbeat;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.HeartbeatRequest;
import millrace.protocol.message.HeartbeatResponse;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// Heartbeat (API key 12), v0 to v4. While the coordinator reads its log a heartbeat is good: the member's session begins when it is
/// done, and a member that is told of an error now would only ask again.
public final class HeartbeatHandler implements ApiHandler<HeartbeatRequest, HeartbeatResponse> {
    private final GroupCoordinators coordinators;

    public HeartbeatHandler(GroupCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override public Answer<HeartbeatResponse> handle(HeartbeatRequest request, Caller caller) {
        var answer = coordinators.ask(request.groupId(), token -> new Heartbeat(token, request.groupId(), request.memberId(), request.groupInstanceId(), request.generationId()));
        return Answer.when(answer, Long.MAX_VALUE, () -> response(answer.get().error()));
    }

    private static HeartbeatResponse response(ErrorCode error) {
        ErrorCode told = error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : Refusal.ofGroup(error);
        return HeartbeatResponse.builder().errorCode(told.code()).build();
    }
}
