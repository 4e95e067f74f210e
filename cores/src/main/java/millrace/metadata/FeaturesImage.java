package millrace.metadata;

import java.util.List;
import java.util.Map;

import millrace.protocol.metadata.FeatureLevelRecord;
import millrace.protocol.metadata.MetadataRecord;
import org.pcollections.TreePMap;

/// The finalized feature levels, `metadata.version` among them. A level of 0 is the same as none and is not kept.
/// `kraft.version` is not here: it is a control record of the log, so it belongs to the quorum ([Features#KRAFT_VERSION]).
public record FeaturesImage(TreePMap<String, Short> levels) {
    public static final FeaturesImage EMPTY = new FeaturesImage(TreePMap.empty());

    /// @return 0 when the feature is not finalized
    public short level(String feature) {
        return levels.getOrDefault(feature, (short) 0);
    }

    /// The finalized metadata version, or the oldest that can be when the log does not say (only before its first record).
    public MetadataVersion metadataVersion() {
        Short level = levels.get(Features.METADATA_VERSION);
        return level == null ? MetadataVersion.MINIMUM : new MetadataVersion(level);
    }

    FeaturesImage apply(FeatureLevelRecord record) {
        return new FeaturesImage(record.featureLevel() == 0 ? levels.minus(record.name()) : levels.plus(record.name(), record.featureLevel()));
    }

    void addTo(List<MetadataRecord> records) {
        Short metadataVersion = levels.get(Features.METADATA_VERSION);
        if (metadataVersion != null) records.add(record(Features.METADATA_VERSION, metadataVersion));
        for (Map.Entry<String, Short> level : levels.entrySet()) {
            if (!level.getKey().equals(Features.METADATA_VERSION)) records.add(record(level.getKey(), level.getValue()));
        }
    }

    private static FeatureLevelRecord record(String name, short level) {
        return FeatureLevelRecord.builder().name(name).featureLevel(level).build();
    }
}
