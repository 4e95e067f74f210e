package millrace.group.assignor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

import millrace.common.Uuid;
import millrace.group.assignor.GroupSpec.MemberSpec;
import millrace.group.stored.Partitions;

/// Divides each topic on its own: its subscribers, static ones first by their instance ids and then the others by their member ids, take
/// neighbouring ranges; when it does not come out even, the first ones take one partition more.
public final class RangeAssignor implements Assignor {
    static final String NAME = "range";

    private static final Comparator<MemberSpec> STATIC_FIRST = Comparator.comparing(MemberSpec::instanceId, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(MemberSpec::memberId);

    @Override public String name() {
        return NAME;
    }

    @Override public SortedMap<String, Partitions> assign(GroupSpec group) {
        List<MemberSpec> inOrder = new ArrayList<>(group.members());
        inOrder.sort(STATIC_FIRST);
        SortedMap<String, Map<Uuid, List<Integer>>> shares = new TreeMap<>();
        for (MemberSpec member : inOrder) shares.put(member.memberId(), new TreeMap<>());
        subscribers(inOrder).forEach((topic, subscribers) -> divide(topic, group.partitionCounts().get(topic), subscribers, shares));
        SortedMap<String, Partitions> assigned = new TreeMap<>();
        shares.forEach((member, share) -> assigned.put(member, Partitions.of(share)));
        return assigned;
    }

    private static SortedMap<Uuid, List<String>> subscribers(List<MemberSpec> inOrder) {
        SortedMap<Uuid, List<String>> subscribers = new TreeMap<>();
        for (MemberSpec member : inOrder) {
            for (Uuid topic : member.topics()) subscribers.computeIfAbsent(topic, _ -> new ArrayList<>()).add(member.memberId());
        }
        return subscribers;
    }

    private static void divide(Uuid topic, int partitions, List<String> subscribers, SortedMap<String, Map<Uuid, List<Integer>>> shares) {
        int each = partitions / subscribers.size();
        int withOneMore = partitions % subscribers.size();
        int start = 0;
        for (int i = 0; i < subscribers.size() && start < partitions; i++) {
            int end = start + each + (i < withOneMore ? 1 : 0);
            shares.get(subscribers.get(i)).put(topic, IntStream.range(start, end).boxed().toList());
            start = end;
        }
    }
}
