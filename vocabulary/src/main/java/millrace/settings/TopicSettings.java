package millrace.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import millrace.settings.SettingValues.Sourced;

/// A topic's settings in force on one broker: its own overrides over what the broker says under the synonyms
/// (`retention.ms` ◀ `log.retention.ms`, else `.minutes`, else `.hours`, converted to milliseconds), over the defaults.
///
/// An override that does not parse is left out, as [BrokerSettings] does.
public final class TopicSettings {
    private final BrokerSettings broker;
    private final Map<String, String> overrides;
    private final SettingValues values;

    private TopicSettings(BrokerSettings broker, Map<String, String> overrides) {
        this.broker = broker;
        this.overrides = overrides;
        this.values = broker.topicDefaults().with(parsed(overrides));
    }

    /// @param overrides texts by key, as the metadata image has them for the resource `TOPIC <name>`
    public static TopicSettings of(BrokerSettings broker, Map<String, String> overrides) {
        return new TopicSettings(broker, overrides);
    }

    private static Map<String, Sourced> parsed(Map<String, String> overrides) {
        Map<String, Sourced> set = new HashMap<>();
        overrides.forEach((name, text) -> {
            Setting setting = SettingTable.TOPIC.find(name);
            if (setting != null && setting.parse(text) instanceof Setting.Parsed(Object value))
                set.put(name, new Sourced(value, SettingSource.DYNAMIC_TOPIC));
        });
        return set;
    }

    /// @return what a topic without overrides has on a broker with these values
    static SettingValues defaults(SettingValues broker) {
        Map<String, Sourced> set = new HashMap<>();
        for (Setting setting : SettingTable.TOPIC.all()) {
            for (String key : setting.synonyms()) {
                Object value = broker.value(key);
                if (value == null) continue;
                if (broker.isSet(key)) set.put(setting.name(), new Sourced(converted(setting, key, value), broker.source(key)));
                break;
            }
        }
        return SettingValues.defaultsOf(SettingTable.TOPIC).with(set);
    }

    private static Object converted(Setting setting, String key, Object value) {
        if (setting.type() != SettingType.LONG) return value;
        long converted = ((Number) value).longValue() * Setting.unitMs(key);
        return setting.name().equals("retention.ms") && converted < 0 ? -1L : converted;      // any negative retention means for ever
    }

    /// @return the values in force
    public SettingValues values() {
        return values;
    }

    /// Everything about this topic, as `DescribeConfigs` tells it: settings that are not internal, in name order.
    public List<ConfigEntry> entries() {
        List<ConfigEntry> entries = new ArrayList<>();
        for (Setting setting : SettingTable.TOPIC.all())
            if (!setting.internal() || overrides.containsKey(setting.name())) entries.add(entry(setting));
        return entries;
    }

    private ConfigEntry entry(Setting setting) {
        return Layered.entry(setting, overrides.containsKey(setting.name()), SettingSource.DYNAMIC_TOPIC, values, broker);
    }
}
