package millrace.controller.elections;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

import millrace.common.Uuid;
import millrace.controller.Changes;
import millrace.controller.Problem;
import millrace.controller.configs.EffectiveSettings;
import millrace.controller.configs.TopicRules;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.Features;
import millrace.metadata.MetadataImage;
import millrace.metadata.PartitionRegistration;
import millrace.metadata.TopicImage;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AlterPartitionRequest;
import millrace.protocol.message.AlterPartitionResponse;
import millrace.protocol.message.AssignReplicasToDirsRequest;
import millrace.protocol.message.AssignReplicasToDirsResponse;
import millrace.protocol.message.ElectLeadersRequest;
import millrace.protocol.message.ElectLeadersResponse;
import millrace.protocol.metadata.PartitionChangeRecord;

/// Leaders and in-sync replicas, as brokers come and go, leaders propose, and operators ask.
///
/// What a broker's coming or going touches is found by walking all partitions: tens of nanoseconds each, and it happens seldom.
public final class Elections {
    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;
    /// One sweep for the preferred leaders moves no more than this many.
    private static final int MAX_BALANCED_AT_ONCE = 1_000;

    private final EffectiveSettings settings;

    public Elections(EffectiveSettings settings) {
        this.settings = settings;
    }

    /// The broker can serve no more (fenced, shutting down, about to be unregistered): it leaves every ISR that has another member,
    /// and leads nothing.
    public void leave(int broker, Changes changes) {
        sweep(changes, (_, partition) -> partition.leader() == broker || partition.isr().contains(broker),
            (partition, change) -> change.isrWithout(broker));
    }

    /// The broker stopped without having written everything to its device, so it may have lost records: it is not eligible either.
    public void leaveAfterUncleanStop(int broker, Changes changes) {
        sweep(changes, (_, partition) -> partition.leader() == broker || partition.isr().contains(broker) || partition.elr().contains(broker),
            (partition, change) -> change.lostItsData(broker));
    }

    /// The broker can serve again: it leads what has no leader and waits for it.
    public void join(int broker, Changes changes) {
        sweep(changes, (_, partition) -> !partition.hasLeader() && partition.replicas().contains(broker), (_, change) -> change);
    }

    /// Log directories of the broker failed: its replicas in them can serve no more.
    public void loseDirectories(int broker, List<Uuid> lost, Changes changes) {
        sweep(changes, (_, partition) -> partition.replicas().contains(broker) && lost.contains(partition.directoryOf(broker))
                && (partition.leader() == broker || partition.isr().contains(broker)),
            (partition, change) -> change.isrWithout(broker));
    }

    /// @return whether the broker still leads a partition
    public boolean leads(int broker, MetadataImage image) {
        for (TopicImage topic : image.topics().all())
            for (PartitionRegistration partition : topic.partitions().values()) if (partition.leader() == broker) return true;
        return false;
    }

    /// Gives leadership back to preferred replicas that can take it.
    public void balance(Changes changes) {
        int left = MAX_BALANCED_AT_ONCE;
        MetadataImage image = changes.image();
        for (TopicImage topic : image.topics().all()) {
            for (Map.Entry<Integer, PartitionRegistration> entry : topic.partitions().entrySet()) {
                PartitionRegistration partition = entry.getValue();
                if (partition.leader() == partition.preferredReplica() || left == 0) continue;
                Optional<PartitionChangeRecord> record = change(image, topic, partition).election(PartitionChange.Election.PREFERRED)
                    .build(topic.id(), entry.getKey());
                if (record.isEmpty() || record.get().leader() == PartitionRegistration.NO_LEADER_CHANGE) continue;
                changes.add(record.get());
                left--;
            }
        }
    }

    private interface Touched {
        boolean test(TopicImage topic, PartitionRegistration partition);
    }

    private interface Wish {
        PartitionChange of(PartitionRegistration partition, PartitionChange change);
    }

    private void sweep(Changes changes, Touched touched, Wish wish) {
        MetadataImage image = changes.image();
        var rules = new TreeMap<String, TopicRules>();
        for (TopicImage topic : image.topics().all()) {
            for (Map.Entry<Integer, PartitionRegistration> entry : topic.partitions().entrySet()) {
                PartitionRegistration partition = entry.getValue();
                if (!touched.test(topic, partition)) continue;
                TopicRules rule = rules.computeIfAbsent(topic.name(), name -> settings.rules(image, name));
                wish.of(partition, change(image, partition, rule)).build(topic.id(), entry.getKey()).ifPresent(changes::add);
            }
        }
    }

    private PartitionChange change(MetadataImage image, TopicImage topic, PartitionRegistration partition) {
        return change(image, partition, settings.rules(image, topic.name()));
    }

    private static PartitionChange change(MetadataImage image, PartitionRegistration partition, TopicRules rules) {
        return new PartitionChange(partition, broker -> mayLead(image, partition, broker), keepsElr(image), rules.minInSyncReplicas())
            .election(rules.uncleanLeaderElection() ? PartitionChange.Election.UNCLEAN : PartitionChange.Election.ONLINE);
    }

    private static boolean mayLead(MetadataImage image, PartitionRegistration partition, int broker) {
        BrokerRegistration registration = image.cluster().broker(broker);
        return registration != null && registration.isActive() && registration.isOnline(partition.directoryOf(broker));
    }

    private static boolean keepsElr(MetadataImage image) {
        return image.features().level(Features.ELIGIBLE_LEADER_REPLICAS_VERSION) > 0;
    }

    /// AlterPartition (API key 56): a leader proposes its ISR.
    public AlterPartitionResponse alterPartition(AlterPartitionRequest request, short version, Changes changes) {
        BrokerRegistration broker = changes.image().cluster().broker(request.brokerId());
        if (broker == null || broker.epoch() != request.brokerEpoch())
            return AlterPartitionResponse.builder().errorCode(ErrorCode.STALE_BROKER_EPOCH.code()).build();
        var topics = new ArrayList<AlterPartitionResponse.TopicData>();
        for (var topic : request.topics()) {
            var partitions = new ArrayList<AlterPartitionResponse.PartitionData>();
            for (var proposal : topic.partitions()) partitions.add(propose(request.brokerId(), topic.topicId(), proposal, version, changes));
            topics.add(AlterPartitionResponse.TopicData.builder().topicId(topic.topicId()).partitions(partitions).build());
        }
        return AlterPartitionResponse.builder().topics(topics).build();
    }

    private AlterPartitionResponse.PartitionData propose(int leader, Uuid topicId, AlterPartitionRequest.PartitionData proposal, short version, Changes changes) {
        MetadataImage image = changes.image();
        TopicImage topic = image.topics().byId(topicId);
        if (topic == null) return refused(proposal, ErrorCode.UNKNOWN_TOPIC_ID);
        PartitionRegistration partition = topic.partitions().get(proposal.partitionIndex());
        if (partition == null) return refused(proposal, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        List<Integer> isr = version >= 3 ? proposal.newIsrWithEpochs().stream().map(AlterPartitionRequest.BrokerState::brokerId).toList() : proposal.newIsr();
        ErrorCode problem = problemWith(leader, proposal, isr, partition, image);
        if (problem != ErrorCode.NONE) return refused(proposal, problem);
        change(image, topic, partition).isr(isr).recoveryState(proposal.leaderRecoveryState())
            .build(topicId, proposal.partitionIndex()).ifPresent(changes::add);
        PartitionRegistration now = changes.image().topics().byId(topicId).partitions().get(proposal.partitionIndex());
        // The leader must not go on as if it still led, so it is told by error; the new leadership comes with the metadata.
        if (now.leader() != leader) return refused(proposal, now.replicas().contains(leader) ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.NEW_LEADER_ELECTED);
        return AlterPartitionResponse.PartitionData.builder().partitionIndex(proposal.partitionIndex()).leaderId(now.leader()).leaderEpoch(now.leaderEpoch())
            .isr(now.isr()).leaderRecoveryState(now.leaderRecoveryState()).partitionEpoch(now.partitionEpoch()).build();
    }

    private static ErrorCode problemWith(int leader, AlterPartitionRequest.PartitionData proposal, List<Integer> isr,
                                         PartitionRegistration partition, MetadataImage image) {
        // The leader knows more than this controller: it is not the active one any more, or not yet.
        if (proposal.leaderEpoch() > partition.leaderEpoch() || proposal.partitionEpoch() > partition.partitionEpoch()) return ErrorCode.NOT_CONTROLLER;
        if (proposal.leaderEpoch() < partition.leaderEpoch()) return ErrorCode.FENCED_LEADER_EPOCH;
        if (leader != partition.leader()) return ErrorCode.INVALID_REQUEST;
        if (proposal.partitionEpoch() < partition.partitionEpoch()) return ErrorCode.INVALID_UPDATE_VERSION;
        if (!partition.replicas().containsAll(isr) || new TreeSet<>(isr).size() != isr.size()) return ErrorCode.INVALID_REQUEST;
        if (!isr.contains(leader)) return ErrorCode.INVALID_REQUEST;
        boolean recovering = proposal.leaderRecoveryState() == PartitionRegistration.RECOVERING;
        if (proposal.leaderRecoveryState() != PartitionRegistration.RECOVERED && !recovering) return ErrorCode.INVALID_REQUEST;
        if (recovering && (isr.size() > 1 || partition.leaderRecoveryState() == PartitionRegistration.RECOVERED)) return ErrorCode.INVALID_REQUEST;
        for (int member : isr) if (!image.cluster().isActive(member)) return ErrorCode.INELIGIBLE_REPLICA;
        for (var member : proposal.newIsrWithEpochs()) {
            // An epoch of -1 means that the leader does not know: it took the member from the metadata (KIP-903).
            if (member.brokerEpoch() != -1 && image.cluster().broker(member.brokerId()).epoch() != member.brokerEpoch()) return ErrorCode.INELIGIBLE_REPLICA;
        }
        return ErrorCode.NONE;
    }

    private static AlterPartitionResponse.PartitionData refused(AlterPartitionRequest.PartitionData proposal, ErrorCode error) {
        return AlterPartitionResponse.PartitionData.builder().partitionIndex(proposal.partitionIndex()).errorCode(error.code()).build();
    }

    /// ElectLeaders (API key 43).
    public ElectLeadersResponse elect(ElectLeadersRequest request, short version, Changes changes) {
        byte type = version == 0 ? PREFERRED : request.electionType();
        if (type != PREFERRED && type != UNCLEAN) return ElectLeadersResponse.builder().errorCode(ErrorCode.INVALID_REQUEST.code()).build();
        var results = new ArrayList<ElectLeadersResponse.ReplicaElectionResult>();
        if (request.topicPartitions() == null) electEverywhere(type, changes, results);
        else for (var topic : request.topicPartitions()) {
            var partitions = new ArrayList<ElectLeadersResponse.PartitionResult>();
            for (int index : topic.partitions()) partitions.add(result(index, elect(type, topic.topic(), index, changes)));
            results.add(ElectLeadersResponse.ReplicaElectionResult.builder().topic(topic.topic()).partitionResult(partitions).build());
        }
        return ElectLeadersResponse.builder().replicaElectionResults(results).build();
    }

    /// Asked for everything, the answer leaves out what needed nothing.
    private void electEverywhere(byte type, Changes changes, List<ElectLeadersResponse.ReplicaElectionResult> results) {
        for (TopicImage topic : changes.image().topics().all()) {
            var partitions = new ArrayList<ElectLeadersResponse.PartitionResult>();
            for (int index : topic.partitions().keySet()) {
                Problem problem = elect(type, topic.name(), index, changes);
                if (problem == null || problem.error() != ErrorCode.ELECTION_NOT_NEEDED) partitions.add(result(index, problem));
            }
            if (!partitions.isEmpty())
                results.add(ElectLeadersResponse.ReplicaElectionResult.builder().topic(topic.name()).partitionResult(partitions).build());
        }
    }

    private static ElectLeadersResponse.PartitionResult result(int index, Problem problem) {
        var result = ElectLeadersResponse.PartitionResult.builder().partitionId(index).errorMessage(null);
        if (problem != null) result.errorCode(problem.code()).errorMessage(problem.message());
        return result.build();
    }

    private Problem elect(byte type, String topicName, int index, Changes changes) {
        TopicImage topic = changes.image().topics().byName(topicName);
        PartitionRegistration partition = topic == null ? null : topic.partitions().get(index);
        if (partition == null) return new Problem(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "There is no partition " + topicName + "-" + index + ".");
        if (type == PREFERRED && partition.leader() == partition.preferredReplica())
            return new Problem(ErrorCode.ELECTION_NOT_NEEDED, "The preferred replica " + partition.leader() + " leads already.");
        if (type == UNCLEAN && partition.hasLeader())
            return new Problem(ErrorCode.ELECTION_NOT_NEEDED, "Broker " + partition.leader() + " leads; an unclean election is only for partitions without a leader.");
        Optional<PartitionChangeRecord> record = change(changes.image(), topic, partition)
            .election(type == PREFERRED ? PartitionChange.Election.PREFERRED : PartitionChange.Election.UNCLEAN).build(topic.id(), index);
        int leader = record.map(PartitionChangeRecord::leader).orElse(PartitionRegistration.NO_LEADER_CHANGE);
        if (type == PREFERRED && leader != partition.preferredReplica())
            return new Problem(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE,
                "The preferred replica " + partition.preferredReplica() + " is not in sync or not available; the ISR is " + partition.isr() + ".");
        if (leader < 0) return new Problem(ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE, "None of the replicas " + partition.replicas() + " is available.");
        changes.add(record.orElseThrow());
        return null;
    }

    /// AssignReplicasToDirs (API key 73): a broker tells in which directories its replicas are.
    public AssignReplicasToDirsResponse assignToDirectories(AssignReplicasToDirsRequest request, Changes changes) {
        BrokerRegistration broker = changes.image().cluster().broker(request.brokerId());
        if (broker == null || broker.epoch() != request.brokerEpoch())
            return AssignReplicasToDirsResponse.builder().errorCode(ErrorCode.STALE_BROKER_EPOCH.code()).build();
        var directories = new ArrayList<AssignReplicasToDirsResponse.DirectoryData>();
        for (var directory : request.directories()) {
            var topics = new ArrayList<AssignReplicasToDirsResponse.TopicData>();
            for (var topic : directory.topics()) {
                var partitions = new ArrayList<AssignReplicasToDirsResponse.PartitionData>();
                for (var partition : topic.partitions()) {
                    ErrorCode error = assign(request.brokerId(), directory.id(), topic.topicId(), partition.partitionIndex(), changes);
                    partitions.add(AssignReplicasToDirsResponse.PartitionData.builder().partitionIndex(partition.partitionIndex()).errorCode(error.code()).build());
                }
                topics.add(AssignReplicasToDirsResponse.TopicData.builder().topicId(topic.topicId()).partitions(partitions).build());
            }
            directories.add(AssignReplicasToDirsResponse.DirectoryData.builder().id(directory.id()).topics(topics).build());
        }
        return AssignReplicasToDirsResponse.builder().directories(directories).build();
    }

    private ErrorCode assign(int broker, Uuid directory, Uuid topicId, int index, Changes changes) {
        TopicImage topic = changes.image().topics().byId(topicId);
        if (topic == null) return ErrorCode.UNKNOWN_TOPIC_ID;
        PartitionRegistration partition = topic.partitions().get(index);
        if (partition == null) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        int place = partition.replicas().indexOf(broker);
        if (place < 0) return ErrorCode.NOT_LEADER_OR_FOLLOWER;
        var directories = new ArrayList<>(partition.directories());
        directories.set(place, directory);
        BrokerRegistration registration = changes.image().cluster().broker(broker);
        PartitionChange change = change(changes.image(), topic, partition).directories(directories);
        // Told of a directory that is not online, the replica can serve no more.
        if (!registration.isOnline(directory)) change.isrWithout(broker);
        change.build(topicId, index).ifPresent(changes::add);
        return ErrorCode.NONE;
    }
}
