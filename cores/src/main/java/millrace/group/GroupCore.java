package millrace.group;

import static millrace.group.classic.ClassicGroups.describedAsDead;
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
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.GroupDeleted;
import millrace.group.command.GroupAnswer.Joined;
import millrace.group.command.GroupAnswer.Listed;
import millrace.group.command.GroupAnswer.ListedGroup;
import millrace.group.command.GroupAnswer.OffsetsCommitted;
import millrace.group.command.GroupAnswer.OffsetsDeleted;
import millrace.group.command.GroupAnswer.OffsetsFetched;
import millrace.group.command.GroupAnswer.TopicsForgotten;
import millrace.group.command.GroupCommand;
import millrace.group.command.GroupCommand.CommitInTransaction;
import millrace.group.command.GroupCommand.CommitOffsets;
import millrace.group.command.GroupCommand.DeleteGroup;
import millrace.group.command.GroupCommand.DeleteOffsets;
import millrace.group.command.GroupCommand.DescribeGroup;
import millrace.group.command.GroupCommand.EndTransaction;
import millrace.group.command.GroupCommand.FetchOffsets;
import millrace.group.command.GroupCommand.ForgetTopics;
import millrace.group.command.GroupCommand.Heartbeat;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.LeaveGroup;
import millrace.group.command.GroupCommand.ListGroups;
import millrace.group.command.GroupCommand.SyncGroup;
import millrace.group.command.GroupSettings;
import millrace.group.command.Turn;
import millrace.group.offsets.ExpiryRule;
import millrace.group.offsets.OffsetDecisions;
import millrace.group.stored.GroupChange;
import millrace.group.stored.GroupChange.GroupMetadata;
import millrace.group.stored.GroupChange.Marker;
import millrace.group.stored.GroupChange.TransactionEnded;
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
    private final OffsetDecisions offsets;
    private long nextExpiryMs = Long.MAX_VALUE;
    /// Where looking for old offsets goes on; null at the beginning of a round.
    private String expiredUpTo;

    public GroupCore(GroupSettings settings) {
        this.settings = settings;
        this.classic = new ClassicGroups(settings, stored);
        this.offsets = new OffsetDecisions(settings, stored.offsets());
    }

    @Override public void apply(GroupChange change) {
        stored.apply(change);
    }

    @Override public Decision<GroupChange, Outcome<GroupAnswer>> loaded(long nowMs, long timestampMs) {
        var turn = new Turn(nowMs, timestampMs);
        stored.classicGroups().forEach((groupId, metadata) -> classic.restore(groupId, metadata, turn));
        for (String groupId : stored.offsets().groups()) {
            if (stored.other(groupId) == null) classic.restoreSimple(groupId, turn);
        }
        nextExpiryMs = nowMs + settings.offsetsRetentionCheckIntervalMs();
        return turn.decision();
    }

    @Override public Decision<GroupChange, Outcome<GroupAnswer>> decide(GroupCommand command, long nowMs, long timestampMs) {
        var turn = new Turn(nowMs, timestampMs);
        switch (command) {
            case JoinGroup join           -> join(join, turn);
            case SyncGroup sync           -> classic.sync(sync, turn);
            case Heartbeat heartbeat      -> classic.heartbeat(heartbeat, turn);
            case LeaveGroup leave         -> classic.leave(leave, turn);
            case CommitOffsets commit     -> commit(commit, turn);
            case CommitInTransaction txn  -> commitInTransaction(txn, turn);
            case EndTransaction end       -> endTransaction(end, turn);
            case FetchOffsets fetch       -> fetch(fetch, turn);
            case DeleteOffsets delete     -> deleteOffsets(delete, turn);
            case DescribeGroup describe   -> describe(describe, turn);
            case ListGroups list          -> list(list, turn);
            case DeleteGroup delete       -> deleteGroup(delete, turn);
            case ForgetTopics forget      -> forgetTopics(forget, turn);
        }
        return turn.decision();
    }

    private void join(JoinGroup join, Turn turn) {
        OtherGroup other = stored.other(join.groupId());
        if (other != null && other.hasMembers()) {
            turn.reply(join.token(), Joined.refused(INCONSISTENT_GROUP_PROTOCOL, join.memberId()));
            return;
        }
        classic.join(join, turn);
        if (other != null && classic.has(join.groupId())) other.tombstones(join.groupId()).forEach(turn::change);
    }

    // ---- offsets ----

    private void commit(CommitOffsets commit, Turn turn) {
        ErrorCode error = admitCommit(commit, turn);
        if (error == NONE) offsets.commit(commit, turn);
        else turn.reply(commit.token(), new OffsetsCommitted(error, List.of()));
    }

    private ErrorCode admitCommit(CommitOffsets commit, Turn turn) {
        OtherGroup other = stored.other(commit.groupId());
        if (other == null) return classic.admitCommit(commit, turn);
        if (other.hasMembers() || !commit.memberId().isEmpty()) return UNKNOWN_MEMBER_ID;
        return commit.generationId() < 0 ? NONE : ILLEGAL_GENERATION;
    }

    private void commitInTransaction(CommitInTransaction within, Turn turn) {
        CommitOffsets commit = within.commit();
        OtherGroup other = stored.other(commit.groupId());
        ErrorCode error = other == null ? classic.admitCommitInTransaction(commit, turn) : admitCommit(commit, turn);
        if (error == NONE) offsets.commitInTransaction(within, turn);
        else turn.reply(commit.token(), new OffsetsCommitted(error, List.of()));
    }

    private static void endTransaction(EndTransaction end, Turn turn) {
        turn.change(new Marker(end.producerEpoch(), end.coordinatorEpoch(), end.transactionVersion(), new TransactionEnded(end.producerId(), end.commit())));
        turn.reply(end.token(), new GroupAnswer.TransactionEnded(NONE));
    }

    private void fetch(FetchOffsets fetch, Turn turn) {
        boolean asMember = fetch.memberId() != null && !fetch.memberId().isEmpty() && fetch.memberEpoch() >= 0;
        if (asMember && stored.other(fetch.groupId()) != null) turn.reply(fetch.token(), new OffsetsFetched(UNKNOWN_MEMBER_ID, List.of()));
        else offsets.fetch(fetch, turn);
    }

    private void deleteOffsets(DeleteOffsets delete, Turn turn) {
        OtherGroup other = stored.other(delete.groupId());
        ErrorCode error = other == null ? classic.admitOffsetDeletion(delete.groupId()) : other.hasMembers() ? NON_EMPTY_GROUP : NONE;
        if (error == NONE) offsets.delete(delete, topic -> classic.isSubscribed(delete.groupId(), topic), turn);
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
        OtherGroup other = stored.other(delete.groupId());
        ErrorCode error = other == null ? classic.admitDeletion(delete.groupId()) : other.hasMembers() ? NON_EMPTY_GROUP : NONE;
        if (error != NONE) {
            turn.reply(delete.token(), new GroupDeleted(error));
        } else if (!offsets.deleteAll(delete.groupId(), turn)) {
            turn.leaveUnfinished();
        } else {
            bury(delete.groupId(), turn);
            turn.reply(delete.token(), new GroupDeleted(NONE));
        }
    }

    private void bury(String groupId, Turn turn) {
        OtherGroup other = stored.other(groupId);
        if (other != null) other.tombstones(groupId).forEach(turn::change);
        if (classic.has(groupId) || stored.classic(groupId) != null) classic.delete(groupId, turn);
    }

    // ---- what time brings ----

    @Override public long nextDeadlineMs() {
        return Math.min(classic.nextDeadlineMs(), nextExpiryMs);
    }

    @Override public Decision<GroupChange, Outcome<GroupAnswer>> tick(long nowMs, long timestampMs) {
        var turn = new Turn(nowMs, timestampMs);
        int passed = 0;
        while (passed < MAX_TIMERS_PER_TICK && classic.tick(turn)) passed++;
        if (nowMs >= nextExpiryMs && !turn.hasChanges()) expire(turn);
        return turn.decision();
    }

    /// Goes through the groups in the order of their ids, a bounded part in each tick.
    private void expire(Turn turn) {
        OffsetDecisions.Room room = offsets.room();
        int looked = 0;
        for (String groupId = groupAfter(expiredUpTo); groupId != null; groupId = groupAfter(groupId)) {
            if (looked >= MAX_OFFSETS_PER_TICK) return;
            OffsetDecisions.Expired expired = offsets.expire(groupId, expiryOf(groupId), room, turn);
            looked += 1 + expired.looked();
            if (!expired.whole()) return;
            expiredUpTo = groupId;
            if (!expired.left() && stored.other(groupId) == null && classic.isAbandoned(groupId)) bury(groupId, turn);
        }
        expiredUpTo = null;
        nextExpiryMs = turn.nowMs() + settings.offsetsRetentionCheckIntervalMs();
    }

    /// Who reads which topic in a group of another kind is not known here: as long as it has members, they may be reading all of them.
    private ExpiryRule expiryOf(String groupId) {
        OtherGroup other = stored.other(groupId);
        return other != null && other.hasMembers() ? new ExpiryRule.Kept() : classic.expiryOf(groupId);
    }

    /// @param groupId null for the first of all
    /// @return null when there is none
    private String groupAfter(String groupId) {
        String withMembers = after(groupId, classic.ids());
        String withOffsets = after(groupId, stored.offsets().groups());
        if (withMembers == null || withOffsets == null) return withMembers == null ? withOffsets : withMembers;
        return withMembers.compareTo(withOffsets) < 0 ? withMembers : withOffsets;
    }

    private static String after(String groupId, NavigableSet<String> ids) {
        if (groupId != null) return ids.higher(groupId);
        return ids.isEmpty() ? null : ids.first();
    }

    // ---- what could not be written ----

    @Override public Outcome<GroupAnswer> refused(List<GroupChange> changes, ErrorCode error, long nowMs, long timestampMs) {
        var turn = new Turn(nowMs, timestampMs);
        Set<String> groups = new LinkedHashSet<>();
        for (GroupChange change : changes) {
            if (change instanceof GroupMetadata metadata) groups.add(metadata.groupId());
        }
        for (String groupId : groups) {
            classic.throwBack(groupId, stored.classic(groupId), error, turn);
            if (stored.classic(groupId) == null && !stored.offsets().of(groupId).isEmpty()) classic.restoreSimple(groupId, turn);
        }
        return turn.outcome();
    }

    @Override public GroupAnswer failed(ErrorCode error) {
        return new GroupAnswer.Failed(error);
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
