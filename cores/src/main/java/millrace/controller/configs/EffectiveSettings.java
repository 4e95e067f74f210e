package millrace.controller.configs;

import java.util.Map;

import millrace.metadata.ConfigResource;
import millrace.metadata.MetadataImage;
import millrace.settings.BrokerSettings;
import millrace.settings.SettingValues;
import millrace.settings.TopicSettings;
import org.pcollections.TreePMap;

/// The settings in force at an image: a topic's own over the cluster default over the settings file over Kafka's defaults.
///
/// The broker's layer is kept until the cluster default changes, because making it costs some hundred look-ups.
public final class EffectiveSettings {
    private static final String ALL_BROKERS = "";

    private final BrokerSettings fromFile;
    private TreePMap<String, String> clusterDefault = TreePMap.empty();
    private BrokerSettings broker;

    public EffectiveSettings(BrokerSettings fromFile) {
        this.fromFile = fromFile;
        this.broker = fromFile;
    }

    public BrokerSettings broker(MetadataImage image) {
        TreePMap<String, String> now = image.configs().of(ConfigResource.BROKER, ALL_BROKERS);
        if (!now.equals(clusterDefault)) {
            broker = fromFile.withDynamic(now, TreePMap.empty());
            clusterDefault = now;
        }
        return broker;
    }

    public TopicSettings topic(MetadataImage image, Map<String, String> overrides) {
        return TopicSettings.of(broker(image), overrides);
    }

    TopicRules rules(BrokerSettings broker, Map<String, String> overrides) {
        SettingValues values = TopicSettings.of(broker, overrides).values();
        return new TopicRules(values.integer("min.insync.replicas"), values.bool("unclean.leader.election.enable"));
    }

    public TopicRules rules(MetadataImage image, String topic) {
        return rules(broker(image), image.configs().of(ConfigResource.TOPIC, topic));
    }
}
