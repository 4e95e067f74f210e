package millrace.group.consumer;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

import millrace.group.command.ConsumerSettings;
import millrace.group.command.GroupCommand.ConsumerHeartbeat;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.Turn;
import millrace.group.migration.EmbeddedProtocol;
import millrace.group.stored.AssignedPartitions;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.ConsumerMember;
import millrace.group.stored.CurrentAssignment;
import millrace.group.stored.MemberState;
import millrace.group.stored.Partitions;
import millrace.metadata.MetadataImage;
import millrace.protocol.group.ConsumerGroupMemberMetadataValue;
import millrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import millrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicProtocol;
import millrace.protocol.group.ConsumerGroupRegularExpressionValue;
import millrace.protocol.message.ConsumerProtocolSubscription;

/// What one admitted heartbeat changes, from the member's subscription down to its own next step. Each part reads the group as the part
/// before has left it.
final class Heartbeating {
    private final ConsumerSettings settings;
    private final Draft draft;
    private final Watched watched;
    private final ToLongFunction<String> heardMs;
    private final Turn turn;

    /// @param heardMs member ─▶ the smaller, the longer ago it was heard of
    Heartbeating(ConsumerSettings settings, Draft draft, Watched watched, ToLongFunction<String> heardMs, Turn turn) {
        this.settings = settings;
        this.draft = draft;
        this.watched = watched;
        this.heardMs = heardMs;
        this.turn = turn;
    }

    /// @return the member after it
    ConsumerMember hear(Step step) {
        ConsumerGroup before = draft.group();
        if (step.instanceId() != null) takeOver(before.memberOfInstance(step.instanceId()), step.memberId());
        boolean subscriptionChanged = update(step.memberId(), step.metadata());
        moveGroupEpoch(before, subscriptionChanged, step.image());
        if (Targets.isDue(draft.group(), step.times(), turn.timestampMs())) computeTargets(step.image());
        reconcile(step, subscriptionChanged);
        return draft.group().member(step.memberId());
    }

    // ---- the member ----

    /// A static member came back as another process: what it had waits for it.
    private void takeOver(ConsumerMember holder, String memberId) {
        if (holder == null || holder.memberId().equals(memberId) && holder.memberEpoch() != Admission.LEAVE_FOR_NOW) return;
        Partitions target = draft.group().target(holder.memberId());
        CurrentAssignment had = holder.current();
        draft.removeMember(holder.memberId());
        draft.member(memberId, holder.metadata());
        draft.target(memberId, target);
        draft.current(memberId, new CurrentAssignment(0, 0, had.state(), had.assigned(), had.pendingRevocation()));
    }

    static Step step(ConsumerHeartbeat heartbeat, String memberId, ConsumerGroup group) {
        var said = known(group, memberId, heartbeat.instanceId()).toBuilder().clientId(heartbeat.clientId()).clientHost(heartbeat.clientHost()).classicMemberMetadata(null);
        if (heartbeat.instanceId() != null) said.instanceId(heartbeat.instanceId());
        if (heartbeat.rackId() != null) said.rackId(heartbeat.rackId());
        if (heartbeat.rebalanceTimeoutMs() != -1) said.rebalanceTimeoutMs(heartbeat.rebalanceTimeoutMs());
        if (heartbeat.assignor() != null) said.serverAssignor(heartbeat.assignor());
        if (heartbeat.topics() != null) said.subscribedTopicNames(inOrder(heartbeat.topics()));
        if (heartbeat.expression() != null) said.subscribedTopicRegex(heartbeat.expression());
        return new Step(memberId, said.build(), heartbeat.owned(), heartbeat.times(), heartbeat.image());
    }

    /// Members of the classic protocol cannot subscribe by an expression, and cannot choose an assignor.
    static Step step(JoinGroup join, String memberId, ConsumerProtocolSubscription subscription, ConsumerGroup group) {
        var protocols = join.protocols().stream().map(protocol -> new ClassicProtocol(protocol.name(), protocol.metadata())).toList();
        var said = known(group, memberId, join.groupInstanceId()).toBuilder().clientId(join.clientId()).clientHost(join.clientHost())
                .rebalanceTimeoutMs(join.rebalanceTimeoutMs()).subscribedTopicNames(inOrder(subscription.topics())).subscribedTopicRegex("")
                .serverAssignor(null).classicMemberMetadata(new ClassicMemberMetadata(join.sessionTimeoutMs(), protocols));
        if (join.groupInstanceId() != null) said.instanceId(join.groupInstanceId());
        if (Upgrade.rackOf(subscription) != null) said.rackId(Upgrade.rackOf(subscription));
        return new Step(memberId, said.build(), EmbeddedProtocol.owned(subscription, join.image().topics()), join.times(), join.image());
    }

    /// Clients name their topics in any order, and another one is not another subscription.
    private static List<String> inOrder(List<String> topics) {
        return List.copyOf(new TreeSet<>(topics));
    }

    /// @return what is known of that member, or of the one whose place it takes; of a new one, nothing
    private static ConsumerGroupMemberMetadataValue known(ConsumerGroup group, String memberId, String instanceId) {
        ConsumerMember holder = instanceId == null ? null : group.memberOfInstance(instanceId);
        ConsumerMember known = holder != null ? holder : group.member(memberId);
        return known == null ? new ConsumerGroupMemberMetadataValue(null, null, "", "", List.of(), "", -1, null, null) : known.metadata();
    }

    /// @return whether the member subscribes to something else now
    private boolean update(String memberId, ConsumerGroupMemberMetadataValue said) {
        ConsumerMember known = draft.group().member(memberId);
        if (known != null && known.metadata().equals(said)) return false;
        draft.member(memberId, said);
        String expressionBefore = known == null ? null : known.expression();
        boolean expressionChanged = !Objects.equals(expressionBefore, ConsumerMember.expressionOf(said));
        if (expressionChanged) Expressions.forgetUnused(draft);
        List<String> topicsBefore = known == null ? List.of() : known.metadata().subscribedTopicNames();
        return expressionChanged || !topicsBefore.equals(said.subscribedTopicNames());
    }

    // ---- the group ----

    private void moveGroupEpoch(ConsumerGroup before, boolean subscriptionChanged, MetadataImage image) {
        boolean topicsChanged = resolveExpressions(before, image);
        boolean assignorChanged = !preferredAssignor(before).equals(preferredAssignor(draft.group()));
        boolean mustMove = subscriptionChanged || topicsChanged || assignorChanged;
        if (!mustMove && watched.hasSeen(image)) return;
        long topicHash = watched.topicHash(draft.group().subscribedTopics(), image);
        watched.saw(image);
        if (mustMove || topicHash != before.metadataHash()) draft.groupEpoch(Math.addExact(before.groupEpoch(), 1), topicHash);
    }

    /// @return whether an expression stands for other topics than before
    private boolean resolveExpressions(ConsumerGroup before, MetadataImage image) {
        Set<String> inUse = draft.group().subscriptions().expressions().keySet();
        boolean isNew = !draft.group().expressions().keySet().containsAll(inUse);
        boolean isOld = !inUse.isEmpty() && watched.expressionsAreOld(image, turn.nowMs(), settings.expressionRefreshMs());
        if (!isNew && !isOld) return false;
        Expressions.resolve(draft, image, turn.timestampMs());
        watched.resolvedExpressions(image, turn.nowMs());
        for (String expression : inUse) {
            if (!topics(before, expression).equals(topics(draft.group(), expression))) return true;
        }
        return false;
    }

    private static Set<String> topics(ConsumerGroup group, String expression) {
        ConsumerGroupRegularExpressionValue resolved = group.expressions().get(expression);
        return resolved == null ? Set.of() : new TreeSet<>(resolved.topics());
    }

    private String preferredAssignor(ConsumerGroup group) {
        return Targets.preferredAssignor(group, settings.assignors().getFirst());
    }

    private void computeTargets(MetadataImage image) {
        String assignor = preferredAssignor(draft.group());
        Targets.compute(draft, assignor, image.topics(), heardMs, turn.timestampMs());
        turn.note("consumer group " + draft.groupId() + " has a target assignment for epoch " + draft.group().assignmentEpoch() + " by " + assignor + " for "
                + draft.group().memberCount() + " members");
    }

    // ---- the member's next step ----

    private void reconcile(Step step, boolean subscriptionChanged) {
        ConsumerMember member = draft.group().member(step.memberId());
        if (!subscriptionChanged && member.current().isReconciledTo(draft.group().assignmentEpoch())) return;
        CurrentAssignment next = new Reconciliation(draft.group(), member, step.owned(), step.image().topics()).next(subscriptionChanged);
        if (!next.equals(member.current())) draft.current(step.memberId(), next);
    }

    /// A member that left for now keeps what it has, but not its place in time: whoever comes back for it begins a new epoch of its own.
    static CurrentAssignment leftForNow(CurrentAssignment current) {
        return new CurrentAssignment(Admission.LEAVE_FOR_NOW, current.previousMemberEpoch(), current.state(),
                AssignedPartitions.of(current.assigned().partitions(), 0), AssignedPartitions.NONE);
    }

    static boolean mustGiveUp(CurrentAssignment current) {
        return current.state() == MemberState.UNREVOKED_PARTITIONS;
    }
}
