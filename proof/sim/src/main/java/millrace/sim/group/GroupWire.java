package millrace.sim.group;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import millrace.common.Uuid;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand;
import millrace.group.stored.Partitions;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ConsumerGroupHeartbeatRequest;
import millrace.protocol.message.ConsumerGroupHeartbeatResponse;
import millrace.protocol.message.HeartbeatRequest;
import millrace.protocol.message.HeartbeatResponse;
import millrace.protocol.message.JoinGroupRequest;
import millrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import millrace.protocol.message.JoinGroupResponse;
import millrace.protocol.message.LeaveGroupRequest;
import millrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import millrace.protocol.message.LeaveGroupResponse;
import millrace.protocol.message.OffsetCommitRequest;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import millrace.protocol.message.OffsetCommitResponse;
import millrace.protocol.message.OffsetFetchRequest;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import millrace.protocol.message.OffsetFetchResponse;
import millrace.protocol.message.SyncGroupRequest;
import millrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import millrace.protocol.message.SyncGroupResponse;

/// A member's command as a client sends it, and what the response says in the words of the core.
///
/// @param answer of a response to `request`
record GroupWire(ApiRequest request, short version, Function<ApiResponse, GroupAnswer> answer) {
    private static final short JOIN_VERSION = 9;
    private static final short SYNC_VERSION = 5;
    private static final short HEARTBEAT_VERSION = 4;
    private static final short LEAVE_VERSION = 5;
    private static final short COMMIT_VERSION = 9;
    private static final short FETCH_VERSION = 7;
    private static final short CONSUMER_HEARTBEAT_VERSION = 1;

    static GroupWire of(GroupCommand command) {
        return switch (command) {
            case GroupCommand.JoinGroup join            -> of(join);
            case GroupCommand.SyncGroup sync            -> of(sync);
            case GroupCommand.Heartbeat heartbeat       -> of(heartbeat);
            case GroupCommand.LeaveGroup leave          -> of(leave);
            case GroupCommand.CommitOffsets commit      -> of(commit);
            case GroupCommand.FetchOffsets fetch        -> of(fetch);
            case GroupCommand.ConsumerHeartbeat consumer -> of(consumer);
            default                                     -> throw new IllegalArgumentException("no member sends that: " + command);
        };
    }

    private static GroupWire of(GroupCommand.JoinGroup join) {
        var protocols = join.protocols().stream().map(each -> new JoinGroupRequestProtocol(each.name(), each.metadata())).toList();
        var request = new JoinGroupRequest(join.groupId(), join.sessionTimeoutMs(), join.rebalanceTimeoutMs(), join.memberId(), join.groupInstanceId(), join.protocolType(), protocols, null);
        return new GroupWire(request, JOIN_VERSION, response -> joined((JoinGroupResponse) response));
    }

    private static GroupAnswer joined(JoinGroupResponse response) {
        ErrorCode error = ErrorCode.forCode(response.errorCode());
        if (error != ErrorCode.NONE) return GroupAnswer.Joined.refused(error, response.memberId());
        var members = response.members().stream().map(each -> new GroupAnswer.JoinedMember(each.memberId(), each.groupInstanceId(), each.metadata())).toList();
        return new GroupAnswer.Joined(error, response.generationId(), response.protocolType(), response.protocolName(), response.leader(), response.skipAssignment(), response.memberId(), members);
    }

    private static GroupWire of(GroupCommand.SyncGroup sync) {
        var assignments = sync.assignments().stream().map(each -> new SyncGroupRequestAssignment(each.memberId(), each.assignment())).toList();
        var request = new SyncGroupRequest(sync.groupId(), sync.generationId(), sync.memberId(), sync.groupInstanceId(), sync.protocolType(), sync.protocolName(), assignments);
        return new GroupWire(request, SYNC_VERSION, response -> {
            var synced = (SyncGroupResponse) response;
            return new GroupAnswer.Synced(ErrorCode.forCode(synced.errorCode()), synced.protocolType(), synced.protocolName(), synced.assignment());
        });
    }

    private static GroupWire of(GroupCommand.Heartbeat heartbeat) {
        var request = new HeartbeatRequest(heartbeat.groupId(), heartbeat.generationId(), heartbeat.memberId(), heartbeat.groupInstanceId());
        return new GroupWire(request, HEARTBEAT_VERSION, response -> new GroupAnswer.HeartbeatHeard(ErrorCode.forCode(((HeartbeatResponse) response).errorCode())));
    }

    private static GroupWire of(GroupCommand.LeaveGroup leave) {
        var request = new LeaveGroupRequest(leave.groupId(), "", leave.members().stream().map(each -> new MemberIdentity(each.memberId(), each.groupInstanceId(), each.reason())).toList());
        return new GroupWire(request, LEAVE_VERSION, response -> {
            var left = (LeaveGroupResponse) response;
            return new GroupAnswer.Left(ErrorCode.forCode(left.errorCode()),
                    left.members().stream().map(each -> new GroupAnswer.LeftMember(each.memberId(), each.groupInstanceId(), ErrorCode.forCode(each.errorCode()))).toList());
        });
    }

    /// Of one topic.
    private static GroupWire of(GroupCommand.CommitOffsets commit) {
        var partitions = commit.offsets().stream().map(each -> new OffsetCommitRequestPartition(each.partition(), each.offset(), each.leaderEpoch(), each.metadata())).toList();
        var topic = new OffsetCommitRequestTopic(commit.offsets().getFirst().topic(), Uuid.ZERO, partitions);
        var request = new OffsetCommitRequest(commit.groupId(), commit.generationId(), commit.memberId(), commit.groupInstanceId(), -1, List.of(topic));
        return new GroupWire(request, COMMIT_VERSION, response -> {
            var committed = ((OffsetCommitResponse) response).topics().getFirst();
            return new GroupAnswer.OffsetsCommitted(ErrorCode.NONE, committed.partitions().stream()
                    .map(each -> new GroupAnswer.CommittedPartition(committed.name(), committed.topicId(), each.partitionIndex(), ErrorCode.forCode(each.errorCode()))).toList());
        });
    }

    private static GroupWire of(GroupCommand.FetchOffsets fetch) {
        var topics = fetch.topics().stream().map(each -> new OffsetFetchRequestTopic(each.topic(), each.partitions())).toList();
        var request = OffsetFetchRequest.builder().groupId(fetch.groupId()).topics(topics).requireStable(fetch.requireStable()).build();
        return new GroupWire(request, FETCH_VERSION, response -> {
            var fetched = (OffsetFetchResponse) response;
            return new GroupAnswer.OffsetsFetched(ErrorCode.forCode(fetched.errorCode()), fetched.topics().stream().map(topic -> new GroupAnswer.FetchedTopic(topic.name(), Uuid.ZERO, topic.partitions().stream()
                    .map(each -> new GroupAnswer.FetchedPartition(each.partitionIndex(), each.committedOffset(), each.committedLeaderEpoch(), each.metadata(), ErrorCode.forCode(each.errorCode()))).toList())).toList());
        });
    }

    private static GroupWire of(GroupCommand.ConsumerHeartbeat consumer) {
        List<ConsumerGroupHeartbeatRequest.TopicPartitions> owned = consumer.owned() == null ? null
                : consumer.owned().byTopic().entrySet().stream().map(each -> new ConsumerGroupHeartbeatRequest.TopicPartitions(each.getKey(), each.getValue())).toList();
        var request = new ConsumerGroupHeartbeatRequest(consumer.groupId(), consumer.memberId(), consumer.memberEpoch(), consumer.instanceId(), consumer.rackId(), consumer.rebalanceTimeoutMs(),
                consumer.topics(), consumer.expression(), consumer.assignor(), owned);
        return new GroupWire(request, CONSUMER_HEARTBEAT_VERSION, response -> heard((ConsumerGroupHeartbeatResponse) response));
    }

    private static GroupAnswer heard(ConsumerGroupHeartbeatResponse response) {
        return new GroupAnswer.ConsumerHeard(ErrorCode.forCode(response.errorCode()), response.errorMessage(), response.memberId(), response.memberEpoch(), response.heartbeatIntervalMs(),
                response.assignment() == null ? null : partitions(response.assignment()));
    }

    private static Partitions partitions(ConsumerGroupHeartbeatResponse.Assignment assignment) {
        Map<Uuid, List<Integer>> byTopic = new TreeMap<>();
        assignment.topicPartitions().forEach(each -> byTopic.put(each.topicId(), each.partitions()));
        return Partitions.of(byTopic);
    }
}
