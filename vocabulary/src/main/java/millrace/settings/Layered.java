package millrace.settings;

import java.util.ArrayList;
import java.util.List;

/// A topic's or a group's line of `DescribeConfigs`: its own value first, then the broker's layers under the synonyms.
final class Layered {
    private Layered() {}

    static ConfigEntry entry(Setting setting, boolean overridden, SettingSource own, SettingValues values, BrokerSettings broker) {
        String shown = values.text(setting.name());
        List<ConfigEntry.Synonym> synonyms = new ArrayList<>();
        if (overridden) synonyms.add(new ConfigEntry.Synonym(setting.name(), shown, own));
        if (!setting.synonyms().isEmpty()) synonyms.addAll(broker.synonyms(BrokerSettings.described(setting.synonyms().getFirst())));
        else if (own == SettingSource.DYNAMIC_GROUP && setting.defaultValue() != null)
            synonyms.add(new ConfigEntry.Synonym(setting.name(), SettingType.write(setting.defaultValue()), SettingSource.DEFAULT));
        return new ConfigEntry(setting.name(), shown, false, synonyms.isEmpty() ? SettingSource.DEFAULT : synonyms.getFirst().source(),
                setting.sensitive(), setting.type(), setting.documentation(), synonyms);
    }
}
