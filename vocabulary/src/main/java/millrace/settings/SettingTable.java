package millrace.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All settings of one kind of resource. A table is read from its resource when it is first asked for something
/// (a few milliseconds, so a start pays only for what it touches).
public final class SettingTable {
    public static final SettingTable BROKER = new SettingTable("broker");
    public static final SettingTable TOPIC = new SettingTable("topic");
    public static final SettingTable GROUP = new SettingTable("group");
    public static final SettingTable CLIENT_METRICS = new SettingTable("client-metrics");

    private final String resource;
    private volatile Content content;

    private record Content(List<Setting> inNameOrder, Map<String, Setting> byName) {}

    private SettingTable(String resource) {
        this.resource = resource;
    }

    /// @return the setting, or null when there is none of this name. A broker's `listener.name.<listener>.<key>` is found
    ///     under its plain key where that belongs to a listener's security or connections.
    public Setting find(String name) {
        Setting setting = content().byName.get(name);
        return setting != null || this != BROKER ? setting : ListenerPrefix.find(this, name);
    }

    /// @return the setting with exactly this name
    /// @throws IllegalArgumentException when there is none: the caller misspelt a key
    public Setting get(String name) {
        Setting setting = content().byName.get(name);
        if (setting == null) throw new IllegalArgumentException("no " + resource + " setting is called '" + name + "'");
        return setting;
    }

    /// @return every setting in name order, but for those that exist only as dynamic values
    public List<Setting> all() {
        return content().inNameOrder;
    }

    /// @return the known name that takes the fewest edits to reach from `name`
    public String closest(String name) {
        return EditDistance.closest(name, all().stream().map(Setting::name).toList());
    }

    /// @return [Setting.Parsed] or [Setting.Wrong]; an unknown name is wrong, too
    public Setting.Parsing parse(String name, String text) {
        Setting setting = find(name);
        return setting == null ? new Setting.Wrong("Unknown " + resource + " setting '" + name + "' (the closest known one is '" + closest(name) + "').")
                : setting.parse(text);
    }

    private Content content() {
        Content known = content;
        if (known == null) content = known = read(resource);   // two threads may both read it: the results are equal
        return known;
    }

    private static Content read(String resource) {
        List<Setting> settings = new ArrayList<>(400);
        Map<String, Setting> byName = new HashMap<>(1_024);
        for (String line : lines(resource + ".tsv")) {
            Setting setting = parseLine(line);
            byName.put(setting.name(), setting);
            if (!setting.dynamicOnly()) settings.add(setting);
        }
        return new Content(List.copyOf(settings), byName);
    }

    private static List<String> lines(String file) {
        try (InputStream in = SettingTable.class.getResourceAsStream(file)) {
            if (in == null) throw new IllegalStateException("the table " + file + " is missing from the class path");
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<String> lines = new ArrayList<>(400);
            int from = 0;
            for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
                lines.add(text.substring(from, end));
                from = end + 1;
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException("the table " + file + " cannot be read", e);
        }
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
