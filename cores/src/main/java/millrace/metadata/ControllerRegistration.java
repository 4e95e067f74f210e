package millrace.metadata;

import java.util.List;
import java.util.Map;

import millrace.common.Uuid;
import millrace.protocol.metadata.RegisterControllerRecord;
import org.pcollections.TreePMap;

/// One controller as the cluster knows it: where it listens and what it can do (KIP-919).
public record ControllerRegistration(int id, Uuid incarnationId, boolean zkMigrationReady, List<Endpoint> endpoints,
                                     TreePMap<String, VersionRange> features) {
    public ControllerRegistration {
        endpoints = List.copyOf(endpoints);
    }

    static ControllerRegistration of(RegisterControllerRecord record) {
        TreePMap<String, VersionRange> features = TreePMap.empty();
        for (var feature : record.features())
            features = features.plus(feature.name(), new VersionRange(feature.minSupportedVersion(), feature.maxSupportedVersion()));
        var endpoints = record.endPoints().stream()
            .map(point -> new Endpoint(point.name(), point.host(), point.port(), point.securityProtocol())).toList();
        return new ControllerRegistration(record.controllerId(), record.incarnationId(), record.zkMigrationReady(), endpoints, features);
    }

    public RegisterControllerRecord toRecord() {
        return RegisterControllerRecord.builder().controllerId(id).incarnationId(incarnationId).zkMigrationReady(zkMigrationReady)
            .endPoints(endpoints.stream().map(ControllerRegistration::endpointRecord).toList())
            .features(features.entrySet().stream().map(ControllerRegistration::featureRecord).toList())
            .build();
    }

    private static RegisterControllerRecord.ControllerEndpoint endpointRecord(Endpoint endpoint) {
        return RegisterControllerRecord.ControllerEndpoint.builder().name(endpoint.listener()).host(endpoint.host()).port(endpoint.port())
            .securityProtocol(endpoint.securityProtocol()).build();
    }

    private static RegisterControllerRecord.ControllerFeature featureRecord(Map.Entry<String, VersionRange> feature) {
        return RegisterControllerRecord.ControllerFeature.builder().name(feature.getKey()).minSupportedVersion(feature.getValue().min())
            .maxSupportedVersion(feature.getValue().max()).build();
    }
}
