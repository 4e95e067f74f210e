package millrace.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import millrace.settings.SettingValues.Sourced;

/// A group's settings in force: its own overrides over the broker's `group.…` keys, kept between the broker's least and
/// greatest (`group.consumer.min.session.timeout.ms` ...), which may have moved since the override was made.
public final class GroupSettings {
    /// The broker's bound on a group's setting; null where there is none.
    private record Limit(String name, String least, String greatest) {}

    private static final List<Limit> LIMITS = List.of(
            ofBroker("consumer", "session.timeout.ms"), ofBroker("consumer", "heartbeat.interval.ms"), ofBroker("consumer", "assignment.interval.ms"),
            ofBroker("share", "session.timeout.ms"), ofBroker("share", "heartbeat.interval.ms"), ofBroker("share", "assignment.interval.ms"),
            ofBroker("share", "record.lock.duration.ms"), ofBroker("share", "delivery.count.limit"), ofBroker("share", "partition.max.record.locks"),
            ofBroker("streams", "session.timeout.ms"), ofBroker("streams", "heartbeat.interval.ms"), ofBroker("streams", "assignment.interval.ms"),
            new Limit("streams.num.standby.replicas", null, "group.streams.max.standby.replicas"),
            new Limit("streams.num.warmup.replicas", null, "group.streams.max.warmup.replicas"),
            new Limit("streams.task.offset.interval.ms", "group.streams.min.task.offset.interval.ms", null));

    private final BrokerSettings broker;
    private final Map<String, String> overrides;
    private final SettingValues values;

    private GroupSettings(BrokerSettings broker, Map<String, String> overrides) {
        this.broker = broker;
        this.overrides = overrides;
        this.values = within(broker.values(), ofOverrides(fromBroker(broker.values()), overrides));
    }

    /// @param overrides texts by key, as the metadata image has them for the resource `GROUP <id>`
    public static GroupSettings of(BrokerSettings broker, Map<String, String> overrides) {
        return new GroupSettings(broker, overrides);
    }

    private static Limit ofBroker(String groupType, String key) {
        return new Limit(groupType + "." + key, "group." + groupType + ".min." + key, "group." + groupType + ".max." + key);
    }

    private static SettingValues fromBroker(SettingValues broker) {
        Map<String, Sourced> set = new HashMap<>();
        for (Setting setting : SettingTable.GROUP.all()) {
            if (setting.synonyms().isEmpty()) continue;
            String key = setting.synonyms().getFirst();
            Object value = broker.value(key);
            boolean firstOfAList = setting.type() != SettingType.LIST && value instanceof List<?>;
            if (!broker.isSet(key) && !firstOfAList) continue;
            if (firstOfAList) value = ((List<?>) value).isEmpty() ? null : ((List<?>) value).getFirst();
            set.put(setting.name(), new Sourced(value, broker.source(key)));
        }
        return SettingValues.defaultsOf(SettingTable.GROUP).with(set);
    }

    private static SettingValues ofOverrides(SettingValues base, Map<String, String> overrides) {
        Map<String, Sourced> set = new HashMap<>();
        overrides.forEach((name, text) -> {
            Setting setting = SettingTable.GROUP.find(name);
            if (setting != null && setting.parse(text) instanceof Setting.Parsed(Object value))
                set.put(name, new Sourced(value, SettingSource.DYNAMIC_GROUP));
        });
        return base.with(set);
    }

    private static SettingValues within(SettingValues broker, SettingValues group) {
        SettingValues kept = group;
        for (Limit limit : LIMITS) {
            int value = group.integer(limit.name);
            int within = value;
            if (limit.least != null) within = Math.max(within, broker.integer(limit.least));
            if (limit.greatest != null) within = Math.min(within, broker.integer(limit.greatest));
            if (within != value && group.isSet(limit.name)) kept = kept.with(limit.name, within, group.source(limit.name));
        }
        return kept;
    }

    /// @return null when the overrides are allowed on this broker, else a sentence that says which is not and why
    static String violation(SettingValues broker, Map<String, String> overrides) {
        SettingValues group = ofOverrides(fromBroker(broker), overrides);
        for (Limit limit : LIMITS) {
            if (!overrides.containsKey(limit.name)) continue;
            int value = group.integer(limit.name);
            if (limit.least != null && value < broker.integer(limit.least))
                return limit.name + " must be greater than or equal to " + limit.least + " (" + broker.integer(limit.least) + "), but is " + value + ".";
            if (limit.greatest != null && value > broker.integer(limit.greatest))
                return limit.name + " must be less than or equal to " + limit.greatest + " (" + broker.integer(limit.greatest) + "), but is " + value + ".";
        }
        for (String type : List.of("consumer", "share", "streams"))
            if (group.integer(type + ".session.timeout.ms") <= group.integer(type + ".heartbeat.interval.ms"))
                return type + ".session.timeout.ms (" + group.integer(type + ".session.timeout.ms") + ") must be greater than "
                        + type + ".heartbeat.interval.ms (" + group.integer(type + ".heartbeat.interval.ms") + ").";
        return null;
    }

    /// @return the values in force
    public SettingValues values() {
        return values;
    }

    /// Everything about this group, as `DescribeConfigs` tells it: settings that are not internal, in name order.
    public List<ConfigEntry> entries() {
        List<ConfigEntry> entries = new ArrayList<>();
        for (Setting setting : SettingTable.GROUP.all())
            if (!setting.internal() || overrides.containsKey(setting.name()))
                entries.add(Layered.entry(setting, overrides.containsKey(setting.name()), SettingSource.DYNAMIC_GROUP, values, broker));
        return entries;
    }
}
