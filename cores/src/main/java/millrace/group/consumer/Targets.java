package millrace.group.consumer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

import millrace.common.Uuid;
import millrace.group.assignor.Assignor;
import millrace.group.assignor.GroupSpec;
import millrace.group.assignor.GroupSpec.MemberSpec;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.ConsumerMember;
import millrace.group.stored.Partitions;
import millrace.metadata.TopicImage;
import millrace.metadata.TopicsImage;

/// Computes target assignments: what everybody is to have in a group epoch.
final class Targets {
    private Targets() {}

    /// Whether the last target was long enough ago (KIP-1263): of members that come one by one, each would move what the one before was just given.
    static boolean isDue(ConsumerGroup group, ConsumerTimes times, long timestampMs) {
        if (group.assignmentEpoch() >= group.groupEpoch()) return false;
        long sinceMs = timestampMs - group.assignmentTimestampMs();
        // A wall clock that was set back must not put the next one off for as long as that.
        return group.assignmentTimestampMs() == 0 || sinceMs >= times.assignmentIntervalMs() || sinceMs < 0;
    }

    /// The members' targets for the group epoch of now, written where they differ from the last ones.
    ///
    /// Where the assignor may choose, who has not been heard of for longest gets it: its heartbeat comes next, and what a member has left
    /// behind lies idle until its new owner is told.
    /// @param heardMs member ─▶ the smaller, the longer ago it was heard of
    static void compute(Draft draft, String assignor, TopicsImage topics, ToLongFunction<String> heardMs, long timestampMs) {
        SortedMap<String, Partitions> targets = Assignor.named(assignor).assign(spec(draft.group(), topics, heardMs));
        targets.forEach((memberId, target) -> {
            if (!target.equals(draft.group().targets().get(memberId))) draft.target(memberId, target);
        });
        draft.targetEpoch(draft.group().groupEpoch(), timestampMs);
    }

    private static GroupSpec spec(ConsumerGroup group, TopicsImage topics, ToLongFunction<String> heardMs) {
        SortedMap<Uuid, Integer> partitionCounts = new TreeMap<>();
        SortedMap<Long, List<MemberSpec>> byHeard = new TreeMap<>();
        Map<Set<String>, SortedSet<Uuid>> idsOf = new LinkedHashMap<>();
        for (ConsumerMember member : group.members()) {
            SortedSet<Uuid> ids = idsOf.computeIfAbsent(group.topicsOf(member.metadata()), names -> existing(names, topics, partitionCounts));
            byHeard.computeIfAbsent(heardMs.applyAsLong(member.memberId()), _ -> new ArrayList<>())
                    .add(new MemberSpec(member.memberId(), member.instanceId(), member.metadata().rackId(), ids, group.target(member.memberId())));
        }
        return new GroupSpec(byHeard.values().stream().flatMap(List::stream).toList(), partitionCounts);
    }

    private static SortedSet<Uuid> existing(Set<String> names, TopicsImage topics, SortedMap<Uuid, Integer> partitionCounts) {
        SortedSet<Uuid> ids = new TreeSet<>();
        for (String name : names) {
            TopicImage topic = topics.byName(name);
            if (topic == null) continue;
            ids.add(topic.id());
            partitionCounts.put(topic.id(), topic.partitions().size());
        }
        return ids;
    }

    /// The assignor that most members ask for; of equals the first by name.
    /// @return `fallback` when nobody asks for one
    static String preferredAssignor(ConsumerGroup group, String fallback) {
        String preferred = fallback;
        int most = 0;
        for (var vote : group.subscriptions().assignors().entrySet()) {
            if (vote.getValue() <= most || Assignor.named(vote.getKey()) == null) continue;
            preferred = vote.getKey();
            most = vote.getValue();
        }
        return preferred;
    }
}
