package millrace.settings;

import java.util.List;

/// One key that can be set, with everything Kafka says about it.
///
/// @param defaultValue as read by its type; null for none
/// @param sensitive the value is a secret and never shown
/// @param synonyms keys that may supply the value, in the order in which they are looked at; of a topic's or a group's
///     setting they are broker keys, of a broker's setting the list includes the setting itself; empty when there are none
/// @param documentation one sentence
/// @param millraceOwn Apache Kafka does not know this key
/// @param internal listed only where somebody has set it
/// @param required Kafka refuses to start without it (a node here knows a default: [NodeDefaults])
/// @param dynamicOnly it has no meaning in a settings file
public record Setting(String name, SettingType type, Object defaultValue, Bounds bounds, Importance importance, boolean sensitive,
                      UpdateMode updateMode, List<String> synonyms, String documentation, boolean millraceOwn,
                      boolean internal, boolean required, boolean dynamicOnly) {

    /// What became of a text.
    public sealed interface Parsing permits Parsed, Wrong {}

    /// @param value a Boolean, String, Integer, Short, Long, Double, list of Strings or [Password]
    public record Parsed(Object value) implements Parsing {}

    /// @param message names the key, the value (unless secret) and the bounds
    public record Wrong(String message) implements Parsing {}

    public Parsing parse(String text) {
        Object value;
        try {
            value = type.read(text);
        } catch (IllegalArgumentException notOfThisType) {
            return wrong(text);
        }
        return bounds.allow(value) ? new Parsed(value) : wrong(text);
    }

    private Wrong wrong(String text) {
        String within = bounds.describe();
        return new Wrong(name + " cannot be " + (sensitive ? Password.HIDDEN : "'" + text + "'") + ": it must be "
                + type.description() + (within.isEmpty() ? "" : ", " + within) + ".");
    }

    /// @return milliseconds that one unit of `key` is worth where a setting in milliseconds takes its value from it
    static long unitMs(String key) {
        return key.endsWith(".hours") ? 3_600_000 : key.endsWith(".minutes") ? 60_000 : 1;
    }
}
