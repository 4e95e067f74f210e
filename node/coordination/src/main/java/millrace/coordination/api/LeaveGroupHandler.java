package millrace.coordination.api;

import java.util.ArrayList;
import java.util.List;

import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.Left;
import millrace.group.command.GroupAnswer.LeftMember;
import millrace.group.command.GroupCommand.LeaveGroup;
import millrace.group.command.GroupCommand.Leaving;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.LeaveGroupRequest;
import millrace.protocol.message.LeaveGroupResponse;
import millrace.protocol.message.LeaveGroupResponse.MemberResponse;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// LeaveGroup (API key 13), v0 to v5. Before v3 one member leaves, and its error is the response's; from v3 several may, each with its own.
public final class LeaveGroupHandler implements ApiHandler<LeaveGroupRequest, LeaveGroupResponse> {
    private static final short FIRST_WITH_MEMBERS = 3;

    private final GroupCoordinators coordinators;

    public LeaveGroupHandler(GroupCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override public Answer<LeaveGroupResponse> handle(LeaveGroupRequest request, Caller caller) {
        short version = caller.apiVersion();
        var answer = coordinators.ask(request.groupId(), token -> new LeaveGroup(token, request.groupId(), members(request, version)));
        return Answer.when(answer, Long.MAX_VALUE, () -> response(answer.get(), version));
    }

    private static List<Leaving> members(LeaveGroupRequest request, short version) {
        if (version < FIRST_WITH_MEMBERS) return List.of(new Leaving(request.memberId(), null, null));
        List<Leaving> members = new ArrayList<>(request.members().size());
        for (var member : request.members()) members.add(new Leaving(member.memberId(), member.groupInstanceId(), member.reason()));
        return members;
    }

    private static LeaveGroupResponse response(GroupAnswer answer, short version) {
        List<LeftMember> left = answer instanceof Left told ? told.members() : List.of();
        ErrorCode error = Refusal.ofGroup(answer.error());
        if (version < FIRST_WITH_MEMBERS) {
            ErrorCode only = error == ErrorCode.NONE && !left.isEmpty() ? left.getFirst().error() : error;
            return LeaveGroupResponse.builder().errorCode(only.code()).build();
        }
        List<MemberResponse> members = new ArrayList<>(left.size());
        for (LeftMember member : left) members.add(new MemberResponse(member.memberId(), member.groupInstanceId(), member.error().code()));
        return LeaveGroupResponse.builder().errorCode(error.code()).members(members).build();
    }
}
