package millrace.controller.features;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import millrace.controller.Changes;
import millrace.controller.ControllerSettings;
import millrace.controller.Problem;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.ControllerRegistration;
import millrace.metadata.Features;
import millrace.metadata.MetadataImage;
import millrace.metadata.MetadataVersion;
import millrace.metadata.VersionRange;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.UpdateFeaturesRequest;
import millrace.protocol.message.UpdateFeaturesResponse;
import millrace.protocol.metadata.FeatureLevelRecord;

/// UpdateFeatures (API key 57), and the levels of a new cluster.
public final class FeatureLevels {
    private static final byte UPGRADE = 1;
    private static final byte SAFE_DOWNGRADE = 2;
    private static final byte UNSAFE_DOWNGRADE = 3;
    private static final VersionRange NONE = new VersionRange((short) 0, (short) 0);
    /// The metadata version that a feature's records need.
    private static final List<Map.Entry<String, Integer>> NEEDS_METADATA_VERSION = List.of(Map.entry(Features.TRANSACTION_VERSION, 24),
        Map.entry(Features.GROUP_VERSION, 22), Map.entry(Features.ELIGIBLE_LEADER_REPLICAS_VERSION, 23), Map.entry(Features.SHARE_VERSION, 28),
        Map.entry(Features.STREAMS_VERSION, 29));

    private final ControllerSettings settings;

    public FeatureLevels(ControllerSettings settings) {
        this.settings = settings;
    }

    /// The first records of an empty log: the newest levels, unless the directory was formatted with others. Those are taken as they are where
    /// this build can keep what comes of them: whoever formatted it may want to go on with Apache Kafka.
    public void bootstrap(List<FeatureLevelRecord> formatted, Changes changes) {
        var levels = new LinkedHashMap<String, Short>();
        levels.put(Features.METADATA_VERSION, MetadataVersion.LATEST.level());
        if (formatted.isEmpty()) levels.putAll(Features.NEW_CLUSTER);
        for (FeatureLevelRecord level : formatted) levels.put(level.name(), level.featureLevel());
        levels.forEach((name, level) -> {
            VersionRange range = Features.KEPT.getOrDefault(name, NONE);
            short kept = (short) Math.clamp(level, range.min(), range.max());
            if (kept > 0) changes.add(FeatureLevelRecord.builder().name(name).featureLevel(kept).build());
        });
    }

    public UpdateFeaturesResponse update(UpdateFeaturesRequest request, short version, Changes changes) {
        var problems = new LinkedHashMap<String, Problem>();
        var records = new ArrayList<FeatureLevelRecord>();
        for (var update : request.featureUpdates()) {
            byte type = version == 0 ? update.allowDowngrade() ? SAFE_DOWNGRADE : UPGRADE : update.upgradeType();
            Problem problem = problems.containsKey(update.feature())
                ? new Problem(ErrorCode.INVALID_REQUEST, "The feature " + update.feature() + " appears more than once.")
                : problemWith(update.feature(), update.maxVersionLevel(), type, changes.image(), request);
            problems.put(update.feature(), problem);
            if (problem == null && changes.image().features().level(update.feature()) != update.maxVersionLevel())
                records.add(FeatureLevelRecord.builder().name(update.feature()).featureLevel(update.maxVersionLevel()).build());
        }
        boolean fine = problems.values().stream().allMatch(problem -> problem == null);
        if (fine) changes.addAll(records);
        return response(version, problems, fine);
    }

    private static UpdateFeaturesResponse response(short version, Map<String, Problem> problems, boolean fine) {
        var response = UpdateFeaturesResponse.builder().errorMessage(null);
        var first = problems.entrySet().stream().filter(problem -> problem.getValue() != null).findFirst();
        // All or nothing. Version 2 tells the first problem for all of them; before, each feature has its own result.
        if (version >= 2) return first.isEmpty() ? response.build() : response.errorCode(first.get().getValue().code())
            .errorMessage("Nothing was changed, because of " + first.get().getKey() + ": " + first.get().getValue().message()).build();
        var results = new ArrayList<UpdateFeaturesResponse.UpdatableFeatureResult>();
        problems.forEach((feature, problem) -> {
            Problem told = problem != null || fine ? problem
                : new Problem(first.get().getValue().error(), "Nothing was changed, because of " + first.get().getKey() + ".");
            var result = UpdateFeaturesResponse.UpdatableFeatureResult.builder().feature(feature).errorMessage(null);
            results.add(told == null ? result.build() : result.errorCode(told.code()).errorMessage(told.message()).build());
        });
        return response.results(results).build();
    }

    private Problem problemWith(String feature, short level, byte type, MetadataImage image, UpdateFeaturesRequest request) {
        short now = image.features().level(feature);
        if (level < 0) return new Problem(ErrorCode.INVALID_UPDATE_VERSION, "A level cannot be negative, it was " + level + ".");
        if (type != UPGRADE && type != SAFE_DOWNGRADE && type != UNSAFE_DOWNGRADE)
            return new Problem(ErrorCode.INVALID_UPDATE_VERSION, "Upgrade type " + type + " is unknown; known are 1 upgrade, 2 safe downgrade, 3 unsafe downgrade.");
        if (feature.equals(Features.KRAFT_VERSION)) return new Problem(ErrorCode.INVALID_UPDATE_VERSION,
            "kraft.version is decided when the quorum is formatted and cannot be changed on this controller yet.");
        if (level < now && type == UPGRADE) return new Problem(ErrorCode.INVALID_UPDATE_VERSION, "The level is " + now
            + " now, so " + level + " is a downgrade, which has to be asked for as such.");
        if (level > now && type != UPGRADE) return new Problem(ErrorCode.INVALID_UPDATE_VERSION, "The level is " + now + " now, so " + level + " is not a downgrade.");
        Problem unsupported = unsupported(feature, level, image);
        if (unsupported != null) return unsupported;
        if (feature.equals(Features.METADATA_VERSION)) return level < now ? problemWithMetadataDowngrade(level, type, image) : null;
        return missingMetadataVersion(feature, level, image, request);
    }

    private Problem unsupported(String feature, short level, MetadataImage image) {
        // Level 0 of anything but the metadata version means "off", which every node can.
        if (level == 0 && !feature.equals(Features.METADATA_VERSION)) return null;
        VersionRange own = settings.supportedFeatures().get(feature);
        if (own == null) return new Problem(ErrorCode.INVALID_UPDATE_VERSION, "Controller " + settings.nodeId() + " does not support the feature " + feature + ".");
        if (!own.contains(level)) return outside("Controller " + settings.nodeId(), feature, level, own);
        for (BrokerRegistration broker : image.cluster().brokers().values()) {
            VersionRange range = broker.features().getOrDefault(feature, NONE);
            if (!range.contains(level)) return outside("Broker " + broker.id(), feature, level, range);
        }
        for (ControllerRegistration controller : image.cluster().controllers().values()) {
            VersionRange range = controller.features().getOrDefault(feature, NONE);
            if (!range.contains(level)) return outside("Controller " + controller.id(), feature, level, range);
        }
        return null;
    }

    private static Problem outside(String node, String feature, short level, VersionRange range) {
        return new Problem(ErrorCode.INVALID_UPDATE_VERSION, node + " supports " + feature + " from " + range.min() + " to " + range.max() + ", not " + level + ".");
    }

    private static Problem problemWithMetadataDowngrade(short level, byte type, MetadataImage image) {
        if (!image.features().metadataVersion().losesFactsGoingTo(new MetadataVersion(level))) return null;
        return new Problem(ErrorCode.INVALID_UPDATE_VERSION, "Going from " + image.features().metadataVersion() + " to " + new MetadataVersion(level)
            + " would lose metadata" + (type == UNSAFE_DOWNGRADE ? ", and an unsafe downgrade is not offered." : "."));
    }

    private static Problem missingMetadataVersion(String feature, short level, MetadataImage image, UpdateFeaturesRequest request) {
        short metadataVersion = image.features().metadataVersion().level();
        for (var update : request.featureUpdates()) if (update.feature().equals(Features.METADATA_VERSION)) metadataVersion = update.maxVersionLevel();
        for (Map.Entry<String, Integer> need : NEEDS_METADATA_VERSION) {
            if (level > 0 && need.getKey().equals(feature) && metadataVersion < need.getValue()) return new Problem(ErrorCode.INVALID_UPDATE_VERSION,
                feature + " needs the metadata version " + new MetadataVersion(need.getValue().shortValue()) + " or newer, it is " + new MetadataVersion(metadataVersion) + ".");
        }
        return null;
    }
}
