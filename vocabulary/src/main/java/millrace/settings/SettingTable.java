package millrace.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All settings of one kind of resource. The tables are constants of classes and a line is taken apart when its setting is
/// first asked for: reading them from resource files and parsing every line cost 17 ms of a start (measured), this costs 2.
public final class SettingTable {
    public static final SettingTable BROKER = new SettingTable("broker");
    public static final SettingTable TOPIC = new SettingTable("topic");
    public static final SettingTable GROUP = new SettingTable("group");
    public static final SettingTable CLIENT_METRICS = new SettingTable("client metrics");

    private final String kind;
    private volatile Content content;
    private volatile List<Setting> inNameOrder;

    /// Names in the table's order, and behind each name its line or, once asked for, its [Setting].
    private record Content(List<String> names, Map<String, Object> lineOrSetting) {}

    private SettingTable(String kind) {
        this.kind = kind;
    }

    /// @return the setting, or null when there is none of this name. A broker's `listener.name.<listener>.<key>` is found
    ///     under its plain key where that belongs to a listener's security or connections.
    public Setting find(String name) {
        Setting setting = exactly(name);
        return setting != null || this != BROKER ? setting : ListenerPrefix.find(this, name);
    }

    /// @return the setting with exactly this name
    /// @throws IllegalArgumentException when there is none: the caller misspelt a key
    public Setting get(String name) {
        Setting setting = exactly(name);
        if (setting == null) throw new IllegalArgumentException("no " + kind + " setting is called '" + name + "'");
        return setting;
    }

    /// @return every setting in name order, but for those that exist only as dynamic values
    public List<Setting> all() {
        List<Setting> all = inNameOrder;
        if (all == null) inNameOrder = all = content().names.stream().map(this::exactly).filter(setting -> !setting.dynamicOnly()).toList();
        return all;
    }

    /// @return the known name that takes the fewest edits to reach from `name`
    public String closest(String name) {
        return EditDistance.closest(name, content().names);
    }

    /// @return [Setting.Parsed] or [Setting.Wrong]; an unknown name is wrong, too
    public Setting.Parsing parse(String name, String text) {
        Setting setting = find(name);
        return setting == null ? new Setting.Wrong("Unknown " + kind + " setting '" + name + "' (the closest known one is '" + closest(name) + "').")
                : setting.parse(text);
    }

    private Setting exactly(String name) {
        Content known = content();
        synchronized (known) {
            Object found = known.lineOrSetting.get(name);
            if (!(found instanceof String line)) return (Setting) found;
            Setting setting = parseLine(line);
            known.lineOrSetting.put(name, setting);
            return setting;
        }
    }

    private Content content() {
        Content known = content;
        return known != null ? known : loaded();
    }

    private synchronized Content loaded() {
        if (content == null) content = index(lines());
        return content;
    }

    private String lines() {
        return this == BROKER ? BrokerTable.LINES : this == TOPIC ? TopicTable.LINES : this == GROUP ? GroupTable.LINES : ClientMetricsTable.LINES;
    }

    private static Content index(String text) {
        List<String> names = new ArrayList<>(400);
        Map<String, Object> byName = new HashMap<>(1_024);
        int from = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
            String name = text.substring(from, text.indexOf('\t', from));
            names.add(name);
            byName.put(name, text.substring(from, end));
            from = end + 1;
        }
        return new Content(List.copyOf(names), byName);
    }

    private static Setting parseLine(String line) {
        String[] fields = new String[8];
        int from = 0;
        for (int i = 0; i < 7; i++) {
            int tab = line.indexOf('\t', from);
            fields[i] = line.substring(from, tab);
            from = tab + 1;
        }
        fields[7] = line.substring(from);
        SettingType type = SettingType.valueOf(fields[1]);
        String flags = fields[5];
        return new Setting(fields[0], type, fields[2].charAt(0) == '=' ? type.read(fields[2].substring(1)) : null,
                Bounds.parse(fields[3]), importance(fields[4].charAt(0)), type == SettingType.PASSWORD, updateMode(flags.charAt(0)),
                fields[6].isEmpty() ? List.of() : List.of(fields[6].split(",")), fields[7], fields[0].startsWith("millrace."),
                flags.indexOf('i') > 0, fields[2].equals("!"), flags.indexOf('d') > 0);
    }

    private static Importance importance(char letter) {
        return switch (letter) {
            case 'H' -> Importance.HIGH;
            case 'M' -> Importance.MEDIUM;
            default -> Importance.LOW;
        };
    }

    private static UpdateMode updateMode(char letter) {
        return switch (letter) {
            case 'c' -> UpdateMode.CLUSTER_WIDE;
            case 'b' -> UpdateMode.PER_BROKER;
            default -> UpdateMode.READ_ONLY;
        };
    }
}
