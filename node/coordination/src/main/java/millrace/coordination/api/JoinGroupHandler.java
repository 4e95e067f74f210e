package millrace.coordination.api;

import java.util.ArrayList;
import java.util.List;

import millrace.coordination.ClusterView;
import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.Joined;
import millrace.group.command.GroupAnswer.JoinedMember;
import millrace.group.command.GroupCommand.Belated;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.Protocol;
import millrace.protocol.message.JoinGroupRequest;
import millrace.protocol.message.JoinGroupResponse;
import millrace.protocol.message.JoinGroupResponse.JoinGroupResponseMember;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// JoinGroup (API key 11), v0 to v9: answered when the next generation begins.
///
///     v1  rebalance time-out    v4  a member id is required    v5  group instance id    v7  protocol type, null protocol name
///     v8  reason                v9  skip assignment
public final class JoinGroupHandler implements ApiHandler<JoinGroupRequest, JoinGroupResponse> {
    private static final short FIRST_WITH_REBALANCE_TIMEOUT = 1;
    private static final short FIRST_WITH_MEMBER_ID_REQUIRED = 4;
    private static final short FIRST_WITH_NULL_PROTOCOL_NAME = 7;
    private static final short FIRST_WITH_SKIP_ASSIGNMENT = 9;

    private final GroupCoordinators coordinators;
    private final ClusterView cluster;

    public JoinGroupHandler(GroupCoordinators coordinators, ClusterView cluster) {
        this.coordinators = coordinators;
        this.cluster = cluster;
    }

    @Override public Answer<JoinGroupResponse> handle(JoinGroupRequest request, Caller caller) {
        short version = caller.apiVersion();
        String memberId = request.memberId();
        boolean late = coordinators.isLate(request.groupId(), memberId, caller);
        var answer = coordinators.ask(request.groupId(), token -> late ? new Belated(request.groupId(), command(token, request, caller)) : command(token, request, caller));
        return Answer.when(answer, Long.MAX_VALUE, () -> response(answer.get(), memberId, version));
    }

    private JoinGroup command(long token, JoinGroupRequest request, Caller caller) {
        short version = caller.apiVersion();
        List<Protocol> protocols = new ArrayList<>(request.protocols().size());
        for (var protocol : request.protocols()) protocols.add(new Protocol(protocol.name(), protocol.metadata()));
        int rebalanceTimeoutMs = version >= FIRST_WITH_REBALANCE_TIMEOUT ? request.rebalanceTimeoutMs() : request.sessionTimeoutMs();
        return new JoinGroup(token, request.groupId(), request.memberId(), request.groupInstanceId(), caller.clientId(), "/" + caller.clientAddress(),
                request.sessionTimeoutMs(), rebalanceTimeoutMs, request.protocolType(), protocols, version >= FIRST_WITH_MEMBER_ID_REQUIRED,
                version >= FIRST_WITH_SKIP_ASSIGNMENT, request.reason(), coordinators.randomId(),
                cluster.consumerTimes(request.groupId()), cluster.image());
    }

    private static JoinGroupResponse response(GroupAnswer answer, String memberId, short version) {
        Joined joined = answer instanceof Joined told ? told : Joined.refused(Refusal.ofGroup(answer.error()), memberId);
        String protocolName = joined.protocolName() == null && version < FIRST_WITH_NULL_PROTOCOL_NAME ? "" : joined.protocolName();
        List<JoinGroupResponseMember> members = new ArrayList<>(joined.members().size());
        for (JoinedMember member : joined.members()) members.add(new JoinGroupResponseMember(member.memberId(), member.groupInstanceId(), member.metadata()));
        return JoinGroupResponse.builder().errorCode(joined.error().code()).generationId(joined.generationId()).protocolType(joined.protocolType())
                .protocolName(protocolName).leader(joined.leader()).skipAssignment(joined.skipAssignment()).memberId(joined.memberId()).members(members).build();
    }
}
