package millrace.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import millrace.ports.Clock;

/// The owners whose metrics can be looked at. Safe from any thread.
public final class Metrics {
    /// The step of the moving rates, as with Kafka.
    public static final long TICK_MS = 5_000;

    private final Clock clock;
    private final List<Measured> owners = new CopyOnWriteArrayList<>();
    /// Null until somebody has looked.
    private Map<Kind, List<Family>> families;

    /// Families of one kind differ in their labels: `BytesInPerSec` of a topic, and of all.
    private record Kind(String domain, String type, String name) {}

    public Metrics(Clock clock) {
        this.clock = clock;
    }

    public synchronized void add(Measured owner) {
        owners.add(owner);
        families = null;
    }

    public void tick() {
        long nowNanos = clock.monotonicNanos();
        for (Measured owner : owners) owner.tick(nowNanos);
    }

    /// @return in no order
    public List<Family> families() {
        return known().values().stream().flatMap(List::stream).toList();
    }

    /// @param keys all that stands behind the domain in a bean's name, in any order, not quoted
    /// @return null when there is none
    public Metric find(String domain, Map<String, String> keys) {
        int labels = keys.size() - (keys.containsKey("type") ? 1 : 0) - (keys.containsKey("name") ? 1 : 0);
        for (Family family : known().getOrDefault(new Kind(domain, keys.get("type"), keys.get("name")), List.of())) {
            List<String> wanted = family.name().labels();
            if (wanted.size() == labels && keys.keySet().containsAll(wanted)) return family.find().apply(wanted.stream().map(keys::get).toList());
        }
        return null;
    }

    /// Calls back with the name and the metric of every bean.
    public void each(BiConsumer<String, Metric> visitor) {
        for (Family family : families()) family.each().accept((values, metric) -> visitor.accept(family.name().bean(values), metric));
    }

    private synchronized Map<Kind, List<Family>> known() {
        if (families != null) return families;
        Set<FamilyName> names = new HashSet<>();
        Map<Kind, List<Family>> byKind = new HashMap<>();
        for (Measured owner : owners) {
            for (Family each : owner.families()) {
                FamilyName name = each.name();
                if (!names.add(name)) throw new IllegalStateException("two owners measure " + name.bean(name.labels()));
                byKind.computeIfAbsent(new Kind(name.domain(), name.type(), name.name()), _ -> new ArrayList<>()).add(each);
            }
        }
        return families = byKind;
    }
}
