package millrace.broker.settings;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import millrace.settings.SettingValues;

/// `cordoned.log.dirs`: log directories that keep what they have and take no new replicas. `*` stands for all of them. Source: KIP-1066.
public final class CordonedDirectories {
    public static final String KEY = "cordoned.log.dirs";
    public static final String ALL = "*";

    private CordonedDirectories() {}

    /// @param logDirectories of this node, absolute; a name that is none of them cordons nothing. A relative name stands for those that end with it
    public static Set<Path> of(SettingValues broker, Collection<Path> logDirectories) {
        List<String> names = broker.list(KEY);
        var cordoned = new TreeSet<Path>(logDirectories);
        if (!names.equals(List.of(ALL))) cordoned.removeIf(directory -> names.stream().noneMatch(name -> isNamed(directory, Path.of(name).normalize())));
        return cordoned;
    }

    private static boolean isNamed(Path directory, Path name) {
        return name.isAbsolute() ? directory.equals(name) : directory.endsWith(name);
    }
}
