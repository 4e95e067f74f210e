package millrace.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the operator has written down: a settings file and `--set key=value` on top, read and checked key by key.
/// The last word about a key wins.
public final class StaticSettings {
    private final Map<String, Given> given = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private record Given(String text, String origin) {}

    private StaticSettings() {}

    /// @return nothing written down yet
    public static StaticSettings none() {
        return new StaticSettings();
    }

    public sealed interface Result permits Usable, Wrong {}

    /// @param warnings one sentence each, for keys that are unknown or from Kafka's past
    public record Usable(BrokerSettings settings, List<String> warnings) implements Result {}

    /// @param problems one sentence each: where, which key, what value, which bounds
    public record Wrong(List<String> problems) implements Result {}

    /// @param fileName as the operator wrote it, for messages
    public StaticSettings file(String fileName, PropertiesFile file) {
        for (PropertiesFile.Malformed malformed : file.malformed())
            problems.add(fileName + ", line " + malformed.line() + ": " + malformed.message() + ".");
        for (PropertiesFile.Property property : file.properties())
            put(property.key(), property.value(), fileName + ", line " + property.line());
        return this;
    }

    /// @param argument as it follows `--set`
    public StaticSettings option(String argument) {
        int equals = argument.indexOf('=');
        if (equals <= 0) problems.add("--set " + argument + ": write --set key=value.");
        else put(argument.substring(0, equals).trim(), argument.substring(equals + 1), "--set");
        return this;
    }

    /// Supplies a key that neither file nor options have named.
    public StaticSettings orElse(String key, String text) {
        if (!given.containsKey(key)) put(key, text, "default");
        return this;
    }

    public boolean names(String key) {
        return given.containsKey(key);
    }

    /// @return the text given for a key, null for none
    String text(String key) {
        Given found = given.get(key);
        return found == null ? null : found.text;
    }

    private void put(String key, String text, String origin) {
        given.remove(key);                                            // so that the order follows the last mention
        given.put(key, new Given(text, origin));
    }

    public Result result() {
        nodeIdAndBrokerIdAreOne();
        List<String> wrong = new ArrayList<>(problems);
        List<String> warnings = new ArrayList<>();
        Map<String, String> texts = new LinkedHashMap<>();
        given.forEach((key, value) -> {
            texts.put(key, value.text);
            Setting setting = SettingTable.BROKER.find(key);
            if (setting == null) warnAbout(key, value.origin, warnings);
            else if (setting.parse(value.text) instanceof Setting.Wrong(String message))
                wrong.add(value.origin + ": " + message.replaceFirst("^" + java.util.regex.Pattern.quote(setting.name()), key));
        });
        return wrong.isEmpty() ? new Usable(BrokerSettings.of(texts), List.copyOf(warnings)) : new Wrong(List.copyOf(wrong));
    }

    private void nodeIdAndBrokerIdAreOne() {
        Given nodeId = given.get("node.id"), brokerId = given.get("broker.id");
        if (nodeId != null && brokerId != null && !nodeId.text.trim().equals(brokerId.text.trim()))
            problems.add(nodeId.origin + ": node.id=" + nodeId.text + " and broker.id=" + brokerId.text + " differ; remove broker.id.");
        if (nodeId == null && brokerId != null) given.put("node.id", brokerId);
        if (brokerId == null && nodeId != null) given.put("broker.id", nodeId);
    }

    private static void warnAbout(String key, String origin, List<String> warnings) {
        String past = FormerKeys.explain(key);
        if (past != null) warnings.add(origin + ": " + key + " " + past);
        else if (!FormerKeys.belongsToAPlugIn(key))
            warnings.add(origin + ": nothing here reads '" + key + "'; the closest known key is '" + SettingTable.BROKER.closest(key) + "'.");
    }
}
