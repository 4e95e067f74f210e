package millrace.group.assignor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

import millrace.common.Uuid;
import millrace.group.assignor.GroupSpec.MemberSpec;
import millrace.group.stored.Partitions;

/// All members subscribe to the same topics: with `p` partitions and `m` members, `p mod m` of them get `p / m + 1` and the others `p / m`.
/// Who has more than its share gives up the excess; the extra ones stay with those who have them already.
final class EvenShares {
    private record Partition(Uuid topic, int partition) {}

    private final GroupSpec group;
    private final SortedSet<Uuid> topics;
    /// In the order of the members.
    private final Map<String, Deque<Partition>> shares = new LinkedHashMap<>();
    private final List<Partition> free = new ArrayList<>();
    private int partitionCount;

    EvenShares(GroupSpec group) {
        this.group = group;
        this.topics = group.members().isEmpty() ? new TreeSet<>() : group.members().getFirst().topics();
    }

    SortedMap<String, Partitions> assign() {
        findFreePartitions();
        if (!group.members().isEmpty()) divide();
        SortedMap<String, Partitions> assigned = new TreeMap<>();
        shares.forEach((member, share) -> assigned.put(member, partitions(share)));
        return assigned;
    }

    /// Keeps what each has of the topics that are still subscribed to; the rest is free. Of two who have the same partition, which a log
    /// written by others may say, the first keeps it.
    private void findFreePartitions() {
        var taken = new TreeMap<Uuid, boolean[]>();
        for (Uuid topic : topics) {
            taken.put(topic, new boolean[group.partitionCounts().get(topic)]);
            partitionCount += group.partitionCounts().get(topic);
        }
        for (MemberSpec member : group.members()) {
            Deque<Partition> share = new ArrayDeque<>();
            member.assigned().byTopic().forEach((topic, partitions) -> {
                for (int partition : partitions) {
                    boolean[] ofTopic = taken.get(topic);
                    if (ofTopic == null || partition >= ofTopic.length || ofTopic[partition]) continue;
                    ofTopic[partition] = true;
                    share.addLast(new Partition(topic, partition));
                }
            });
            shares.put(member.memberId(), share);
        }
        taken.forEach((topic, ofTopic) -> {
            for (int partition = 0; partition < ofTopic.length; partition++) if (!ofTopic[partition]) free.add(new Partition(topic, partition));
        });
    }

    private void divide() {
        int each = partitionCount / group.members().size();
        int withOneMore = partitionCount % group.members().size();
        List<String> below = new ArrayList<>();
        int extras = withOneMore;
        for (var share : shares.entrySet()) {
            boolean keepsExtra = extras > 0 && share.getValue().size() > each;
            if (keepsExtra) extras--;
            int quota = keepsExtra ? each + 1 : each;
            while (share.getValue().size() > quota) free.add(share.getValue().removeLast());
            if (share.getValue().size() <= each) below.add(share.getKey());
        }
        handOut(below, each, extras);
    }

    /// @param extras how many of `members` get one partition more than `each`
    private void handOut(List<String> members, int each, int extras) {
        int next = 0;
        for (String member : members) {
            int quota = extras > 0 ? each + 1 : each;
            extras--;
            Deque<Partition> share = shares.get(member);
            while (share.size() < quota) share.addLast(free.get(next++));
        }
    }

    private static Partitions partitions(Iterable<Partition> share) {
        Map<Uuid, List<Integer>> byTopic = new TreeMap<>();
        for (Partition each : share) byTopic.computeIfAbsent(each.topic(), _ -> new ArrayList<>()).add(each.partition());
        return Partitions.of(byTopic);
    }
}
