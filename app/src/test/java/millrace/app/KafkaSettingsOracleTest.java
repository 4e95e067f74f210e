package millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import millrace.settings.Setting;
import millrace.settings.SettingTable;
import millrace.settings.SettingType;
import millrace.settings.UpdateMode;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.ConfigSynonym;
import org.apache.kafka.server.config.DynamicBrokerConfig;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.junit.jupiter.api.Test;

/// Our tables against Apache Kafka's own, key by key. It lives here because only a test of the process may have Apache's
/// server on its class path.
class KafkaSettingsOracleTest {
    @Test void brokerSettingsEqualKafkas() {
        compare(SettingTable.BROKER, AbstractKafkaConfig.CONFIG_DEF.configKeys());
    }

    @Test void topicSettingsEqualKafkas() {
        compare(SettingTable.TOPIC, LogConfig.configKeys());
    }

    @Test void groupSettingsEqualKafkas() {
        compare(SettingTable.GROUP, GroupConfig.CONFIG_DEF.configKeys());
    }

    @Test void clientMetricsSettingsEqualKafkas() {
        compare(SettingTable.CLIENT_METRICS, ClientMetricsConfigs.configDef().configKeys());
    }

    @Test void updateModesEqualKafkas() {
        Map<String, String> modes = DynamicBrokerConfig.dynamicConfigUpdateModes();
        for (Setting setting : SettingTable.BROKER.all()) {
            if (setting.millraceOwn()) continue;
            UpdateMode expected = switch (modes.getOrDefault(setting.name(), "read-only")) {
                case "cluster-wide" -> UpdateMode.CLUSTER_WIDE;
                case "per-broker" -> UpdateMode.PER_BROKER;
                default -> UpdateMode.READ_ONLY;
            };
            assertThat(setting.updateMode()).as(setting.name()).isEqualTo(expected);
        }
        assertThat(modes.keySet()).allMatch(name -> SettingTable.BROKER.find(name) != null);
    }

    @Test void synonymsEqualKafkas() {
        for (Setting setting : SettingTable.TOPIC.all()) {
            List<ConfigSynonym> synonyms = ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS.getOrDefault(setting.name(), List.of());
            if (!setting.millraceOwn()) assertThat(setting.synonyms()).as(setting.name()).isEqualTo(synonyms.stream().map(ConfigSynonym::name).toList());
        }
        for (Setting setting : SettingTable.BROKER.all()) {
            List<String> synonyms = DynamicBrokerConfig.brokerConfigSynonyms(setting.name(), true);
            assertThat(setting.synonyms()).as(setting.name()).isEqualTo(synonyms.size() > 1 ? synonyms : List.of());
        }
        for (Setting setting : SettingTable.GROUP.all())
            assertThat(setting.synonyms()).as(setting.name()).isEqualTo(GroupConfig.ALL_GROUP_CONFIG_SYNONYMS.get(setting.name()).map(List::of).orElse(List.of()));
    }

    /// Every broker and topic setting with a set of telling texts: both accept it, with the same value, or both refuse it.
    @Test void whatIsAcceptedEqualsKafkas() {
        List<String> disagreements = new ArrayList<>();
        acceptance(SettingTable.BROKER, AbstractKafkaConfig.CONFIG_DEF.configKeys(), disagreements);
        acceptance(SettingTable.TOPIC, LogConfig.configKeys(), disagreements);
        acceptance(SettingTable.GROUP, GroupConfig.CONFIG_DEF.configKeys(), disagreements);
        assertThat(disagreements).isEmpty();
    }

    private static final List<String> TEXTS = List.of("", " ", "0", "1", "-1", "-2", "2", "5", "9", "10", "17", "22", "23", "100", "1000", "1048576", "8388608", "2147483647",
            "2147483648", "9223372036854775807", "9223372036854775808", "0.5", "1.5", "true", "FALSE", "yes", "a", "a,b", "a, b ,c", "a,,b", "a,a", "none", "delete", "compact,delete",
            "gzip", "zstd", "producer", "CreateTime", "PLAINTEXT", "broker", "broker,controller", "classic,consumer", "UPGRADE", "upgrade", "ES256", "read_committed", "earliest",
            "by_duration:PT5M", "by_duration:5", "1@h:1", "1@h:1,2@[::1]:2", "h:1", "h:1,i:2", "*", "0:1", "0:1,1:2", "0-1", "required", "https");

    private static void acceptance(SettingTable table, Map<String, ConfigDef.ConfigKey> keys, List<String> disagreements) {
        for (ConfigDef.ConfigKey key : keys.values()) {
            if (key.type == ConfigDef.Type.CLASS) continue;         // Kafka loads the class at once, we when it is used
            for (String text : TEXTS) {
                String theirs = theirs(key, text);
                String ours = table.parse(key.name, text) instanceof Setting.Parsed(Object value) ? String.valueOf(SettingType.write(value)) : "refused";
                if (!theirs.equals(ours)) disagreements.add(key.name + "=" + text + ": Kafka " + theirs + ", we " + ours);
            }
        }
    }

    private static String theirs(ConfigDef.ConfigKey key, String text) {
        try {
            Object value = ConfigDef.parseType(key.name, text, key.type);
            if (key.validator != null) key.validator.ensureValid(key.name, value);
            return key.type == ConfigDef.Type.PASSWORD ? "[hidden]" : String.valueOf(ConfigDef.convertToString(value, key.type));
        } catch (ConfigException refused) {
            return "refused";
        }
    }

    private static void compare(SettingTable table, Map<String, ConfigDef.ConfigKey> keys) {
        Map<String, String> theirs = new TreeMap<>(), ours = new TreeMap<>();
        keys.forEach((name, key) -> theirs.put(name, key.type + " " + (key.hasDefault() ? ConfigDef.convertToString(key.defaultValue, key.type) : "required")
                + " " + key.importance + (key.internalConfig ? " internal" : "")));
        for (Setting setting : table.all())
            if (!setting.millraceOwn()) ours.put(setting.name(), setting.type() + " " + (setting.required() ? "required" : number(setting))
                    + " " + setting.importance() + (setting.internal() ? " internal" : ""));
        assertThat(ours).isEqualTo(theirs);
        assertThat(new TreeSet<>(ours.keySet())).isNotEmpty();
    }

    private static String number(Setting setting) {
        return SettingType.write(setting.defaultValue());
    }

}
