package millrace.coordination.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.DeleteGroupsRequest;
import millrace.protocol.message.DeleteGroupsResponse;
import millrace.protocol.message.DeleteGroupsResponse.DeletableGroupResult;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// DeleteGroups (API key 42), v0 to v3: groups without members go, with their offsets. A group named twice is deleted once.
public final class DeleteGroupsHandler implements ApiHandler<DeleteGroupsRequest, DeleteGroupsResponse> {
    private final GroupCoordinators coordinators;

    public DeleteGroupsHandler(GroupCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override public Answer<DeleteGroupsResponse> handle(DeleteGroupsRequest request, Caller caller) {
        Map<String, Pending<GroupAnswer>> answers = new LinkedHashMap<>();
        for (String groupId : request.groupsNames())
            answers.computeIfAbsent(groupId, _ -> coordinators.ask(groupId, token -> new GroupCommand.DeleteGroup(token, groupId)));
        var all = new AllOf<>(List.copyOf(answers.values()));
        return Answer.when(all, Long.MAX_VALUE, () -> response(answers));
    }

    private static DeleteGroupsResponse response(Map<String, Pending<GroupAnswer>> answers) {
        List<DeletableGroupResult> results = new ArrayList<>(answers.size());
        answers.forEach((groupId, answer) -> {
            ErrorCode error = Refusal.ofGroup(answer.get().error());
            results.add(new DeletableGroupResult(groupId, error.code(), messageOf(groupId, error)));
        });
        return DeleteGroupsResponse.builder().results(results).build();
    }

    /// @return null where the error's own text says it all
    private static String messageOf(String groupId, ErrorCode error) {
        return switch (error) {
            case GROUP_ID_NOT_FOUND -> "There is no group " + groupId + ".";
            case NON_EMPTY_GROUP    -> "Group " + groupId + " still has members; stop them, or remove them, and try again.";
            default                 -> null;
        };
    }
}
