package millrace.group.assignor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

import millrace.common.Uuid;
import millrace.group.assignor.GroupSpec.MemberSpec;
import millrace.group.stored.Partitions;

/// Members subscribe to different topics. What is free goes to the subscriber that has least, topics with the most partitions for each
/// subscriber first; then partitions move, topic by topic, from the subscriber that has most to the one that has least while they differ
/// by two or more, until a whole round has moved nothing.
final class UnevenShares {
    private static final int NOBODY = -1;
    /// A round brings the shares of each topic together and may drive those of another apart a little; it ends long before this.
    private static final int MAX_ROUNDS = 16;

    private final GroupSpec group;
    /// Topic ─▶ its subscribers, as indices of members.
    private final SortedMap<Uuid, List<Integer>> subscribers = new TreeMap<>();
    /// Topic ─▶ partition ─▶ its owner.
    private final SortedMap<Uuid, int[]> owners = new TreeMap<>();
    private final int[] load;

    UnevenShares(GroupSpec group) {
        this.group = group;
        this.load = new int[group.members().size()];
    }

    SortedMap<String, Partitions> assign() {
        findSubscribers();
        keepWhatMayStay();
        List<Uuid> crowdedFirst = topicsCrowdedFirst();
        for (Uuid topic : crowdedFirst) handOutFree(topic);
        boolean moved = true;
        for (int round = 0; moved && round < MAX_ROUNDS; round++) {
            moved = false;
            for (Uuid topic : crowdedFirst) moved |= balance(topic);
        }
        return assigned();
    }

    private void findSubscribers() {
        for (int i = 0; i < group.members().size(); i++) {
            for (Uuid topic : group.members().get(i).topics()) subscribers.computeIfAbsent(topic, _ -> new ArrayList<>()).add(i);
        }
        for (Uuid topic : subscribers.keySet()) {
            int[] nobody = new int[group.partitionCounts().get(topic)];
            Arrays.fill(nobody, NOBODY);
            owners.put(topic, nobody);
        }
    }

    private void keepWhatMayStay() {
        for (int i = 0; i < group.members().size(); i++) {
            MemberSpec member = group.members().get(i);
            for (var topic : member.assigned().byTopic().entrySet()) {
                if (!member.topics().contains(topic.getKey())) continue;
                int[] ofTopic = owners.get(topic.getKey());
                for (int partition : topic.getValue()) {
                    if (partition < ofTopic.length && ofTopic[partition] == NOBODY) give(topic.getKey(), partition, i);
                }
            }
        }
    }

    private List<Uuid> topicsCrowdedFirst() {
        List<Uuid> topics = new ArrayList<>(subscribers.keySet());
        topics.sort(Comparator.<Uuid>comparingDouble(topic -> -(double) owners.get(topic).length / subscribers.get(topic).size())
                .thenComparingInt(topic -> subscribers.get(topic).size()).thenComparing(Comparator.naturalOrder()));
        return topics;
    }

    private void handOutFree(Uuid topic) {
        var byLoad = new TreeSet<>(lightestFirst());
        byLoad.addAll(subscribers.get(topic));
        int[] ofTopic = owners.get(topic);
        for (int partition = 0; partition < ofTopic.length; partition++) {
            if (ofTopic[partition] != NOBODY) continue;
            int lightest = byLoad.removeFirst();
            give(topic, partition, lightest);
            byLoad.add(lightest);
        }
    }

    /// @return whether a partition of that topic moved
    private boolean balance(Uuid topic) {
        Map<Integer, List<Integer>> movable = partitionsByOwner(topic);
        var givers = new TreeSet<>(lightestFirst());
        var takers = new TreeSet<>(lightestFirst());
        takers.addAll(subscribers.get(topic));
        givers.addAll(movable.keySet());
        boolean moved = false;
        while (!givers.isEmpty()) {
            int heaviest = givers.removeLast();
            int lightest = takers.getFirst();
            if (load[heaviest] - load[lightest] <= 1) break;
            List<Integer> partitions = movable.get(heaviest);
            takers.remove(heaviest);
            takers.remove(lightest);
            boolean wasGiver = givers.remove(lightest);
            move(topic, partitions.removeLast(), heaviest, lightest);
            takers.add(heaviest);
            takers.add(lightest);
            if (wasGiver) givers.add(lightest);
            if (!partitions.isEmpty()) givers.add(heaviest);
            moved = true;
        }
        return moved;
    }

    private Map<Integer, List<Integer>> partitionsByOwner(Uuid topic) {
        Map<Integer, List<Integer>> byOwner = new TreeMap<>();
        int[] ofTopic = owners.get(topic);
        for (int partition = 0; partition < ofTopic.length; partition++) byOwner.computeIfAbsent(ofTopic[partition], _ -> new ArrayList<>()).add(partition);
        return byOwner;
    }

    /// Whoever is in a set of this order is taken out before its load changes.
    private Comparator<Integer> lightestFirst() {
        return Comparator.<Integer>comparingInt(member -> load[member]).thenComparing(Comparator.naturalOrder());
    }

    private void give(Uuid topic, int partition, int member) {
        owners.get(topic)[partition] = member;
        load[member]++;
    }

    private void move(Uuid topic, int partition, int from, int to) {
        load[from]--;
        give(topic, partition, to);
    }

    private SortedMap<String, Partitions> assigned() {
        List<Map<Uuid, List<Integer>>> shares = new ArrayList<>();
        for (int i = 0; i < group.members().size(); i++) shares.add(new TreeMap<>());
        owners.forEach((topic, ofTopic) -> {
            for (int partition = 0; partition < ofTopic.length; partition++)
                shares.get(ofTopic[partition]).computeIfAbsent(topic, _ -> new ArrayList<>()).add(partition);
        });
        SortedMap<String, Partitions> assigned = new TreeMap<>();
        for (int i = 0; i < group.members().size(); i++) assigned.put(group.members().get(i).memberId(), Partitions.of(shares.get(i)));
        return assigned;
    }
}
