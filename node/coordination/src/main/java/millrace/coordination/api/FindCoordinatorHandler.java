package millrace.coordination.api;

import java.util.ArrayList;
import java.util.List;

import millrace.coordination.ClusterView;
import millrace.coordination.ClusterView.Leader;
import millrace.coordination.GroupCoordinators;
import millrace.coordination.OffsetsTopic;
import millrace.coordination.TransactionCoordinators;
import millrace.coordination.TransactionTopic;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.FindCoordinatorRequest;
import millrace.protocol.message.FindCoordinatorResponse;
import millrace.protocol.message.FindCoordinatorResponse.Coordinator;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// FindCoordinator (API key 10), v0 to v6: which broker leads the partition that a group or a transactional id lives in.
///
/// The first one that asks has the topic created and waits for it, a moment; Kafka sends everybody away meanwhile.
/// There are no coordinators of share groups yet.
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
    private final TransactionCoordinators transactions;
    private final ClusterView cluster;

    public FindCoordinatorHandler(GroupCoordinators coordinators, TransactionCoordinators transactions, ClusterView cluster) {
        this.coordinators = coordinators;
        this.transactions = transactions;
        this.cluster = cluster;
    }

    @Override public Answer<FindCoordinatorResponse> handle(FindCoordinatorRequest request, Caller caller) {
        short version = caller.apiVersion();
        byte type = request.keyType();
        List<String> keys = version >= FIRST_WITH_SEVERAL_KEYS ? request.coordinatorKeys() : List.of(request.key());
        boolean known = type == GROUP || type == TRANSACTION || type == SHARE && version >= FIRST_WITH_SHARE_GROUPS;
        if (!known) return Answer.now(response(refuseAll(keys, ErrorCode.INVALID_REQUEST, "There is no coordinator of type " + type + " in version " + version + "."), version));
        // An error that clients take for final: "not available" would make them ask until their time-out, and this does not come by waiting.
        if (type == SHARE) return Answer.now(response(refuseAll(keys, ErrorCode.INVALID_REQUEST, "This version of Millrace has no share groups yet."), version));
        String topic = type == GROUP ? OffsetsTopic.NAME : TransactionTopic.NAME;
        if (cluster.image().topics().byName(topic) != null) return Answer.now(response(find(topic, keys, caller.listenerName()), version));
        return Answer.when(cluster.ensureInternalTopic(topic), caller.receivedMs() + CREATION_PATIENCE_MS, () -> response(find(topic, keys, caller.listenerName()), version));
    }

    private List<Coordinator> find(String topic, List<String> keys, String listener) {
        boolean created = cluster.image().topics().byName(topic) != null;
        List<Coordinator> found = new ArrayList<>(keys.size());
        for (String key : keys) {
            int partition = topic.equals(OffsetsTopic.NAME) ? coordinators.partitionOf(key) : transactions.partitionOf(key);
            Leader leader = created ? cluster.leaderOf(topic, partition, listener) : null;
            if (leader != null) found.add(new Coordinator(key, leader.nodeId(), leader.host(), leader.port(), ErrorCode.NONE.code(), ""));
            else found.add(refused(key, ErrorCode.COORDINATOR_NOT_AVAILABLE, "The partition of " + topic + " in which this key lives has no leader at the moment."));
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
