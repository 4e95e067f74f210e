package millrace.coordination.api;

import java.util.ArrayList;
import java.util.List;

import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.Listed;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ListGroupsRequest;
import millrace.protocol.message.ListGroupsResponse;
import millrace.protocol.message.ListGroupsResponse.ListedGroup;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// ListGroups (API key 16), v0 to v5: the groups that this broker coordinates. While one of its coordinators is still reading its log the list
/// would look whole and not be, so it is refused.
public final class ListGroupsHandler implements ApiHandler<ListGroupsRequest, ListGroupsResponse> {
    private final GroupCoordinators coordinators;

    public ListGroupsHandler(GroupCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override public Answer<ListGroupsResponse> handle(ListGroupsRequest request, Caller caller) {
        var all = new AllOf<>(coordinators.list(request.statesFilter(), request.typesFilter()));
        return Answer.when(all, Long.MAX_VALUE, () -> response(all.values()));
    }

    private static ListGroupsResponse response(List<GroupAnswer> answers) {
        List<ListedGroup> groups = new ArrayList<>();
        for (GroupAnswer answer : answers) {
            if (answer instanceof Listed listed) {
                for (var each : listed.groups()) groups.add(new ListedGroup(each.groupId(), each.protocolType(), each.state(), each.type()));
            } else if (answer.error() != ErrorCode.NOT_COORDINATOR) {
                return ListGroupsResponse.builder().errorCode(Refusal.ofGroup(answer.error()).code()).build();
            }
        }
        return ListGroupsResponse.builder().groups(groups).build();
    }
}
