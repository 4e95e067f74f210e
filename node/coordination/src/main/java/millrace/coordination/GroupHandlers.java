package millrace.coordination;

import java.util.EnumMap;
import java.util.Map;

import millrace.coordination.api.ConsumerGroupDescribeHandler;
import millrace.coordination.api.ConsumerGroupHeartbeatHandler;
import millrace.coordination.api.DeleteGroupsHandler;
import millrace.coordination.api.DescribeGroupsHandler;
import millrace.coordination.api.FindCoordinatorHandler;
import millrace.coordination.api.HeartbeatHandler;
import millrace.coordination.api.JoinGroupHandler;
import millrace.coordination.api.LeaveGroupHandler;
import millrace.coordination.api.ListGroupsHandler;
import millrace.coordination.api.OffsetCommitHandler;
import millrace.coordination.api.OffsetDeleteHandler;
import millrace.coordination.api.OffsetFetchHandler;
import millrace.coordination.api.SyncGroupHandler;
import millrace.protocol.ApiKey;
import millrace.wire.ApiHandler;

/// Every API of groups and who answers it.
public final class GroupHandlers {
    private GroupHandlers() {}

    public static Map<ApiKey, ApiHandler<?, ?>> all(GroupCoordinators coordinators, TransactionCoordinators transactions, ClusterView cluster) {
        Map<ApiKey, ApiHandler<?, ?>> handlers = new EnumMap<>(ApiKey.class);
        handlers.put(ApiKey.FIND_COORDINATOR, new FindCoordinatorHandler(coordinators, transactions, cluster));
        handlers.put(ApiKey.JOIN_GROUP, new JoinGroupHandler(coordinators, cluster));
        handlers.put(ApiKey.SYNC_GROUP, new SyncGroupHandler(coordinators, cluster));
        handlers.put(ApiKey.HEARTBEAT, new HeartbeatHandler(coordinators));
        handlers.put(ApiKey.LEAVE_GROUP, new LeaveGroupHandler(coordinators));
        handlers.put(ApiKey.OFFSET_COMMIT, new OffsetCommitHandler(coordinators, cluster));
        handlers.put(ApiKey.OFFSET_FETCH, new OffsetFetchHandler(coordinators, cluster));
        handlers.put(ApiKey.OFFSET_DELETE, new OffsetDeleteHandler(coordinators, cluster));
        handlers.put(ApiKey.LIST_GROUPS, new ListGroupsHandler(coordinators));
        handlers.put(ApiKey.DESCRIBE_GROUPS, new DescribeGroupsHandler(coordinators));
        handlers.put(ApiKey.DELETE_GROUPS, new DeleteGroupsHandler(coordinators));
        handlers.put(ApiKey.CONSUMER_GROUP_HEARTBEAT, new ConsumerGroupHeartbeatHandler(coordinators, cluster));
        handlers.put(ApiKey.CONSUMER_GROUP_DESCRIBE, new ConsumerGroupDescribeHandler(coordinators, cluster));
        return handlers;
    }
}
