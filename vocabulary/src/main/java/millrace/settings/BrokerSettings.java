package millrace.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import millrace.settings.SettingValues.Sourced;

/// A broker's settings in their layers: the settings file, the cluster-wide dynamic default, and this broker's own dynamic
/// values (metadata records of the resources `BROKER ""` and `BROKER <id>`). Immutable: a changed layer makes a new one.
///
/// A dynamic text that does not parse (written by another release) is left out and listed in [#rejected], because a broker
/// that is running must go on running.
public final class BrokerSettings {
    private final Map<String, String> fromFile;
    private final Map<String, String> clusterDefault;
    private final Map<String, String> ownDynamic;
    private final SettingValues values;
    private final List<String> rejected;
    private final SettingValues topicDefaults;

    private BrokerSettings(Map<String, String> fromFile, Map<String, String> clusterDefault, Map<String, String> ownDynamic) {
        this.fromFile = fromFile;
        this.clusterDefault = clusterDefault;
        this.ownDynamic = ownDynamic;
        List<String> wrong = new ArrayList<>();
        Map<String, Sourced> set = new HashMap<>();
        layer(fromFile, SettingSource.STATIC_BROKER, set, wrong);
        layer(clusterDefault, SettingSource.DYNAMIC_DEFAULT_BROKER, set, wrong);
        layer(ownDynamic, SettingSource.DYNAMIC_BROKER, set, wrong);
        this.values = SettingValues.defaultsOf(SettingTable.BROKER).with(set);
        this.rejected = List.copyOf(wrong);
        this.topicDefaults = TopicSettings.defaults(values);
    }

    /// @param fromFile texts by key, already checked (see [StaticSettings])
    public static BrokerSettings of(Map<String, String> fromFile) {
        return new BrokerSettings(new LinkedHashMap<>(fromFile), Map.of(), Map.of());
    }

    /// @return the same file with these dynamic layers instead of the present ones
    public BrokerSettings withDynamic(Map<String, String> clusterDefault, Map<String, String> ownDynamic) {
        return new BrokerSettings(fromFile, new LinkedHashMap<>(clusterDefault), new LinkedHashMap<>(ownDynamic));
    }

    private static void layer(Map<String, String> texts, SettingSource source, Map<String, Sourced> set, List<String> wrong) {
        texts.forEach((name, text) -> {
            Setting setting = SettingTable.BROKER.find(name);
            if (setting == null || !setting.name().equals(name)) return;       // a plug-in's or a listener's: kept as text
            Setting.Parsing parsing = setting.parse(text);
            if (parsing instanceof Setting.Parsed(Object value)) set.put(name, new Sourced(value, source));
            else if (parsing instanceof Setting.Wrong(String message)) wrong.add(message);
        });
    }

    /// @return the values in force
    public SettingValues values() {
        return values;
    }

    /// @return one sentence for each text that was left out
    public List<String> rejected() {
        return rejected;
    }

    /// @return what a topic without settings of its own has
    SettingValues topicDefaults() {
        return topicDefaults;
    }

    /// @return the text of any key, also of plug-ins and of one listener (`listener.name.…`), from the highest layer that has
    ///     it; null when none has. Secrets come as they are: never log the result.
    public String rawText(String name) {
        String text = ownDynamic.get(name);
        if (text == null) text = clusterDefault.get(name);
        return text == null ? fromFile.get(name) : text;
    }

    /// @return texts of the file by key, in the file's order (secrets included: never log them)
    public Map<String, String> fileTexts() {
        return java.util.Collections.unmodifiableMap(fromFile);
    }

    /// Everything about this broker, as `DescribeConfigs` tells it.
    /// @return the table's settings that are not internal, and whatever else the file has set, in name order
    public List<ConfigEntry> entries() {
        return entries(SettingTable.BROKER.all(), false);
    }

    /// The cluster-wide dynamic values alone (the resource `BROKER ""`), in name order.
    public List<ConfigEntry> clusterDefaultEntries() {
        List<ConfigEntry> entries = new ArrayList<>();
        for (String name : new java.util.TreeMap<>(clusterDefault).keySet()) entries.add(clusterDefaultEntry(name));
        return entries;
    }

    private ConfigEntry clusterDefaultEntry(String name) {
        Setting setting = SettingTable.BROKER.find(name);
        boolean sensitive = setting == null || setting.sensitive();
        String shown = sensitive ? null : clusterDefault.get(name);
        return new ConfigEntry(name, shown, setting != null && setting.updateMode() == UpdateMode.READ_ONLY,
                SettingSource.DYNAMIC_DEFAULT_BROKER, sensitive, setting == null ? null : setting.type(),
                setting == null ? "" : setting.documentation(),
                List.of(new ConfigEntry.Synonym(name, shown, SettingSource.DYNAMIC_DEFAULT_BROKER)));
    }

    private List<ConfigEntry> entries(List<Setting> settings, boolean internalToo) {
        Map<String, ConfigEntry> entries = new java.util.TreeMap<>();
        for (Setting setting : settings)
            if (internalToo || !setting.internal() || rawText(setting.name()) != null) entries.put(setting.name(), entry(setting));
        for (Map<String, String> layer : List.of(fromFile, clusterDefault, ownDynamic))
            for (String name : layer.keySet()) if (!entries.containsKey(name)) entries.put(name, foreignEntry(name));
        return List.copyOf(entries.values());
    }

    private ConfigEntry entry(Setting setting) {
        List<ConfigEntry.Synonym> synonyms = synonyms(described(setting.name()));
        return new ConfigEntry(setting.name(), values.text(setting.name()), setting.updateMode() == UpdateMode.READ_ONLY,
                synonyms.isEmpty() ? SettingSource.DEFAULT : synonyms.getFirst().source(), setting.sensitive(), setting.type(),
                setting.documentation(), synonyms);
    }

    /// A key of a plug-in, of one listener or of an older release: whether it is a secret is known only for a listener's.
    private ConfigEntry foreignEntry(String name) {
        Setting behindPrefix = SettingTable.BROKER.find(name);
        boolean sensitive = behindPrefix == null || behindPrefix.sensitive();
        String shown = sensitive ? null : rawText(name);
        SettingSource source = ownDynamic.containsKey(name) ? SettingSource.DYNAMIC_BROKER
                : clusterDefault.containsKey(name) ? SettingSource.DYNAMIC_DEFAULT_BROKER : SettingSource.STATIC_BROKER;
        return new ConfigEntry(name, shown, behindPrefix == null || behindPrefix.updateMode() == UpdateMode.READ_ONLY, source, sensitive,
                behindPrefix == null ? null : behindPrefix.type(), behindPrefix == null ? "" : behindPrefix.documentation(),
                List.of(new ConfigEntry.Synonym(name, shown, source)));
    }

    /// Which keys `DescribeConfigs` names beside a broker's key: of the times that have a coarser unit, Kafka 4.4 tells so for
    /// retention only (seen on a running broker).
    static List<String> described(String name) {
        return switch (name) {
            case "log.retention.ms" -> List.of(name, "log.retention.minutes", "log.retention.hours");
            case "log.retention.minutes" -> List.of(name, "log.retention.hours");
            default -> List.of(name);
        };
    }

    /// @param names the key that is described, then its coarser units
    /// @return what each layer says under each of the names, the one in force first; as with Kafka it begins where a layer says something
    ///         under the key itself, and is empty when none does
    List<ConfigEntry.Synonym> synonyms(List<String> names) {
        List<ConfigEntry.Synonym> synonyms = new ArrayList<>();
        addFrom(ownDynamic, SettingSource.DYNAMIC_BROKER, names, synonyms);
        addFrom(clusterDefault, SettingSource.DYNAMIC_DEFAULT_BROKER, names, synonyms);
        addFrom(fromFile, SettingSource.STATIC_BROKER, names, synonyms);
        for (String name : names) {
            Setting setting = SettingTable.BROKER.get(name);
            if (setting.defaultValue() != null && !setting.dynamicOnly())
                synonyms.add(new ConfigEntry.Synonym(name, setting.sensitive() ? null : SettingType.write(setting.defaultValue()), SettingSource.DEFAULT));
        }
        return synonyms.stream().dropWhile(synonym -> !synonym.name().equals(names.getFirst())).toList();
    }

    private static void addFrom(Map<String, String> layer, SettingSource source, List<String> names, List<ConfigEntry.Synonym> synonyms) {
        for (String name : names) {
            String text = layer.get(name);
            if (text != null) synonyms.add(new ConfigEntry.Synonym(name, SettingTable.BROKER.get(name).sensitive() ? null : text, source));
        }
    }
}
