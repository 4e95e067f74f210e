package millrace.coordination;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import millrace.coordination.CoordinatorShell.State;
import millrace.group.GroupCensus;
import millrace.group.GroupCore;
import millrace.metrics.Attribute;
import millrace.metrics.Family;
import millrace.metrics.FamilyName;
import millrace.metrics.Gauge;
import millrace.metrics.Metric;
import millrace.metrics.Readings;
import millrace.ports.Clock;

/// The group coordinators' metrics under Kafka's names. Groups are counted while somebody looks, once for all that is read within a second.
final class GroupFamilies {
    private static final String SERVER = "kafka.server";
    private static final String TYPE = "group-coordinator-metrics";
    private static final String OLDER_DOMAIN = "kafka.coordinator.group";
    private static final String OLDER_TYPE = "GroupMetadataManager";
    private static final List<String> CLASSIC_STATES = List.of("PreparingRebalance", "CompletingRebalance", "Stable", "Empty", "Dead");
    private static final List<String> CONSUMER_STATES = List.of("Empty", "Assigning", "Reconciling", "Stable", "Dead");
    private static final long CENSUS_LASTS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Collection<? extends CoordinatorShell<?, ?, ?>> shells;
    private final GroupMeter meter;
    private final Clock clock;
    private GroupCensus census;
    private long countedNanos;

    /// @param shells as they are now, each time
    GroupFamilies(Collection<? extends CoordinatorShell<?, ?, ?>> shells, GroupMeter meter, Clock clock) {
        this.shells = shells;
        this.meter = meter;
        this.clock = clock;
    }

    private synchronized GroupCensus census() {
        long now = clock.monotonicNanos();
        if (census != null && now - countedNanos < CENSUS_LASTS_NANOS) return census;
        GroupCensus counted = GroupCensus.NOBODY;
        for (CoordinatorShell<?, ?, ?> shell : shells) {
            GroupCensus here = shell.look(core -> core instanceof GroupCore groups ? groups.census() : null);
            if (here != null) counted = counted.plus(here);
        }
        countedNanos = now;
        return census = counted;
    }

    List<Family> families() {
        List<Attribute> all = new ArrayList<>(meter.times());
        all.addAll(meter.loadTimes());
        all.addAll(meter.counts());
        all.add(Attribute.number("offset-count", () -> (double) census().offsets()));
        List<Family> families = new ArrayList<>(List.of(Family.of(SERVER, TYPE, null, new Readings(all)),
                labelled("state", List.of("active", "loading", "failed", "PreparingRebalance", "CompletingRebalance", "Assigning", "Reconciling", "Stable", "Empty", "Dead"), this::ofState),
                labelled("protocol", List.of("classic", "consumer"), this::ofProtocol),
                older("NumGroups", () -> total(census().classic().values())), older("NumOffsets", () -> census().offsets())));
        for (String state : CLASSIC_STATES) families.add(older("NumGroups" + state, () -> census().classic().getOrDefault(state, 0)));
        return families;
    }

    private static Family labelled(String label, List<String> values, Function<String, Metric> metric) {
        return new Family(FamilyName.of(SERVER, TYPE, null, label), visitor -> values.forEach(value -> visitor.accept(List.of(value), metric.apply(value))),
                given -> values.contains(given.getFirst()) ? metric.apply(given.getFirst()) : null);
    }

    private Metric ofState(String state) {
        List<Attribute> counts = new ArrayList<>();
        switch (state) {
            case "active"  -> counts.add(partitions(State.ACTIVE));
            case "loading" -> counts.add(partitions(State.LOADING));
            case "failed"  -> counts.add(partitions(State.FAILED));
            default -> {
                if (CLASSIC_STATES.contains(state)) counts.add(Attribute.number("classic-group-count", () -> (double) census().classic().getOrDefault(state, 0)));
                if (CONSUMER_STATES.contains(state)) counts.add(Attribute.number("consumer-group-count", () -> (double) census().consumer().getOrDefault(state, 0)));
            }
        }
        return new Readings(counts);
    }

    private Attribute partitions(State state) {
        return Attribute.number("num-partitions", () -> (double) shells.stream().filter(shell -> shell.isIn(state)).count());
    }

    private Metric ofProtocol(String protocol) {
        return Readings.of(Attribute.number("group-count", () -> (double) total((protocol.equals("classic") ? census().classic() : census().consumer()).values())));
    }

    private static int total(Collection<Integer> counts) {
        return counts.stream().mapToInt(Integer::intValue).sum();
    }

    private static Family older(String name, Supplier<Number> value) {
        return Family.of(OLDER_DOMAIN, OLDER_TYPE, name, new Gauge(value));
    }
}
