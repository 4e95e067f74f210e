package millrace.broker;

import java.util.List;
import java.util.Map;
import millrace.broker.metadata.BrokerMetadata;
import millrace.metadata.MetadataImage;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.wire.Features;

/// The features of this build and of this cluster: to clients what is served, to the controller also what is merely kept.
final class BrokerFeatures implements Features {
    private final BrokerMetadata metadata;

    BrokerFeatures(BrokerMetadata metadata) {
        this.metadata = metadata;
    }

    static List<BrokerRegistrationRequest.Feature> forRegistration() {
        return millrace.metadata.Features.KEPT.entrySet().stream()
                .map(feature -> new BrokerRegistrationRequest.Feature(feature.getKey(), feature.getValue().min(), feature.getValue().max())).toList();
    }

    @Override public List<Supported> supported() {
        return millrace.metadata.Features.SUPPORTED.entrySet().stream()
                .map(feature -> new Supported(feature.getKey(), feature.getValue().min(), feature.getValue().max())).toList();
    }

    @Override public Finalized finalized() {
        MetadataImage image = metadata.image();
        if (image == MetadataImage.EMPTY) return Finalized.UNKNOWN;
        return new Finalized(image.upTo().offset(), image.features().levels().entrySet().stream().map(BrokerFeatures::served)
                .filter(level -> level.level() > 0).toList());
    }

    private static Level served(Map.Entry<String, Short> finalized) {
        return new Level(finalized.getKey(), millrace.metadata.Features.served(finalized.getKey(), finalized.getValue()));
    }

    @Override public String clusterId() {
        return metadata.clusterId();
    }

    @Override public int nodeId() {
        return metadata.brokerId();
    }
}
