package millrace.coordination.api;

import java.util.ArrayList;
import java.util.List;

import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.Described;
import millrace.group.command.GroupCommand;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.DescribeGroupsRequest;
import millrace.protocol.message.DescribeGroupsResponse;
import millrace.protocol.message.DescribeGroupsResponse.DescribedGroup;
import millrace.protocol.message.DescribeGroupsResponse.DescribedGroupMember;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// DescribeGroups (API key 15), v0 to v6. Before v6 a group that is not there is not an error but in the state `Dead`.
public final class DescribeGroupsHandler implements ApiHandler<DescribeGroupsRequest, DescribeGroupsResponse> {
    private static final short FIRST_WITH_NOT_FOUND = 6;

    private final GroupCoordinators coordinators;

    public DescribeGroupsHandler(GroupCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override public Answer<DescribeGroupsResponse> handle(DescribeGroupsRequest request, Caller caller) {
        List<Pending<GroupAnswer>> answers = new ArrayList<>(request.groups().size());
        for (String groupId : request.groups()) answers.add(coordinators.ask(groupId, token -> new GroupCommand.DescribeGroup(token, groupId)));
        var all = new AllOf<>(answers);
        return Answer.when(all, Long.MAX_VALUE, () -> response(request, all.values(), caller.apiVersion()));
    }

    private static DescribeGroupsResponse response(DescribeGroupsRequest request, List<GroupAnswer> answers, short version) {
        List<DescribedGroup> groups = new ArrayList<>(answers.size());
        for (int i = 0; i < answers.size(); i++) groups.add(group(request.groups().get(i), answers.get(i), request.includeAuthorizedOperations(), version));
        return DescribeGroupsResponse.builder().groups(groups).build();
    }

    private static DescribedGroup group(String groupId, GroupAnswer answer, boolean withOperations, short version) {
        if (!(answer instanceof Described described)) return DescribedGroup.builder().groupId(groupId).errorCode(Refusal.ofGroup(answer.error()).code()).build();
        boolean notFound = described.error() == ErrorCode.GROUP_ID_NOT_FOUND && version >= FIRST_WITH_NOT_FOUND;
        List<DescribedGroupMember> members = new ArrayList<>(described.members().size());
        for (var each : described.members())
            members.add(new DescribedGroupMember(each.memberId(), each.groupInstanceId(), each.clientId(), each.clientHost(), each.metadata(), each.assignment()));
        return DescribedGroup.builder().groupId(groupId).groupState(described.state()).protocolType(described.protocolType())
                .protocolData(described.protocolName()).members(members)
                .errorCode(notFound ? ErrorCode.GROUP_ID_NOT_FOUND.code() : ErrorCode.NONE.code())
                .errorMessage(notFound ? "There is no classic group " + groupId + "." : null)
                .authorizedOperations(withOperations && !notFound ? GroupOperations.ALL : GroupOperations.NOT_ASKED_FOR).build();
    }
}
