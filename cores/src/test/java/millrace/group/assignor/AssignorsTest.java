package millrace.group.assignor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

import millrace.common.Uuid;
import millrace.group.assignor.GroupSpec.MemberSpec;
import millrace.group.stored.Partitions;
import org.apache.kafka.coordinator.group.api.assignor.ConsumerGroupPartitionAssignor;
import org.apache.kafka.coordinator.group.api.assignor.SubscribedTopicDescriber;
import org.apache.kafka.coordinator.group.api.assignor.SubscriptionType;
import org.apache.kafka.coordinator.group.modern.Assignment;
import org.apache.kafka.coordinator.group.modern.GroupSpecImpl;
import org.apache.kafka.coordinator.group.modern.MemberSubscriptionAndAssignmentImpl;
import org.junit.jupiter.api.Test;

/// Both assignors beside Apache Kafka's own, on groups that grow, shrink and change what they subscribe to.
class AssignorsTest {
    private static final int GROUPS = Integer.getInteger("millrace.assignor.groups", 60);
    private static final int STEPS = 12;

    @Test void rangeIsKafkasToTheLastPartition() {
        for (int seed = 0; seed < GROUPS; seed++) {
            var group = new Changing(seed, seed % 2 == 0);
            for (int step = 0; step < STEPS; step++) {
                GroupSpec spec = group.spec();
                SortedMap<String, Partitions> ours = new RangeAssignor().assign(spec);
                assertThat(ours).as("seed %d step %d", seed, step).isEqualTo(kafkas(new org.apache.kafka.coordinator.group.assignor.RangeAssignor(), spec));
                group.change(ours);
            }
        }
    }

    @Test void uniformSharesAsEvenlyAsKafkaAndMovesNoMore() {
        for (int seed = 0; seed < GROUPS; seed++) {
            var group = new Changing(seed, true);
            for (int step = 0; step < STEPS; step++) {
                GroupSpec spec = group.spec();
                SortedMap<String, Partitions> ours = new UniformAssignor().assign(spec);
                SortedMap<String, Partitions> theirs = kafkas(new org.apache.kafka.coordinator.group.assignor.UniformAssignor(), spec);
                isComplete(spec, ours);
                assertThat(sizes(ours)).as("seed %d step %d", seed, step).isEqualTo(sizes(theirs));
                assertThat(moved(spec, ours)).as("seed %d step %d", seed, step).isLessThanOrEqualTo(moved(spec, theirs));
                group.change(ours);
            }
        }
    }

    /// Both stop where no single move makes the shares more even; which of such states is reached is nobody's rule.
    @Test void uniformLeavesNoMoveThatWouldMakeUnevenSubscriptionsMoreEven() {
        long ourSpread = 0;
        long theirSpread = 0;
        for (int seed = 0; seed < GROUPS; seed++) {
            var group = new Changing(seed, false);
            for (int step = 0; step < STEPS; step++) {
                GroupSpec spec = group.spec();
                SortedMap<String, Partitions> ours = new UniformAssignor().assign(spec);
                isComplete(spec, ours);
                assertThat(improvingMove(spec, ours)).as("seed %d step %d", seed, step).isNull();
                ourSpread += spread(ours);
                theirSpread += spread(kafkas(new org.apache.kafka.coordinator.group.assignor.UniformAssignor(), spec));
                group.change(ours);
            }
        }
        assertThat((double) ourSpread).as("over all groups").isLessThanOrEqualTo(1.01 * theirSpread);
    }

    @Test void nobodyAndNothingAreAssignedToNobody() {
        for (Assignor assignor : List.of(new UniformAssignor(), new RangeAssignor())) {
            assertThat(assignor.assign(new GroupSpec(List.of(), new TreeMap<>()))).isEmpty();
            var alone = new MemberSpec("a", null, null, new TreeSet<>(), Partitions.NONE);
            assertThat(assignor.assign(new GroupSpec(List.of(alone), new TreeMap<>()))).isEqualTo(Map.of("a", Partitions.NONE));
        }
    }

    // ---- what must hold ----

    private static void isComplete(GroupSpec spec, SortedMap<String, Partitions> assigned) {
        Map<Uuid, Set<Integer>> all = new TreeMap<>();
        for (MemberSpec member : spec.members()) {
            assigned.get(member.memberId()).byTopic().forEach((topic, partitions) -> {
                assertThat(member.topics()).contains(topic);
                for (int partition : partitions) assertThat(all.computeIfAbsent(topic, _ -> new TreeSet<>()).add(partition)).as("one owner").isTrue();
            });
        }
        Set<Uuid> subscribed = new TreeSet<>();
        spec.members().forEach(member -> subscribed.addAll(member.topics()));
        for (Uuid topic : subscribed) assertThat(all.getOrDefault(topic, Set.of())).hasSize(spec.partitionCounts().get(topic));
    }

    private static List<Integer> sizes(SortedMap<String, Partitions> assigned) {
        return assigned.values().stream().map(AssignorsTest::count).sorted().toList();
    }

    private static int count(Partitions partitions) {
        return partitions.byTopic().values().stream().mapToInt(List::size).sum();
    }

    /// @return null when there is none
    private static String improvingMove(GroupSpec spec, SortedMap<String, Partitions> assigned) {
        for (MemberSpec from : spec.members()) {
            for (MemberSpec to : spec.members()) {
                if (count(assigned.get(from.memberId())) - count(assigned.get(to.memberId())) < 2) continue;
                for (Uuid topic : assigned.get(from.memberId()).byTopic().keySet()) if (to.topics().contains(topic)) return topic + " from " + from + " to " + to;
            }
        }
        return null;
    }

    /// Sum of squares: the smaller, the more even.
    private static long spread(SortedMap<String, Partitions> assigned) {
        return assigned.values().stream().mapToLong(each -> (long) count(each) * count(each)).sum();
    }

    /// How many partitions that somebody had and might have kept went to somebody else.
    private static int moved(GroupSpec spec, SortedMap<String, Partitions> assigned) {
        int moved = 0;
        for (MemberSpec member : spec.members()) {
            for (var topic : member.assigned().byTopic().entrySet()) {
                if (!member.topics().contains(topic.getKey())) continue;
                for (int partition : topic.getValue()) if (!assigned.get(member.memberId()).contains(topic.getKey(), partition)) moved++;
            }
        }
        return moved;
    }

    // ---- Kafka's ----

    private static SortedMap<String, Partitions> kafkas(ConsumerGroupPartitionAssignor assignor, GroupSpec spec) {
        Map<String, MemberSubscriptionAndAssignmentImpl> members = new HashMap<>();
        Map<org.apache.kafka.common.Uuid, Map<Integer, String>> inverted = new HashMap<>();
        for (MemberSpec member : spec.members()) {
            Map<org.apache.kafka.common.Uuid, Set<Integer>> assigned = new HashMap<>();
            member.assigned().byTopic().forEach((topic, partitions) -> {
                assigned.put(kafkas(topic), new HashSet<>(partitions));
                for (int partition : partitions) inverted.computeIfAbsent(kafkas(topic), _ -> new HashMap<>()).put(partition, member.memberId());
            });
            Set<org.apache.kafka.common.Uuid> topics = new HashSet<>();
            member.topics().forEach(topic -> topics.add(kafkas(topic)));
            members.put(member.memberId(), new MemberSubscriptionAndAssignmentImpl(Optional.empty(), Optional.ofNullable(member.instanceId()), topics,
                    new Assignment(Collections.unmodifiableMap(assigned))));
        }
        var type = spec.isHomogeneous() ? SubscriptionType.HOMOGENEOUS : SubscriptionType.HETEROGENEOUS;
        var assignment = assignor.assign(new GroupSpecImpl(members, type, inverted, Optional.empty()), new Topics(spec));
        SortedMap<String, Partitions> ours = new TreeMap<>();
        for (MemberSpec member : spec.members()) {
            Map<Uuid, Set<Integer>> byTopic = new TreeMap<>();
            var theirs = assignment.members().get(member.memberId());
            if (theirs != null) theirs.partitions().forEach((topic, partitions) -> byTopic.put(new Uuid(topic.getMostSignificantBits(), topic.getLeastSignificantBits()), partitions));
            ours.put(member.memberId(), Partitions.of(byTopic));
        }
        return ours;
    }

    private static org.apache.kafka.common.Uuid kafkas(Uuid id) {
        return new org.apache.kafka.common.Uuid(id.mostSignificantBits(), id.leastSignificantBits());
    }

    private record Topics(GroupSpec spec) implements SubscribedTopicDescriber {
        @Override public int numPartitions(org.apache.kafka.common.Uuid topic) {
            return spec.partitionCounts().getOrDefault(new Uuid(topic.getMostSignificantBits(), topic.getLeastSignificantBits()), -1);
        }

        @Override public Set<String> racksForPartition(org.apache.kafka.common.Uuid topic, int partition) {
            return Set.of();
        }
    }

    // ---- groups that change ----

    private static final class Changing {
        private final Random random;
        private final boolean homogeneous;
        private final SortedMap<Uuid, Integer> topics = new TreeMap<>();
        private final SortedMap<String, TreeSet<Uuid>> subscriptions = new TreeMap<>();
        private final Map<String, Partitions> assigned = new HashMap<>();
        private int nextMember;

        Changing(long seed, boolean homogeneous) {
            this.random = new Random(seed);
            this.homogeneous = homogeneous;
            for (int i = 0; i < 1 + random.nextInt(5); i++) topics.put(new Uuid(random.nextLong(), random.nextLong()), 1 + random.nextInt(12));
            for (int i = 0; i < 1 + random.nextInt(6); i++) join();
        }

        private void join() {
            var subscription = new TreeSet<>(topics.keySet());
            if (!homogeneous) subscription.removeIf(_ -> random.nextInt(3) == 0);
            subscriptions.put("member-" + nextMember++, subscription);
        }

        GroupSpec spec() {
            List<MemberSpec> members = new ArrayList<>();
            subscriptions.forEach((member, subscription) -> members.add(new MemberSpec(member, member.hashCode() % 3 == 0 ? "instance-" + member : null, null, subscription,
                    assigned.getOrDefault(member, Partitions.NONE))));
            return new GroupSpec(members, topics);
        }

        void change(SortedMap<String, Partitions> now) {
            assigned.clear();
            assigned.putAll(now);
            switch (random.nextInt(4)) {
                case 0 -> topics.replaceAll((_, partitions) -> partitions + random.nextInt(3));
                case 1 -> {
                    if (subscriptions.size() > 1) subscriptions.remove(subscriptions.firstKey());
                }
                default -> join();
            }
        }
    }
}
