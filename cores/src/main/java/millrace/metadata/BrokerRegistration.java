package millrace.metadata;

import java.util.List;
import java.util.Map;

import millrace.common.Uuid;
import millrace.core.BrokenInvariant;
import millrace.protocol.metadata.BrokerRegistrationChangeRecord;
import millrace.protocol.metadata.RegisterBrokerRecord;
import org.pcollections.TreePMap;

/// One broker as the cluster knows it.
///
/// @param epoch the broker epoch: the offset of its RegisterBroker record, so it is unique and grows with each incarnation
/// @param incarnationId new with each start of the broker's process
/// @param rack null when it has none
/// @param fenced it neither leads nor is given to clients; so it starts
/// @param inControlledShutdown it is handing over its leaderships
/// @param directories ids of its online log directories, ordered; empty before metadata version 3.7-IV2
/// @param cordonedDirectories ids of those that get no new replicas; null when the broker did not say (before metadata version 4.3-IV0)
public record BrokerRegistration(int id, long epoch, Uuid incarnationId, List<Endpoint> endpoints, TreePMap<String, VersionRange> features,
                                 String rack, boolean fenced, boolean inControlledShutdown, List<Uuid> directories,
                                 List<Uuid> cordonedDirectories) {
    private static final byte FENCE = 1;
    private static final byte UNFENCE = -1;
    private static final byte IN_CONTROLLED_SHUTDOWN = 1;

    public BrokerRegistration {
        endpoints = List.copyOf(endpoints);
        directories = directories.stream().sorted().toList();
        cordonedDirectories = cordonedDirectories == null ? null : cordonedDirectories.stream().sorted().toList();
    }

    public boolean isActive() {
        return !fenced && !inControlledShutdown;
    }

    /// @return null when the broker has no endpoint for this listener
    public Endpoint endpoint(String listener) {
        for (Endpoint endpoint : endpoints) if (endpoint.listener().equals(listener)) return endpoint;
        return null;
    }

    /// @return whether replicas placed here can be: the directory is online, or stands for one that is not known yet
    public boolean isOnline(Uuid directory) {
        if (DirectoryId.isOnline(directory, directories)) return true;
        return directories.isEmpty();
    }

    static BrokerRegistration of(RegisterBrokerRecord record) {
        TreePMap<String, VersionRange> features = TreePMap.empty();
        for (var feature : record.features())
            features = features.plus(feature.name(), new VersionRange(feature.minSupportedVersion(), feature.maxSupportedVersion()));
        var endpoints = record.endPoints().stream()
            .map(point -> new Endpoint(point.name(), point.host(), point.port(), point.securityProtocol())).toList();
        return new BrokerRegistration(record.brokerId(), record.brokerEpoch(), record.incarnationId(), endpoints, features, record.rack(),
            record.fenced(), record.inControlledShutdown(), record.logDirs(), record.cordonedLogDirs());
    }

    public RegisterBrokerRecord toRecord() {
        return RegisterBrokerRecord.builder().brokerId(id).brokerEpoch(epoch).incarnationId(incarnationId)
            .endPoints(endpoints.stream().map(BrokerRegistration::endpointRecord).toList())
            .features(features.entrySet().stream().map(BrokerRegistration::featureRecord).toList())
            .rack(rack).fenced(fenced).inControlledShutdown(inControlledShutdown).logDirs(directories).cordonedLogDirs(cordonedDirectories)
            .build();
    }

    BrokerRegistration apply(BrokerRegistrationChangeRecord change) {
        boolean nextFenced = switch (change.fenced()) {
            case FENCE -> true;
            case UNFENCE -> false;
            case 0 -> fenced;
            default -> throw new BrokenInvariant("BrokerRegistrationChange of broker " + id + " with fenced = " + change.fenced() + ", expected -1, 0 or 1");
        };
        boolean nextShutdown = switch (change.inControlledShutdown()) {
            case IN_CONTROLLED_SHUTDOWN -> true;
            case 0 -> inControlledShutdown;
            default -> throw new BrokenInvariant("BrokerRegistrationChange of broker " + id + " with inControlledShutdown = "
                + change.inControlledShutdown() + ", expected 0 or 1");
        };
        // An empty list means "as before": a broker without any online directory does not live to say so.
        List<Uuid> nextDirectories = change.logDirs().isEmpty() ? directories : change.logDirs();
        List<Uuid> nextCordoned = change.cordonedLogDirs() == null ? cordonedDirectories : change.cordonedLogDirs();
        return new BrokerRegistration(id, epoch, incarnationId, endpoints, features, rack, nextFenced, nextShutdown, nextDirectories, nextCordoned);
    }

    BrokerRegistration withFenced(boolean nextFenced) {
        return new BrokerRegistration(id, epoch, incarnationId, endpoints, features, rack, nextFenced, inControlledShutdown, directories, cordonedDirectories);
    }

    private static RegisterBrokerRecord.BrokerEndpoint endpointRecord(Endpoint endpoint) {
        return RegisterBrokerRecord.BrokerEndpoint.builder().name(endpoint.listener()).host(endpoint.host()).port(endpoint.port())
            .securityProtocol(endpoint.securityProtocol()).build();
    }

    private static RegisterBrokerRecord.BrokerFeature featureRecord(Map.Entry<String, VersionRange> feature) {
        return RegisterBrokerRecord.BrokerFeature.builder().name(feature.getKey()).minSupportedVersion(feature.getValue().min())
            .maxSupportedVersion(feature.getValue().max()).build();
    }
}
