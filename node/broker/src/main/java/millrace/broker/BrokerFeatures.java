package millrace.broker;

import java.util.List;
import java.util.Map;
import millrace.broker.metadata.BrokerMetadata;
import millrace.metadata.MetadataImage;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.wire.Features;

/// The features of this build and of this cluster, as ApiVersions and the registration tell them.
final class BrokerFeatures implements Features {
    private final BrokerMetadata metadata;

    BrokerFeatures(BrokerMetadata metadata) {
        this.metadata = metadata;
    }

    static List<BrokerRegistrationRequest.Feature> forRegistration() {
        return millrace.metadata.Features.SUPPORTED.entrySet().stream()
                .map(feature -> new BrokerRegistrationRequest.Feature(feature.getKey(), feature.getValue().min(), feature.getValue().max())).toList();
    }

    @Override public List<Supported> supported() {
        return millrace.metadata.Features.SUPPORTED.entrySet().stream()
                .map(feature -> new Supported(feature.getKey(), feature.getValue().min(), feature.getValue().max())).toList();
    }

    @Override public Finalized finalized() {
        MetadataImage image = metadata.image();
        if (image == MetadataImage.EMPTY) return Finalized.UNKNOWN;
        return new Finalized(image.upTo().offset(), image.features().levels().entrySet().stream().map(BrokerFeatures::level).toList());
    }

    private static Level level(Map.Entry<String, Short> level) {
        return new Level(level.getKey(), level.getValue());
    }

    @Override public String clusterId() {
        return metadata.clusterId();
    }

    @Override public int nodeId() {
        return metadata.brokerId();
    }
}
