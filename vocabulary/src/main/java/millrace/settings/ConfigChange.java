package millrace.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/// What `IncrementalAlterConfigs` and `AlterConfigs` would change on one resource, or why they may not.
///
/// It only computes: the controller turns [Accepted#changes] into `ConfigRecord`s. Source: KIP-339, KIP-226.
public final class ConfigChange {
    /// In the order of the ids on the wire.
    public enum Operation {
        SET, DELETE, APPEND, SUBTRACT;

        /// @return null for an id that does not exist
        public static Operation forId(byte id) {
            return id < 0 || id >= values().length ? null : values()[id];
        }
    }

    /// @param operation null when the request carried an unknown one
    /// @param value null for none
    public record Alteration(Operation operation, String name, String value) {}

    public sealed interface Outcome permits Accepted, Refused {}

    /// @param changes new text by key, null to delete it, in name order; keys that stay as they are do not appear
    public record Accepted(Map<String, String> changes) implements Outcome {}

    public record Refused(Reason reason, String message) implements Outcome {}

    /// The protocol's error codes of the same names.
    public enum Reason { INVALID_CONFIG, INVALID_REQUEST }

    private enum Kind { TOPIC, GROUP, CLIENT_METRICS, BROKER, CLUSTER_DEFAULT }

    private final Kind kind;
    private final SettingTable table;
    private final BrokerSettings broker;
    private final Map<String, String> present;

    private ConfigChange(Kind kind, SettingTable table, BrokerSettings broker, Map<String, String> present) {
        this.kind = kind;
        this.table = table;
        this.broker = broker;
        this.present = present;
    }

    /// @param broker the settings of the node that decides, for defaults and limits
    /// @param present the resource's texts now
    public static ConfigChange ofTopic(BrokerSettings broker, Map<String, String> present) {
        return new ConfigChange(Kind.TOPIC, SettingTable.TOPIC, broker, present);
    }

    public static ConfigChange ofGroup(BrokerSettings broker, Map<String, String> present) {
        return new ConfigChange(Kind.GROUP, SettingTable.GROUP, broker, present);
    }

    public static ConfigChange ofClientMetrics(BrokerSettings broker, Map<String, String> present) {
        return new ConfigChange(Kind.CLIENT_METRICS, SettingTable.CLIENT_METRICS, broker, present);
    }

    /// One broker's dynamic values (the resource `BROKER <id>`).
    public static ConfigChange ofBroker(BrokerSettings broker, Map<String, String> present) {
        return new ConfigChange(Kind.BROKER, SettingTable.BROKER, broker, present);
    }

    /// The cluster-wide dynamic default (the resource `BROKER ""`).
    public static ConfigChange ofClusterDefault(BrokerSettings broker, Map<String, String> present) {
        return new ConfigChange(Kind.CLUSTER_DEFAULT, SettingTable.BROKER, broker, present);
    }

    /// `IncrementalAlterConfigs`: each alteration by itself, all of them or none.
    public Outcome alter(List<Alteration> alterations) {
        Map<String, String> result = new TreeMap<>(present);
        TreeSet<String> seen = new TreeSet<>();
        for (Alteration alteration : alterations) {
            String name = alteration.name();
            if (!seen.add(name)) return refusedRequest("The key " + name + " appears more than once; send one operation per key.");
            if (alteration.operation() == null) return refusedRequest("Unknown operation for " + name + "; known are SET, DELETE, APPEND and SUBTRACT.");
            if (alteration.value() == null && alteration.operation() != Operation.DELETE)
                return refusedRequest("Null value not supported for " + name + "; use DELETE to go back to the default.");
            switch (alteration.operation()) {
                case SET -> result.put(name, alteration.value());
                case DELETE -> result.remove(name);
                case APPEND, SUBTRACT -> {
                    Setting setting = table.find(name);
                    if (setting == null || setting.type() != SettingType.LIST)
                        return refused("Can't " + alteration.operation() + " to key " + name + " because its type is not LIST.");
                    result.put(name, edited(setting, result.get(name), alteration));
                }
            }
        }
        return checked(result, seen);
    }

    /// `AlterConfigs`: the whole new set; what it does not name goes back to its default.
    public Outcome replaceAll(Map<String, String> texts) {
        for (Map.Entry<String, String> text : texts.entrySet())
            if (text.getValue() == null) return refusedRequest("Null value not supported for " + text.getKey() + "; leave the key out to go back to the default.");
        return checked(new TreeMap<>(texts), new TreeSet<>(texts.keySet()));
    }

    /// A topic that is being created with these texts.
    public Outcome create(Map<String, String> texts) {
        return replaceAll(texts);
    }

    private String edited(Setting setting, String text, Alteration alteration) {
        List<String> parts = new ArrayList<>(list(text == null ? inherited(setting) : text));
        for (String part : list(alteration.value())) {
            if (alteration.operation() == Operation.SUBTRACT) parts.remove(part);
            else if (!parts.contains(part)) parts.add(part);
        }
        return String.join(",", parts);
    }

    /// The text that is in force where the resource has none of its own.
    private String inherited(Setting setting) {
        SettingValues values = switch (kind) {
            case TOPIC -> broker.topicDefaults();
            case GROUP -> GroupSettings.of(broker, Map.of()).values();
            case CLIENT_METRICS -> SettingValues.defaultsOf(table);
            case BROKER, CLUSTER_DEFAULT -> broker.values();
        };
        String text = SettingType.write(values.value(setting.name()));
        return text == null ? "" : text;
    }

    private static List<String> list(String text) {
        return ((List<?>) SettingType.LIST.read(text)).stream().map(String.class::cast).toList();
    }

    private Outcome checked(Map<String, String> result, TreeSet<String> touched) {
        for (Map.Entry<String, String> entry : result.entrySet()) {
            String problem = problemWith(entry.getKey(), entry.getValue());
            if (problem != null) return refused(problem);
        }
        if (kind == Kind.BROKER || kind == Kind.CLUSTER_DEFAULT)
            for (String name : touched) {
                String problem = notDynamic(name);
                if (problem != null) return refusedRequest(problem);
            }
        String problem = together(result);
        return problem != null ? refused(problem) : new Accepted(difference(result));
    }

    private String problemWith(String name, String text) {
        Setting setting = table.find(name);
        if (setting == null) return switch (kind) {
            case BROKER, CLUSTER_DEFAULT -> null;                  // plug-ins have keys that nobody else knows
            case TOPIC -> "Unknown topic config name: " + name + " (the closest known one is " + table.closest(name) + ").";
            case GROUP -> "Unknown group config name: " + name + " (the closest known one is " + table.closest(name) + ").";
            case CLIENT_METRICS -> "Unknown client metrics configuration: " + name + " (known are interval.ms, match and metrics).";
        };
        return setting.parse(text) instanceof Setting.Wrong(String message) ? message : null;
    }

    private String notDynamic(String name) {
        Setting setting = table.find(name);
        if (setting == null) return null;
        if (setting.updateMode() == UpdateMode.READ_ONLY)
            return "Cannot update " + name + " dynamically: set it in the settings file and restart the broker.";
        boolean ofOneListener = ListenerPrefix.has(name);
        if (kind == Kind.CLUSTER_DEFAULT && (setting.updateMode() == UpdateMode.PER_BROKER || ofOneListener))
            return "Cannot update " + name + " at default cluster level, broker id must be specified.";
        if (!ofOneListener && (name.startsWith("ssl.keystore.") || name.startsWith("ssl.truststore.") || name.equals("ssl.key.password")))
            return name + " can be dynamically updated only per listener: use listener.name.<listener>." + name + ".";
        return null;
    }

    /// What each key allows by itself may still be wrong together.
    private String together(Map<String, String> result) {
        return switch (kind) {
            case TOPIC -> {
                SettingValues topic = TopicSettings.of(broker, result).values();
                long least = topic.longValue("min.compaction.lag.ms"), most = topic.longValue("max.compaction.lag.ms");
                yield least > most ? "min.compaction.lag.ms (" + least + ") must not be greater than max.compaction.lag.ms (" + most + ")."
                        : topic.bool("remote.storage.enable") && !broker.values().bool("remote.log.storage.system.enable")
                        ? "Tiered storage functionality is disabled in the broker. Topic cannot be configured with remote log storage "
                                + "(set remote.log.storage.system.enable=true first)." : null;
            }
            case GROUP -> GroupSettings.violation(broker.values(), result);
            case CLIENT_METRICS -> clientMetricsProblem(result);
            case BROKER, CLUSTER_DEFAULT -> null;
        };
    }

    private static final List<String> CLIENT_SELECTORS = List.of("client_instance_id", "client_id", "client_software_name",
            "client_software_version", "client_source_address", "client_source_port");

    private static String clientMetricsProblem(Map<String, String> result) {
        String interval = result.get("interval.ms");
        if (interval != null && (Integer.parseInt(interval.trim()) < 100 || Integer.parseInt(interval.trim()) > 3_600_000))
            return "interval.ms cannot be '" + interval + "': it must be from 100 to 3600000 milliseconds.";
        for (String pattern : list(result.getOrDefault("match", ""))) {
            int equals = pattern.indexOf('=');
            if (equals < 0 || !CLIENT_SELECTORS.contains(pattern.substring(0, equals).trim()))
                return "match cannot be '" + pattern + "': it must be a selector, = and a pattern; selectors are " + String.join(", ", CLIENT_SELECTORS) + ".";
        }
        return null;
    }

    private Map<String, String> difference(Map<String, String> result) {
        TreeMap<String, String> changes = new TreeMap<>();
        result.forEach((name, text) -> {
            if (!Objects.equals(present.get(name), text)) changes.put(name, text);
        });
        present.forEach((name, text) -> {
            if (!result.containsKey(name)) changes.put(name, null);
        });
        return new LinkedHashMap<>(changes);
    }

    private static Refused refused(String message) {
        return new Refused(Reason.INVALID_CONFIG, message);
    }

    private static Refused refusedRequest(String message) {
        return new Refused(Reason.INVALID_REQUEST, message);
    }
}
