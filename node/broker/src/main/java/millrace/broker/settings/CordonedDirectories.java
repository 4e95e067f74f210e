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

    /// @param logDirectories of this node; a path that is none of them cordons nothing
    public static Set<Path> of(SettingValues broker, Collection<Path> logDirectories) {
        List<String> names = broker.list(KEY);
        var cordoned = new TreeSet<Path>(logDirectories);
        if (!names.equals(List.of(ALL))) cordoned.retainAll(names.stream().map(name -> Path.of(name).toAbsolutePath().normalize()).toList());
        return cordoned;
    }
}
