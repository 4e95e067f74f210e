package millrace.group;

import static millrace.group.classic.ClassicGroups.describedAsDead;
import static millrace.protocol.ErrorCode.COORDINATOR_NOT_AVAILABLE;
import static millrace.protocol.ErrorCode.GROUP_ID_NOT_FOUND;
import static millrace.protocol.ErrorCode.ILLEGAL_GENERATION;
import static millrace.protocol.ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.NON_EMPTY_GROUP;
import static millrace.protocol.ErrorCode.UNKNOWN_MEMBER_ID;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

import millrace.core.CoordinatorCore;
import millrace.core.ReplicatedCore.Decision;
import millrace.group.classic.ClassicGroupState;
import millrace.group.classic.ClassicGroups;
import millrace.group.command.GroupAnswer.ConsumerHeard;
import millrace.group.command.GroupAnswer.GroupDeleted;
import millrace.group.command.GroupAnswer.Joined;
import millrace.group.command.GroupAnswer.Listed;
import millrace.group.command.GroupAnswer.ListedGroup;
import millrace.group.command.GroupAnswer.OffsetsCommitted;
import millrace.group.command.GroupAnswer.OffsetsDeleted;
import millrace.group.command.GroupAnswer.OffsetsFetched;
import millrace.group.command.GroupAnswer.TopicsForgotten;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand.AnswerHeartbeat;
import millrace.group.command.GroupCommand.Belated;
import millrace.group.command.GroupCommand.CommitInTransaction;
import millrace.group.command.GroupCommand.CommitOffsets;
import millrace.group.command.GroupCommand.ConsumerHeartbeat;
import millrace.group.command.GroupCommand.DeleteGroup;
import millrace.group.command.GroupCommand.DeleteOffsets;
import millrace.group.command.GroupCommand.DescribeConsumerGroup;
import millrace.group.command.GroupCommand.DescribeGroup;
import millrace.group.command.GroupCommand.EndTransaction;
import millrace.group.command.GroupCommand.FetchOffsets;
import millrace.group.command.GroupCommand.ForgetTopics;
import millrace.group.command.GroupCommand.Heartbeat;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.LeaveGroup;
import millrace.group.command.GroupCommand.ListGroups;
import millrace.group.command.GroupCommand.SyncGroup;
import millrace.group.command.GroupCommand;
import millrace.group.command.GroupSettings;
import millrace.group.command.Turn;
import millrace.group.consumer.ConsumerGroups;
import millrace.group.offsets.ExpiryRule;
import millrace.group.offsets.OffsetDecisions;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.GroupChange.GroupMetadata;
import millrace.group.stored.GroupChange.Marker;
import millrace.group.stored.GroupChange.OfConsumerGroup;
import millrace.group.stored.GroupChange.TransactionEnded;
import millrace.group.stored.GroupChange;
import millrace.group.stored.OtherGroup;
import millrace.group.stored.StoredGroups;
import millrace.protocol.ErrorCode;

/// The groups of one partition of `__consumer_offsets`: the core that a coordinator runs.
///
///     apply(change)* ──▶ loaded ──▶ ( decide | tick ──▶ apply(change)* )*
///
/// [StoredGroups] is what survives; [ClassicGroups] is what dies with the coordinator and is built from it by [#loaded].
/// A group of a kind that is not served here keeps its id to itself while it has members; once empty, it gives way.
///
/// To drive it in a test or a simulation: keep the changes of every decision in a list and apply them; give replies out only when
/// the list up to there counts as committed; call [#tick] whenever [#nextDeadlineMs] is reached; for a crash, apply a prefix of the
/// list that holds all that was given out to a new core, and call [#loaded].
public final class GroupCore implements CoordinatorCore<GroupCommand, GroupChange, GroupAnswer> {
    /// Deadlines that one tick lets pass.
    private static final int MAX_TIMERS_PER_TICK = 1_000;
    /// Offsets that one tick looks at for their age, about.
    private static final int MAX_OFFSETS_PER_TICK = 20_000;

    private final GroupSettings settings;
    private final StoredGroups stored = new StoredGroups();
    private final ClassicGroups classic;
    private final ConsumerGroups consumer;
    private final OffsetDecisions offsets;
    private long nextExpiryMs = Long.MAX_VALUE;
    /// Where looking for old offsets goes on; null at the beginning of a round.
    private String expiredUpTo;

    public GroupCore(GroupSettings settings) {
        this.settings = settings;
        this.classic = new ClassicGroups(settings, stored);
        this.consumer = new ConsumerGroups(settings, stored, classic);
        this.offsets = new OffsetDecisions(settings, stored.offsets());
    }

    @Override public void apply(GroupChange change) {
        stored.apply(change);
    }

    @Override public Decision<GroupChange, Outcome<GroupAnswer>> loaded(long nowMs, long timestampMs) {
        var turn = new Turn(nowMs, timestampMs);
        stored.classicGroups().forEach((groupId, metadata) -> classic.restore(groupId, metadata, turn));
        for (String groupId : stored.consumerGroups().keySet()) consumer.restore(groupId, turn);
        restoreSimple(stored.offsets().groups(), turn);
        restoreSimple(stored.offsets().groupsInTransactions(), turn);
        nextExpiryMs = nowMs + settings.offsetsRetentionCheckIntervalMs();
        return turn.decision();
    }

    private void restoreSimple(Set<String> groupIds, Turn turn) {
        for (String groupId : groupIds) {
            if (isClassic(groupId)) classic.restoreSimple(groupId, turn);
        }
    }

    @Override public Decision<GroupChange, Outcome<GroupAnswer>> decide(GroupCommand command, long nowMs, long timestampMs) {
        var turn = new Turn(nowMs, timestampMs);
        decide(command, turn);
        return turn.decision();
    }

    private void decide(GroupCommand command, Turn turn) {
        switch (command) {
            case Belated belated          -> belated(belated, turn);
            case JoinGroup join           -> join(join, turn);
            case SyncGroup sync           -> sync(sync, turn);
            case Heartbeat heartbeat      -> heartbeat(heartbeat, turn);
            case AnswerHeartbeat now      -> classic.answerHeartbeat(now, turn);
            case LeaveGroup leave         -> leave(leave, turn);
            case ConsumerHeartbeat heard  -> consumerHeartbeat(heard, turn);
            case CommitOffsets commit     -> commit(commit, turn);
            case CommitInTransaction txn  -> commitInTransaction(txn, turn);
            case EndTransaction end       -> endTransaction(end, turn);
            case FetchOffsets fetch       -> fetch(fetch, turn);
            case DeleteOffsets delete     -> deleteOffsets(delete, turn);
            case DescribeGroup describe   -> describe(describe, turn);
            case DescribeConsumerGroup of -> turn.reply(of.token(), consumer.describe(of.groupId()));
            case ListGroups list          -> list(list, turn);
            case DeleteGroup delete       -> deleteGroup(delete, turn);
            case ForgetTopics forget      -> forgetTopics(forget, turn);
        }
    }

    /// In a classic group it does what it does with Kafka. In a consumer group it would say that the member has nothing, when it has been given something since.
    private void belated(Belated belated, Turn turn) {
        ConsumerGroup consumers = stored.consumer(belated.groupId());
        if (consumers == null || consumers.isEmpty()) decide(belated.said(), turn);
        else turn.reply(belated.token(), new GroupAnswer.Failed(COORDINATOR_NOT_AVAILABLE));
    }

    private void join(JoinGroup join, Turn turn) {
        OtherGroup other = stored.other(join.groupId());
        ConsumerGroup consumers = stored.consumer(join.groupId());
        if (consumers != null && !consumers.isEmpty()) {
            joinConsumers(join, turn);
            return;
        }
        if (other != null && other.hasMembers()) {
            turn.reply(join.token(), Joined.refused(INCONSISTENT_GROUP_PROTOCOL, join.memberId()));
            return;
        }
        classic.join(join, turn);
        if (!classic.has(join.groupId())) return;
        if (other != null) other.tombstones(join.groupId()).forEach(turn::change);
        if (consumers != null) consumer.delete(join.groupId(), turn);
    }

    private void joinConsumers(JoinGroup join, Turn turn) {
        ErrorCode malformed = classic.admitSessionTimeout(join.sessionTimeoutMs());
        if (malformed == NONE) consumer.join(join, turn);
        else turn.reply(join.token(), Joined.refused(malformed, join.memberId()));
    }

    private void sync(SyncGroup sync, Turn turn) {
        if (stored.consumer(sync.groupId()) != null) consumer.sync(sync, turn);
        else classic.sync(sync, turn);
    }

    private void heartbeat(Heartbeat heartbeat, Turn turn) {
        if (stored.consumer(heartbeat.groupId()) != null) consumer.heartbeat(heartbeat, turn);
        else classic.heartbeat(heartbeat, turn);
    }

    private void leave(LeaveGroup leave, Turn turn) {
        if (stored.consumer(leave.groupId()) != null) consumer.leave(leave, turn);
        else classic.leave(leave, turn);
    }

    private void consumerHeartbeat(ConsumerHeartbeat heartbeat, Turn turn) {
        boolean isTaken = stored.other(heartbeat.groupId()) != null;
        if (isTaken) turn.reply(heartbeat.token(), ConsumerHeard.refused(GROUP_ID_NOT_FOUND, "Group " + heartbeat.groupId() + " is not a consumer group."));
        else consumer.heartbeat(heartbeat, turn);
    }

    // ---- offsets ----

    private void commit(CommitOffsets commit, Turn turn) {
        ErrorCode error = admitCommit(commit, turn);
        if (error == NONE) offsets.commit(commit, turn);
        else turn.reply(commit.token(), new OffsetsCommitted(error, List.of()));
    }

    private ErrorCode admitCommit(CommitOffsets commit, Turn turn) {
        if (stored.consumer(commit.groupId()) != null) return consumer.admitCommit(commit);
        OtherGroup other = stored.other(commit.groupId());
        if (other == null) return classic.admitCommit(commit, turn);
        if (other.hasMembers() || !commit.memberId().isEmpty()) return UNKNOWN_MEMBER_ID;
        return commit.generationId() < 0 ? NONE : ILLEGAL_GENERATION;
    }

    private void commitInTransaction(CommitInTransaction within, Turn turn) {
        CommitOffsets commit = within.commit();
        ErrorCode error = admitCommitInTransaction(commit, turn);
        if (error == NONE) offsets.commitInTransaction(within, turn);
        else turn.reply(commit.token(), new OffsetsCommitted(error, List.of()));
    }

    private ErrorCode admitCommitInTransaction(CommitOffsets commit, Turn turn) {
        if (stored.consumer(commit.groupId()) != null) return consumer.admitCommitInTransaction(commit);
        return stored.other(commit.groupId()) == null ? classic.admitCommitInTransaction(commit, turn) : admitCommit(commit, turn);
    }

    private static void endTransaction(EndTransaction end, Turn turn) {
        turn.change(new Marker(end.producerEpoch(), end.coordinatorEpoch(), end.transactionVersion(), new TransactionEnded(end.producerId(), end.commit())));
        turn.reply(end.token(), new GroupAnswer.TransactionEnded(NONE));
    }

    private void fetch(FetchOffsets fetch, Turn turn) {
        ErrorCode error = admitFetch(fetch);
        if (error == NONE) offsets.fetch(fetch, turn);
        else turn.reply(fetch.token(), new OffsetsFetched(error, List.of()));
    }

    private ErrorCode admitFetch(FetchOffsets fetch) {
        if (stored.consumer(fetch.groupId()) != null) return consumer.admitFetch(fetch);
        boolean asMember = fetch.memberId() != null && !fetch.memberId().isEmpty() && fetch.memberEpoch() >= 0;
        return asMember && stored.other(fetch.groupId()) != null ? UNKNOWN_MEMBER_ID : NONE;
    }

    private void deleteOffsets(DeleteOffsets delete, Turn turn) {
        OtherGroup other = stored.other(delete.groupId());
        ConsumerGroup consumers = stored.consumer(delete.groupId());
        ErrorCode error = consumers != null ? NONE : other == null ? classic.admitOffsetDeletion(delete.groupId()) : other.hasMembers() ? NON_EMPTY_GROUP : NONE;
        if (error == NONE) offsets.delete(delete, consumers != null ? consumers::isSubscribedTo : topic -> classic.isSubscribed(delete.groupId(), topic), turn);
        else turn.reply(delete.token(), new OffsetsDeleted(error, List.of()));
    }

    private void forgetTopics(ForgetTopics forget, Turn turn) {
        if (offsets.forget(forget.topics(), turn)) turn.reply(forget.token(), new TopicsForgotten(NONE));
        else turn.leaveUnfinished();
    }

    // ---- administration ----

    private void describe(DescribeGroup describe, Turn turn) {
        GroupAnswer described = classic.describe(describe.groupId());
        turn.reply(describe.token(), described != null ? described : describedAsDead(describe.groupId(), GROUP_ID_NOT_FOUND));
    }

    private void list(ListGroups list, Turn turn) {
        List<ListedGroup> all = classic.list();
        stored.consumerGroups().forEach((groupId, group) -> all.add(ConsumerGroups.listed(groupId, group)));
        stored.otherGroups().forEach((groupId, other) -> all.add(listed(groupId, other)));
        Set<String> states = lowerCase(list.states());
        Set<String> types = lowerCase(list.types());
        all.removeIf(group -> !states.isEmpty() && !states.contains(group.state().toLowerCase(Locale.ROOT))
                || !types.isEmpty() && !types.contains(group.type().toLowerCase(Locale.ROOT)));
        turn.reply(list.token(), new Listed(all));
    }

    private static ListedGroup listed(String groupId, OtherGroup other) {
        ClassicGroupState state = other.hasMembers() ? ClassicGroupState.STABLE : ClassicGroupState.EMPTY;
        return new ListedGroup(groupId, other.kind(), state.text(), other.kind());
    }

    private static Set<String> lowerCase(List<String> words) {
        Set<String> lower = new TreeSet<>();
        for (String word : words) lower.add(word.toLowerCase(Locale.ROOT));
        return lower;
    }

    /// Its offsets first, in as many parts as they need, then the group itself: what a crash leaves in between is a group with fewer offsets.
    private void deleteGroup(DeleteGroup delete, Turn turn) {
        ErrorCode error = admitDeletion(delete.groupId());
        if (error != NONE) {
            turn.reply(delete.token(), new GroupDeleted(error));
        } else if (!offsets.deleteAll(delete.groupId(), turn)) {
            turn.leaveUnfinished();
        } else {
            bury(delete.groupId(), turn);
            turn.reply(delete.token(), new GroupDeleted(NONE));
        }
    }

    private ErrorCode admitDeletion(String groupId) {
        ConsumerGroup consumers = stored.consumer(groupId);
        OtherGroup other = stored.other(groupId);
        if (consumers != null) return consumers.isEmpty() ? NONE : NON_EMPTY_GROUP;
        if (other != null) return other.hasMembers() ? NON_EMPTY_GROUP : NONE;
        return classic.admitDeletion(groupId);
    }

    private void bury(String groupId, Turn turn) {
        if (stored.consumer(groupId) != null) consumer.delete(groupId, turn);
        OtherGroup other = stored.other(groupId);
        if (other != null) other.tombstones(groupId).forEach(turn::change);
        if (classic.has(groupId) || stored.classic(groupId) != null) classic.delete(groupId, turn);
    }

    // ---- what time brings ----

    @Override public long nextDeadlineMs() {
        return Math.min(Math.min(classic.nextDeadlineMs(), consumer.nextDeadlineMs()), nextExpiryMs);
    }

    @Override public Decision<GroupChange, Outcome<GroupAnswer>> tick(long nowMs, long timestampMs) {
        var turn = new Turn(nowMs, timestampMs);
        int passed = 0;
        while (passed < MAX_TIMERS_PER_TICK && classic.tick(turn)) passed++;
        // One at a time: what is decided about one member of a group is the ground for what is decided about the next.
        while (passed < MAX_TIMERS_PER_TICK && !turn.hasChanges() && consumer.tick(turn)) passed++;
        if (nowMs >= nextExpiryMs && !turn.hasChanges()) expire(turn);
        return turn.decision();
    }

    /// Goes through the groups in the order of their ids, a bounded part in each tick.
    private void expire(Turn turn) {
        OffsetDecisions.Room room = offsets.room();
        int looked = 0;
        for (String groupId = groupAfter(expiredUpTo); groupId != null; groupId = groupAfter(groupId)) {
            if (looked >= MAX_OFFSETS_PER_TICK || room.isFull()) return;
            OffsetDecisions.Expired expired = offsets.expire(groupId, expiryOf(groupId), room, turn);
            looked += 1 + expired.looked();
            if (!expired.whole()) return;
            expiredUpTo = groupId;
            if (expired.left() || !isAbandoned(groupId)) continue;
            int before = turn.changeCount();
            bury(groupId, turn);
            room.used(groupId, turn.changeCount() - before);
        }
        expiredUpTo = null;
        nextExpiryMs = turn.nowMs() + settings.offsetsRetentionCheckIntervalMs();
    }

    /// Whether the group may be forgotten once it has no offsets.
    private boolean isAbandoned(String groupId) {
        ConsumerGroup consumers = stored.consumer(groupId);
        return consumers != null ? consumers.isEmpty() : stored.other(groupId) == null && classic.isAbandoned(groupId);
    }

    private boolean isClassic(String groupId) {
        return stored.other(groupId) == null && stored.consumer(groupId) == null;
    }

    /// Who reads which topic in a group of another kind is not known here: as long as it has members, they may be reading all of them.
    private ExpiryRule expiryOf(String groupId) {
        if (stored.consumer(groupId) != null) return consumer.expiryOf(groupId);
        OtherGroup other = stored.other(groupId);
        return other != null && other.hasMembers() ? new ExpiryRule.Kept() : classic.expiryOf(groupId);
    }

    /// @param groupId null for the first of all
    /// @return null when there is none
    private String groupAfter(String groupId) {
        return first(first(after(groupId, classic.ids()), after(groupId, stored.consumerGroups().navigableKeySet())), after(groupId, stored.offsets().groups()));
    }

    private static String first(String one, String other) {
        if (one == null || other == null) return one == null ? other : one;
        return one.compareTo(other) < 0 ? one : other;
    }

    private static String after(String groupId, NavigableSet<String> ids) {
        if (groupId != null) return ids.higher(groupId);
        return ids.isEmpty() ? null : ids.first();
    }

    // ---- what could not be written ----

    @Override public Outcome<GroupAnswer> refused(List<GroupChange> changes, ErrorCode error, long nowMs, long timestampMs) {
        var turn = new Turn(nowMs, timestampMs);
        Set<String> groups = new LinkedHashSet<>();
        Set<String> consumerGroups = new LinkedHashSet<>();
        for (GroupChange change : changes) {
            if (change instanceof GroupMetadata metadata) groups.add(metadata.groupId());
            if (change instanceof OfConsumerGroup ofConsumer) consumerGroups.add(ofConsumer.groupId());
        }
        for (String groupId : groups) {
            classic.throwBack(groupId, stored.classic(groupId), error, turn);
            if (isClassic(groupId) && stored.classic(groupId) == null && !stored.offsets().of(groupId).isEmpty()) classic.restoreSimple(groupId, turn);
        }
        for (String groupId : consumerGroups) consumer.restore(groupId, turn);
        return turn.outcome();
    }

    @Override public GroupAnswer failed(ErrorCode error) {
        return new GroupAnswer.Failed(error);
    }

    // ---- for who counts ----

    /// Counts anew, with a look at every group.
    public GroupCensus census() {
        return GroupCensus.of(classic.list().stream().map(ListedGroup::state).toList(),
                stored.consumerGroups().entrySet().stream().map(group -> ConsumerGroups.listed(group.getKey(), group.getValue()).state()).toList(), stored.offsets().count());
    }

    // ---- for checkers ----

    /// @return the replicated state; to be read, not to be changed
    public StoredGroups stored() {
        return stored;
    }

    /// Compares what members have been told with what the log says.
    /// @return one line for each group where they differ; empty when all is well
    public List<String> disagreements() {
        Set<String> ids = new TreeSet<>(classic.ids());
        ids.addAll(stored.classicGroups().keySet());
        List<String> found = new ArrayList<>();
        for (String groupId : ids) {
            String disagreement = classic.disagreement(groupId, stored.classic(groupId));
            if (disagreement != null) found.add(disagreement);
        }
        return found;
    }

    @Override public String toString() {
        return "classic groups " + classic + "; stored " + stored;
    }
}
