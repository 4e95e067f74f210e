package millrace.quorum;

import java.util.List;
import java.util.OptionalLong;

import millrace.common.Uuid;
import millrace.metadata.Endpoint;
import millrace.metadata.Features;
import millrace.metadata.VersionRange;
import millrace.raft.ReplicaKey;
import millrace.raft.VoterSet;
import millrace.settings.BrokerSettings;
import millrace.settings.SettingValues;
import millrace.settings.VoterAddress;
import org.pcollections.TreePMap;

/// What a node of the quorum is told when it starts.
///
/// @param clusterId 22 characters of base64, as in `meta.properties`
/// @param directoryId of the metadata log directory, as in its `meta.properties`
/// @param endpoints where this controller listens, the first is the quorum's
/// @param supportedFeatures see [Features#SUPPORTED]
/// @param node the node's settings file; Kafka's keys say the rest
public record QuorumSettings(int nodeId, String clusterId, Uuid directoryId, List<Endpoint> endpoints,
                             TreePMap<String, VersionRange> supportedFeatures, BrokerSettings node) {
    public QuorumSettings {
        endpoints = List.copyOf(endpoints);
    }

    public static QuorumSettings of(int nodeId, String clusterId, Uuid directoryId, List<Endpoint> endpoints, BrokerSettings node) {
        return new QuorumSettings(nodeId, clusterId, directoryId, endpoints, Features.SUPPORTED, node);
    }

    ReplicaKey self() {
        return new ReplicaKey(nodeId, directoryId);
    }

    /// `controller.quorum.voters`: empty when the voters are in the log (kraft.version 1).
    VoterSet staticVoters() {
        return VoterSet.of(values().list("controller.quorum.voters").stream().map(VoterAddress::parse).map(voter -> new VoterSet.Voter(
            new ReplicaKey(voter.nodeId(), Uuid.ZERO),
            List.of(new Endpoint(listenerName(), voter.address().host(), voter.address().port(), (short) 0)))).toList());
    }

    private String listenerName() {
        return endpoints.isEmpty() ? "CONTROLLER" : endpoints.getFirst().listener();
    }

    long sessionTimeoutMs() {
        return values().longValue("broker.session.timeout.ms");
    }

    int electionTimeoutMs() {
        return values().integer("controller.quorum.election.timeout.ms");
    }

    int fetchTimeoutMs() {
        return values().integer("controller.quorum.fetch.timeout.ms");
    }

    int segmentBytes() {
        return values().integer("metadata.log.segment.bytes");
    }

    long segmentMs() {
        return values().longValue("metadata.log.segment.ms");
    }

    long snapshotAfterBytes() {
        return values().longValue("metadata.log.max.record.bytes.between.snapshots");
    }

    /// 0 means never for time's sake.
    long snapshotAfterMs() {
        return values().longValue("metadata.log.max.snapshot.interval.ms");
    }

    long retentionBytes() {
        return values().longValue("metadata.max.retention.bytes");
    }

    long retentionMs() {
        return values().longValue("metadata.max.retention.ms");
    }

    /// Empty when leaders are never moved back by themselves.
    OptionalLong balanceEveryMs() {
        if (!values().bool("auto.leader.rebalance.enable")) return OptionalLong.empty();
        return OptionalLong.of(values().longValue("leader.imbalance.check.interval.seconds") * 1_000);
    }

    /// 0 means no idle records.
    long idleIntervalMs() {
        return values().longValue("metadata.max.idle.interval.ms");
    }

    /// Whether somebody asked for idle records, so that they are written even when nobody else is there to see them.
    boolean idleIntervalAskedFor() {
        return values().isSet("metadata.max.idle.interval.ms");
    }

    private SettingValues values() {
        return node.values();
    }
}
