package millrace.settings;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The values in force of one resource: what some layer has set, over the table's defaults. Immutable; reading one value is
/// one or two lookups, but whoever needs a value per record keeps it in a field.
///
/// Every accessor throws [IllegalArgumentException] for a name that the table does not have, and a [ClassCastException] for
/// one of another type: both are mistakes of the calling code.
public final class SettingValues {
    private final SettingTable table;
    /// Looked up only, never walked, so its order cannot leak.
    private final Map<String, Sourced> set;

    /// @param value may be null (explicitly none)
    public record Sourced(Object value, SettingSource source) {}

    private SettingValues(SettingTable table, Map<String, Sourced> set) {
        this.table = table;
        this.set = set;
    }

    public static SettingValues defaultsOf(SettingTable table) {
        return new SettingValues(table, Map.of());
    }

    /// @return these values with the given ones in their place
    public SettingValues with(Map<String, Sourced> overrides) {
        if (overrides.isEmpty()) return this;
        Map<String, Sourced> merged = new HashMap<>(set);
        merged.putAll(overrides);
        return new SettingValues(table, merged);
    }

    /// @return these values with one in its place
    public SettingValues with(String name, Object value, SettingSource source) {
        return with(Collections.singletonMap(name, new Sourced(value, source)));
    }

    public SettingTable table() {
        return table;
    }

    /// @return the value as its type reads it, null for none
    public Object value(String name) {
        Sourced sourced = set.get(name);
        return sourced != null ? sourced.value : table.get(name).defaultValue();
    }

    public SettingSource source(String name) {
        Sourced sourced = set.get(name);
        return sourced != null ? sourced.source : SettingSource.DEFAULT;
    }

    /// @return whether some layer has set it
    public boolean isSet(String name) {
        return set.containsKey(name);
    }

    /// @return whether there is a value: set, or a default that is not none
    public boolean has(String name) {
        return value(name) != null;
    }

    /// @return an INT or SHORT
    public int integer(String name) {
        return ((Number) present(name)).intValue();
    }

    /// @return a LONG, INT or SHORT
    public long longValue(String name) {
        return ((Number) present(name)).longValue();
    }

    /// @return a number of any type
    public double number(String name) {
        return ((Number) present(name)).doubleValue();
    }

    public boolean bool(String name) {
        return (Boolean) present(name);
    }

    /// @return a STRING or CLASS, null for none
    public String string(String name) {
        return (String) value(name);
    }

    /// @return a LIST, empty for none
    public List<String> list(String name) {
        Object value = value(name);
        return value == null ? List.of() : ((List<?>) value).stream().map(String.class::cast).toList();
    }

    /// @return a PASSWORD, null for none
    public Password password(String name) {
        return (Password) value(name);
    }

    /// @return the value's text as `DescribeConfigs` shows it, null for none and for a secret
    public String text(String name) {
        return table.get(name).sensitive() ? null : SettingType.write(value(name));
    }

    private Object present(String name) {
        Object value = value(name);
        if (value == null) throw new IllegalArgumentException("'" + name + "' has no value and no default; ask has(\"" + name + "\") first");
        return value;
    }
}
