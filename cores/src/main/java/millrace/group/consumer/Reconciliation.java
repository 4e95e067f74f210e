package millrace.group.consumer;

import static millrace.group.stored.MemberState.STABLE;
import static millrace.group.stored.MemberState.UNRELEASED_PARTITIONS;
import static millrace.group.stored.MemberState.UNREVOKED_PARTITIONS;

import java.util.Set;
import java.util.TreeSet;

import millrace.common.Uuid;
import millrace.group.stored.AssignedPartitions;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.ConsumerMember;
import millrace.group.stored.CurrentAssignment;
import millrace.group.stored.Partitions;
import millrace.metadata.TopicImage;
import millrace.metadata.TopicsImage;

/// Takes one member one step towards its target. What it must give up comes first, and while it has any of that it stays in its epoch; then
/// it moves to the target's epoch and gets what is free, and later, as others let go, the rest.
final class Reconciliation {
    private final ConsumerGroup group;
    private final ConsumerMember member;
    private final CurrentAssignment now;
    private final Partitions owned;
    private final Set<Uuid> subscribed;

    /// @param owned what the member says it has; null when it does not say
    Reconciliation(ConsumerGroup group, ConsumerMember member, Partitions owned, TopicsImage topics) {
        this.group = group;
        this.member = member;
        this.now = member.current();
        this.owned = owned;
        this.subscribed = subscribed(topics);
    }

    private Set<Uuid> subscribed(TopicsImage topics) {
        Set<Uuid> ids = new TreeSet<>();
        for (String name : group.topicsOf(member.metadata())) {
            TopicImage topic = topics.byName(name);
            if (topic != null) ids.add(topic.id());
        }
        return ids;
    }

    /// @param subscriptionChanged whether it has just said that it subscribes to something else: then it gives up at once what it no longer wants
    CurrentAssignment next(boolean subscriptionChanged) {
        return switch (now.state()) {
            case STABLE -> {
                if (now.memberEpoch() != group.assignmentEpoch()) yield towardsTarget(now.memberEpoch());
                yield subscriptionChanged ? withinSubscription() : now;
            }
            case UNREVOKED_PARTITIONS -> {
                if (!stillHas(now.pendingRevocation())) yield towardsTarget(now.memberEpoch());
                yield subscriptionChanged ? withinSubscription() : now;
            }
            case UNRELEASED_PARTITIONS -> towardsTarget(now.memberEpoch());
            case UNKNOWN               -> towardsTarget(group.assignmentEpoch());
        };
    }

    private boolean stillHas(AssignedPartitions partitions) {
        if (owned == null) return true;
        for (var topic : owned.byTopic().entrySet()) {
            for (int partition : topic.getValue()) {
                if (partitions.contains(topic.getKey(), partition)) return true;
            }
        }
        return false;
    }

    private CurrentAssignment towardsTarget(int memberEpoch) {
        var keeps = new AssignedPartitions.Builder();
        var givesUp = new AssignedPartitions.Builder();
        now.assigned().epochs().forEach((topic, partitions) -> partitions.forEach((partition, epoch) -> (isTarget(topic, partition) ? keeps : givesUp).add(topic, partition, epoch)));
        AssignedPartitions toGiveUp = givesUp.build();
        if (!toGiveUp.isEmpty() && stillHas(toGiveUp)) return new CurrentAssignment(memberEpoch, now.memberEpoch(), UNREVOKED_PARTITIONS, keeps.build(), toGiveUp);
        boolean waits = addWhatIsFree(keeps);
        return new CurrentAssignment(group.assignmentEpoch(), now.memberEpoch(), waits ? UNRELEASED_PARTITIONS : STABLE, keeps.build(), AssignedPartitions.NONE);
    }

    private boolean isTarget(Uuid topic, int partition) {
        return subscribed.contains(topic) && group.target(member.memberId()).contains(topic, partition);
    }

    /// @return whether somebody else still has some of it
    private boolean addWhatIsFree(AssignedPartitions.Builder assigned) {
        boolean waits = false;
        for (var topic : group.target(member.memberId()).byTopic().entrySet()) {
            if (!subscribed.contains(topic.getKey())) continue;
            for (int partition : topic.getValue()) {
                if (now.assigned().contains(topic.getKey(), partition)) continue;
                if (group.othersHave(topic.getKey(), partition, member.memberId())) waits = true;
                else assigned.add(topic.getKey(), partition, group.assignmentEpoch());
            }
        }
        return waits;
    }

    /// The target is what it was, but what the member no longer subscribes to is taken from it now.
    private CurrentAssignment withinSubscription() {
        var keeps = new AssignedPartitions.Builder();
        var givesUp = new AssignedPartitions.Builder();
        now.assigned().epochs().forEach((topic, partitions) -> partitions.forEach((partition, epoch) -> (subscribed.contains(topic) ? keeps : givesUp).add(topic, partition, epoch)));
        if (givesUp.build().isEmpty()) return now;
        now.pendingRevocation().epochs().forEach((topic, partitions) -> partitions.forEach((partition, epoch) -> givesUp.add(topic, partition, epoch)));
        AssignedPartitions toGiveUp = givesUp.build();
        return stillHas(toGiveUp)
                ? new CurrentAssignment(now.memberEpoch(), now.memberEpoch(), UNREVOKED_PARTITIONS, keeps.build(), toGiveUp)
                : new CurrentAssignment(now.memberEpoch(), now.memberEpoch(), now.state(), keeps.build(), now.pendingRevocation());
    }
}
