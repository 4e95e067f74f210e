package millrace.coordination.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import millrace.common.Uuid;
import millrace.coordination.ClusterView;
import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.ConsumerHeard;
import millrace.group.command.GroupCommand.ConsumerHeartbeat;
import millrace.group.stored.Partitions;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ConsumerGroupHeartbeatRequest;
import millrace.protocol.message.ConsumerGroupHeartbeatResponse;
import millrace.protocol.message.ConsumerGroupHeartbeatResponse.Assignment;
import millrace.protocol.message.ConsumerGroupHeartbeatResponse.TopicPartitions;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// ConsumerGroupHeartbeat (API key 68), v0 and v1: joins, leaves, and keeps a member of a consumer group in step (KIP-848).
///
///     v1  regular expressions; the member makes its own id
public final class ConsumerGroupHeartbeatHandler implements ApiHandler<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse> {
    private static final short FIRST_WITH_OWN_MEMBER_ID = 1;

    private final GroupCoordinators coordinators;
    private final ClusterView cluster;

    public ConsumerGroupHeartbeatHandler(GroupCoordinators coordinators, ClusterView cluster) {
        this.coordinators = coordinators;
        this.cluster = cluster;
    }

    @Override public Answer<ConsumerGroupHeartbeatResponse> handle(ConsumerGroupHeartbeatRequest request, Caller caller) {
        if (!coordinators.offersConsumerProtocol())
            return Answer.now(response(ConsumerHeard.refused(ErrorCode.UNSUPPORTED_VERSION, "The consumer group protocol is switched off here: group.coordinator.rebalance.protocols does not name it, or group.version is 0.")));
        if (coordinators.isLate(request.groupId(), request.memberId(), caller))
            return Answer.close("a heartbeat of member " + request.memberId() + " of group " + request.groupId() + " has come over a connection that it has replaced by a newer one; it belongs to the past");
        var answer = coordinators.ask(request.groupId(), token -> command(token, request, caller));
        return Answer.when(answer, Long.MAX_VALUE, () -> response(answer.get()));
    }

    private ConsumerHeartbeat command(long token, ConsumerGroupHeartbeatRequest request, Caller caller) {
        return new ConsumerHeartbeat(token, request.groupId(), request.memberId(), request.memberEpoch(), request.instanceId(), request.rackId(),
                request.rebalanceTimeoutMs(), request.subscribedTopicNames(), request.subscribedTopicRegex(), request.serverAssignor(), owned(request),
                caller.clientId(), "/" + caller.clientAddress(), caller.apiVersion() >= FIRST_WITH_OWN_MEMBER_ID, cluster.consumerTimes(request.groupId()),
                cluster.image(), coordinators.randomId());
    }

    /// @return null when the member says nothing of them
    private static Partitions owned(ConsumerGroupHeartbeatRequest request) {
        if (request.topicPartitions() == null) return null;
        Map<Uuid, List<Integer>> byTopic = new TreeMap<>();
        for (var topic : request.topicPartitions()) byTopic.computeIfAbsent(topic.topicId(), _ -> new ArrayList<>()).addAll(topic.partitions());
        return Partitions.of(byTopic);
    }

    private static ConsumerGroupHeartbeatResponse response(GroupAnswer answer) {
        ConsumerHeard heard = answer instanceof ConsumerHeard told ? told : ConsumerHeard.refused(Refusal.ofGroup(answer.error()), null);
        return new ConsumerGroupHeartbeatResponse(0, heard.error().code(), heard.message(), heard.memberId(), heard.memberEpoch(), heard.heartbeatIntervalMs(),
                heard.assigned() == null ? null : assignment(heard.assigned()));
    }

    private static Assignment assignment(Partitions assigned) {
        List<TopicPartitions> topics = new ArrayList<>(assigned.byTopic().size());
        assigned.byTopic().forEach((topic, partitions) -> topics.add(new TopicPartitions(topic, partitions)));
        return new Assignment(topics);
    }
}
