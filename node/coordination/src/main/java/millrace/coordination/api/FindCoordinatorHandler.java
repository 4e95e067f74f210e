package millrace.coordination.api;

import java.util.ArrayList;
import java.util.List;

import millrace.coordination.ClusterView;
import millrace.coordination.ClusterView.Leader;
import millrace.coordination.GroupCoordinators;
import millrace.coordination.OffsetsTopic;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.FindCoordinatorRequest;
import millrace.protocol.message.FindCoordinatorResponse;
import millrace.protocol.message.FindCoordinatorResponse.Coordinator;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// FindCoordinator (API key 10), v0 to v6: which broker leads the partition that a group lives in.
///
/// The first one that asks has `__consumer_offsets` created and waits for it, a moment; Kafka sends everybody away meanwhile.
/// Coordinators of transactions and share groups are not here yet: "not available" makes clients ask again rather than give up.
///
///     v1  key type, error message    v4  several keys    v6  share groups
public final class FindCoordinatorHandler implements ApiHandler<FindCoordinatorRequest, FindCoordinatorResponse> {
    private static final short FIRST_WITH_SEVERAL_KEYS = 4;
    private static final short FIRST_WITH_SHARE_GROUPS = 6;
    private static final byte GROUP = 0;
    private static final byte TRANSACTION = 1;
    private static final byte SHARE = 2;
    private static final int NOBODY = -1;
    private static final long CREATION_PATIENCE_MS = 2_000;
    /// What Kafka calls the error that is none, up to v3; later it says nothing.
    private static final String NO_ERROR = "NONE";

    private final GroupCoordinators coordinators;
    private final ClusterView cluster;

    public FindCoordinatorHandler(GroupCoordinators coordinators, ClusterView cluster) {
        this.coordinators = coordinators;
        this.cluster = cluster;
    }

    @Override public Answer<FindCoordinatorResponse> handle(FindCoordinatorRequest request, Caller caller) {
        short version = caller.apiVersion();
        byte type = request.keyType();
        List<String> keys = version >= FIRST_WITH_SEVERAL_KEYS ? request.coordinatorKeys() : List.of(request.key());
        boolean known = type == GROUP || type == TRANSACTION || type == SHARE && version >= FIRST_WITH_SHARE_GROUPS;
        if (!known) return Answer.now(response(refuseAll(keys, ErrorCode.INVALID_REQUEST, "There is no coordinator of type " + type + " in version " + version + "."), version));
        // An error that clients take for final: "not available" would make them ask until their time-out, and this does not come by waiting.
        if (type != GROUP) return Answer.now(response(refuseAll(keys, ErrorCode.INVALID_REQUEST, type == TRANSACTION
                ? "This version of Millrace has no transactions yet: leave transactional.id unset." : "This version of Millrace has no share groups yet."), version));
        if (cluster.image().topics().byName(OffsetsTopic.NAME) != null) return Answer.now(response(find(keys, caller.listenerName()), version));
        return Answer.when(cluster.ensureInternalTopic(OffsetsTopic.NAME), caller.receivedMs() + CREATION_PATIENCE_MS,
                () -> response(find(keys, caller.listenerName()), version));
    }

    private List<Coordinator> find(List<String> groupIds, String listener) {
        boolean created = cluster.image().topics().byName(OffsetsTopic.NAME) != null;
        List<Coordinator> found = new ArrayList<>(groupIds.size());
        for (String groupId : groupIds) {
            Leader leader = created ? cluster.leaderOf(OffsetsTopic.NAME, coordinators.partitionOf(groupId), listener) : null;
            if (leader != null) found.add(new Coordinator(groupId, leader.nodeId(), leader.host(), leader.port(), ErrorCode.NONE.code(), ""));
            else found.add(refused(groupId, ErrorCode.COORDINATOR_NOT_AVAILABLE, "The partition of " + OffsetsTopic.NAME + " in which this group lives has no leader at the moment."));
        }
        return found;
    }

    private static List<Coordinator> refuseAll(List<String> keys, ErrorCode error, String message) {
        return keys.stream().map(key -> refused(key, error, message)).toList();
    }

    private static Coordinator refused(String key, ErrorCode error, String message) {
        return new Coordinator(key, NOBODY, "", NOBODY, error.code(), message);
    }

    private static FindCoordinatorResponse response(List<Coordinator> found, short version) {
        if (version >= FIRST_WITH_SEVERAL_KEYS) return FindCoordinatorResponse.builder().coordinators(found).build();
        Coordinator only = found.getFirst();
        String message = only.errorCode() == ErrorCode.NONE.code() ? NO_ERROR : only.errorMessage();
        return FindCoordinatorResponse.builder().errorCode(only.errorCode()).errorMessage(message)
                .nodeId(only.nodeId()).host(only.host()).port(only.port()).build();
    }
}
