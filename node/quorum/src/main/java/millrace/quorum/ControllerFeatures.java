package millrace.quorum;

import java.util.ArrayList;
import java.util.List;

import millrace.metadata.MetadataImage;
import millrace.wire.Features;

/// The features of this controller and of its cluster, as ApiVersions on the controller listener tells them; `kraft.version` among
/// them, which only the quorum knows.
final class ControllerFeatures implements Features {
    private final QuorumSettings settings;
    private final CommittedFeed feed;
    private final short kraftVersion;

    ControllerFeatures(QuorumSettings settings, CommittedFeed feed, short kraftVersion) {
        this.settings = settings;
        this.feed = feed;
        this.kraftVersion = kraftVersion;
    }

    @Override public List<Supported> supported() {
        return settings.supportedFeatures().entrySet().stream()
            .map(feature -> new Supported(feature.getKey(), feature.getValue().min(), feature.getValue().max())).toList();
    }

    @Override public Finalized finalized() {
        MetadataImage image = feed.current();
        if (image == MetadataImage.EMPTY) return Finalized.UNKNOWN;
        var levels = new ArrayList<Level>();
        image.features().levels().forEach((name, level) -> levels.add(new Level(name, level)));
        if (kraftVersion > 0) levels.add(new Level(millrace.metadata.Features.KRAFT_VERSION, kraftVersion));
        return new Finalized(image.upTo().offset(), levels);
    }

    @Override public String clusterId() {
        return settings.clusterId();
    }

    @Override public int nodeId() {
        return settings.nodeId();
    }
}
