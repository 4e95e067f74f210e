package millrace.quorum;

import java.util.ArrayList;
import java.util.List;

import millrace.metadata.BrokerRegistration;
import millrace.metadata.ControllerRegistration;
import millrace.metadata.Endpoint;
import millrace.metadata.MetadataImage;
import millrace.ports.Clock;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.DescribeClusterRequest;
import millrace.protocol.message.DescribeClusterResponse;
import millrace.protocol.message.DescribeQuorumRequest;
import millrace.protocol.message.DescribeQuorumResponse;
import millrace.raft.RaftCore;
import millrace.raft.VoterSet;

/// DescribeQuorum (API key 55) and DescribeCluster (60) as the active controller answers them.
final class Descriptions {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final QuorumSettings settings;
    private final RaftCore raft;
    private final Clock clock;

    Descriptions(QuorumSettings settings, RaftCore raft, Clock clock) {
        this.settings = settings;
        this.raft = raft;
        this.clock = clock;
    }

    DescribeQuorumResponse quorum(DescribeQuorumRequest request) {
        boolean ours = request.topics().size() == 1 && request.topics().getFirst().topicName().equals(MetadataLog.METADATA_PARTITION.topic())
            && request.topics().getFirst().partitions().size() == 1
            && request.topics().getFirst().partitions().getFirst().partitionIndex() == MetadataLog.METADATA_PARTITION.partition();
        var topics = request.topics().stream().map(topic -> DescribeQuorumResponse.TopicData.builder().topicName(topic.topicName())
            .partitions(topic.partitions().stream().map(partition -> ours ? partition() : unknown(partition.partitionIndex())).toList()).build()).toList();
        return DescribeQuorumResponse.builder().errorMessage(null).topics(topics).nodes(ours ? nodes() : List.of()).build();
    }

    private static DescribeQuorumResponse.PartitionData unknown(int index) {
        return DescribeQuorumResponse.PartitionData.builder().partitionIndex(index).errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code())
            .errorMessage("The only quorum is that of __cluster_metadata-0.").build();
    }

    private DescribeQuorumResponse.PartitionData partition() {
        if (!raft.isLeader()) return DescribeQuorumResponse.PartitionData.builder().errorCode(ErrorCode.NOT_LEADER_OR_FOLLOWER.code())
            .errorMessage("This controller is not the active one.").leaderId(raft.leader()).leaderEpoch(raft.epoch()).build();
        long timestampMs = clock.timestampMs();
        long nowMs = clock.monotonicMs();
        var voters = new ArrayList<DescribeQuorumResponse.ReplicaState>();
        var observers = new ArrayList<DescribeQuorumResponse.ReplicaState>();
        for (VoterSet.Voter voter : raft.voters().voters().values()) voters.add(voter(voter, timestampMs, nowMs));
        for (RaftCore.Progress progress : raft.replicas())
            if (!raft.voters().contains(progress.replica())) observers.add(replica(progress, timestampMs - nowMs));
        return DescribeQuorumResponse.PartitionData.builder().errorMessage(null).leaderId(raft.leader()).leaderEpoch(raft.epoch()).highWatermark(raft.highWatermark())
            .currentVoters(voters).observers(observers).build();
    }

    private DescribeQuorumResponse.ReplicaState voter(VoterSet.Voter voter, long timestampMs, long nowMs) {
        var state = DescribeQuorumResponse.ReplicaState.builder().replicaId(voter.key().id()).replicaDirectoryId(voter.key().directoryId());
        if (voter.key().id() == settings.nodeId())
            return state.logEndOffset(raft.logEnd().offset()).lastFetchTimestamp(timestampMs).lastCaughtUpTimestamp(timestampMs).build();
        for (RaftCore.Progress progress : raft.replicas())
            if (progress.replica().id() == voter.key().id()) return replica(progress, timestampMs - nowMs);
        return state.logEndOffset(-1).build();
    }

    /// @param offsetMs from the monotonic clock to the wall's
    private static DescribeQuorumResponse.ReplicaState replica(RaftCore.Progress progress, long offsetMs) {
        return DescribeQuorumResponse.ReplicaState.builder().replicaId(progress.replica().id()).replicaDirectoryId(progress.replica().directoryId())
            .logEndOffset(progress.endOffset()).lastFetchTimestamp(progress.fetchedMs() + offsetMs)
            .lastCaughtUpTimestamp(progress.caughtUpMs() < 0 ? -1 : progress.caughtUpMs() + offsetMs).build();
    }

    private List<DescribeQuorumResponse.Node> nodes() {
        return raft.voters().voters().values().stream().map(voter -> DescribeQuorumResponse.Node.builder().nodeId(voter.key().id())
            .listeners(voter.endpoints().stream().map(point -> DescribeQuorumResponse.Listener.builder().name(point.listener()).host(point.host()).port(point.port()).build())
                .toList()).build()).toList();
    }

    /// On the controller listener a client asks for controllers; a client that believes to be talking to brokers is told of its mistake.
    DescribeClusterResponse cluster(DescribeClusterRequest request, MetadataImage image, String listener) {
        if (request.endpointType() == BROKERS) return DescribeClusterResponse.builder().errorCode(ErrorCode.MISMATCHED_ENDPOINT_TYPE.code())
            .errorMessage("This is a controller's listener; use a broker's, or ask for controllers (bootstrap.controllers).").build();
        if (request.endpointType() != CONTROLLERS) return DescribeClusterResponse.builder().errorCode(ErrorCode.UNSUPPORTED_ENDPOINT_TYPE.code())
            .errorMessage("Endpoint type " + request.endpointType() + " is unknown; known are 1 brokers and 2 controllers.").build();
        return DescribeClusterResponse.builder().endpointType(CONTROLLERS).clusterId(settings.clusterId()).controllerId(raft.leader())
            .brokers(controllers(image, listener)).build();
    }

    private List<DescribeClusterResponse.DescribeClusterBroker> controllers(MetadataImage image, String listener) {
        var nodes = new ArrayList<DescribeClusterResponse.DescribeClusterBroker>();
        for (ControllerRegistration controller : image.cluster().controllers().values()) {
            for (Endpoint endpoint : controller.endpoints()) {
                if (!endpoint.listener().equals(listener)) continue;
                BrokerRegistration broker = image.cluster().broker(controller.id());
                nodes.add(DescribeClusterResponse.DescribeClusterBroker.builder().brokerId(controller.id()).host(endpoint.host()).port(endpoint.port())
                    .rack(broker == null ? null : broker.rack()).build());
            }
        }
        return nodes;
    }
}
