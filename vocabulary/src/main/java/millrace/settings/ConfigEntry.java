package millrace.settings;

import java.util.List;

/// One line of a `DescribeConfigs` answer.
///
/// @param value null for none, and always for a secret
/// @param readOnly it cannot be altered while the cluster runs
/// @param type null when the key is unknown here (then it is treated as a secret)
/// @param synonyms what is set or default in each layer, the one in force first
public record ConfigEntry(String name, String value, boolean readOnly, SettingSource source, boolean sensitive, SettingType type,
                          String documentation, List<Synonym> synonyms) {
    /// @param value null for a secret
    public record Synonym(String name, String value, SettingSource source) {}
}
