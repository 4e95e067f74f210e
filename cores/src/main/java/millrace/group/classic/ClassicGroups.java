package millrace.group.classic;

import static millrace.group.classic.ClassicGroupState.COMPLETING_REBALANCE;
import static millrace.group.classic.ClassicGroupState.DEAD;
import static millrace.group.classic.ClassicGroupState.EMPTY;
import static millrace.group.classic.ClassicGroupState.PREPARING_REBALANCE;
import static millrace.group.classic.ClassicGroupState.STABLE;
import static millrace.protocol.ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
import static millrace.protocol.ErrorCode.GROUP_ID_NOT_FOUND;
import static millrace.protocol.ErrorCode.ILLEGAL_GENERATION;
import static millrace.protocol.ErrorCode.INVALID_GROUP_ID;
import static millrace.protocol.ErrorCode.INVALID_SESSION_TIMEOUT;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.NON_EMPTY_GROUP;
import static millrace.protocol.ErrorCode.REBALANCE_IN_PROGRESS;
import static millrace.protocol.ErrorCode.UNKNOWN_MEMBER_ID;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;

import millrace.core.Deadlines;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.Bytes;
import millrace.group.command.GroupAnswer.Described;
import millrace.group.command.GroupAnswer.DescribedMember;
import millrace.group.command.GroupAnswer.HeartbeatHeard;
import millrace.group.command.GroupAnswer.Joined;
import millrace.group.command.GroupAnswer.Left;
import millrace.group.command.GroupAnswer.LeftMember;
import millrace.group.command.GroupAnswer.ListedGroup;
import millrace.group.command.GroupAnswer.Synced;
import millrace.group.command.GroupCommand.AnswerHeartbeat;
import millrace.group.command.GroupCommand.CommitOffsets;
import millrace.group.command.GroupCommand.Heartbeat;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.LeaveGroup;
import millrace.group.command.GroupCommand.Leaving;
import millrace.group.command.GroupCommand.SyncGroup;
import millrace.group.command.GroupSettings;
import millrace.group.command.Turn;
import millrace.group.migration.ClassicRoster;
import millrace.group.offsets.ExpiryRule;
import millrace.group.stored.GroupChange.GroupMetadata;
import millrace.group.stored.StoredGroups;
import millrace.protocol.ErrorCode;
import millrace.protocol.group.GroupMetadataValue;

/// All classic groups of one partition, with the part of their state that dies with the coordinator: who is joining, who waits for
/// an answer, whose session ends when. A group that nobody has joined but that has committed offsets is one too, and always empty.
///
/// Each method is one command, or a question that the offsets have about a group.
public final class ClassicGroups {
    public static final String TYPE = "classic";

    /// Groups of one partition that are held at once; the next one is told to try again later.
    private static final int MAX_GROUPS = 1_000_000;

    private final GroupSettings settings;
    private final NavigableMap<String, ClassicGroup> groups = new TreeMap<>();
    private final Deadlines<Timer> deadlines = new Deadlines<>();
    private final KeptHeartbeats heartbeats;
    private final Rebalance rebalance;
    private final Joining joining;
    private final Syncing syncing;

    /// @param stored what the log says; it is only read here
    public ClassicGroups(GroupSettings settings, StoredGroups stored) {
        this.settings = settings;
        this.heartbeats = new KeptHeartbeats(settings, deadlines);
        this.rebalance = new Rebalance(settings, deadlines, heartbeats);
        this.joining = new Joining(settings, stored, rebalance);
        this.syncing = new Syncing(rebalance);
    }

    // ---- membership ----

    public void join(JoinGroup join, Turn turn) {
        ClassicGroup group = groups.get(join.groupId());
        if (join.groupId().isEmpty()) {
            Joining.refuse(join, INVALID_GROUP_ID, join.memberId(), turn);
        } else if (admitSessionTimeout(join.sessionTimeoutMs()) != NONE) {
            Joining.refuse(join, INVALID_SESSION_TIMEOUT, join.memberId(), turn);
        } else if (group != null) {
            joining.join(group, join, turn);
        } else if (!join.memberId().isEmpty()) {
            Joining.refuse(join, UNKNOWN_MEMBER_ID, join.memberId(), turn);
        } else if (groups.size() >= MAX_GROUPS) {
            Joining.refuse(join, COORDINATOR_LOAD_IN_PROGRESS, "", turn);
        } else {
            joinNewGroup(join, turn);
        }
    }

    /// @return `NONE` when a member may ask for a session of that length
    public ErrorCode admitSessionTimeout(int sessionTimeoutMs) {
        return sessionTimeoutMs < settings.minSessionTimeoutMs() || sessionTimeoutMs > settings.maxSessionTimeoutMs() ? INVALID_SESSION_TIMEOUT : NONE;
    }

    /// The group is written down at once, so that it is there after a failover even if its first generation never completes.
    private void joinNewGroup(JoinGroup join, Turn turn) {
        ClassicGroup group = ClassicGroup.empty(join.groupId(), turn.timestampMs());
        groups.put(join.groupId(), group);
        joining.join(group, join, turn);
        if (group.members().isEmpty() && group.pendingMembers().isEmpty()) groups.remove(join.groupId());
        else if (!turn.hasChanges()) turn.change(new GroupMetadata(join.groupId(), ClassicGroup.empty(join.groupId(), turn.timestampMs()).toStored()));
    }

    public void sync(SyncGroup sync, Turn turn) {
        ClassicGroup group = groups.get(sync.groupId());
        if (sync.groupId().isEmpty()) turn.reply(sync.token(), Synced.refused(INVALID_GROUP_ID));
        else if (group == null) turn.reply(sync.token(), Synced.refused(UNKNOWN_MEMBER_ID));
        else syncing.sync(group, sync, turn);
    }

    public void heartbeat(Heartbeat heartbeat, Turn turn) {
        ClassicGroup group = groups.get(heartbeat.groupId());
        ErrorCode heard = hear(group, heartbeat, turn);
        if (heard == NONE) heartbeats.answerOrKeep(group, group.member(heartbeat.memberId()), heartbeat, turn);
        else turn.reply(heartbeat.token(), new HeartbeatHeard(heard));
    }

    private ErrorCode hear(ClassicGroup group, Heartbeat heartbeat, Turn turn) {
        if (heartbeat.groupId().isEmpty()) return INVALID_GROUP_ID;
        if (group == null) return UNKNOWN_MEMBER_ID;
        ErrorCode identity = group.identify(heartbeat.memberId(), heartbeat.groupInstanceId());
        if (identity != NONE) return identity;
        if (heartbeat.generationId() != group.generationId()) return ILLEGAL_GENERATION;
        rebalance.heard(group, group.member(heartbeat.memberId()), turn);
        return group.isIn(PREPARING_REBALANCE) ? REBALANCE_IN_PROGRESS : NONE;
    }

    /// Its own token is answered too, though nobody listens.
    public void answerHeartbeat(AnswerHeartbeat now, Turn turn) {
        ClassicGroup group = groups.get(now.groupId());
        ClassicMember member = group == null ? null : group.member(now.memberId());
        if (member != null && member.heartbeatIsKept()) {
            member.cannotWait |= now.connectionLost();
            heartbeats.answer(group, member, NONE, turn);
        }
        turn.reply(now.token(), new HeartbeatHeard(NONE));
    }

    /// All members of a request go before the group looks at what is left of it: one rebalance for all of them.
    public void leave(LeaveGroup leave, Turn turn) {
        ClassicGroup group = groups.get(leave.groupId());
        if (leave.groupId().isEmpty()) {
            turn.reply(leave.token(), new Left(INVALID_GROUP_ID, List.of()));
            return;
        }
        List<LeftMember> left = new ArrayList<>();
        boolean anybody = false;
        for (Leaving each : leave.members()) {
            ErrorCode error = group == null ? UNKNOWN_MEMBER_ID : leave(group, each, turn);
            anybody |= error == NONE;
            left.add(new LeftMember(each.memberId(), each.groupInstanceId(), error));
        }
        if (anybody) rebalance.afterRemoval(group, leave.members().size() + " members leave, the first being " + leave.members().getFirst(), turn);
        turn.reply(leave.token(), new Left(NONE, left));
    }

    private ErrorCode leave(ClassicGroup group, Leaving leaving, Turn turn) {
        if (leaving.memberId().isEmpty()) {
            ClassicMember instance = leaving.groupInstanceId() == null ? null : group.memberOfInstance(leaving.groupInstanceId());
            if (instance == null) return UNKNOWN_MEMBER_ID;
            rebalance.forget(group, instance, turn);
            return NONE;
        }
        if (group.isPending(leaving.memberId())) {
            rebalance.forgetPending(group, leaving.memberId());
            return NONE;
        }
        ErrorCode identity = group.identify(leaving.memberId(), leaving.groupInstanceId());
        if (identity == NONE) rebalance.forget(group, group.member(leaving.memberId()), turn);
        return identity;
    }

    // ---- what time brings ----

    /// @return when [#tick] has something to do; [Long#MAX_VALUE] for never
    public long nextDeadlineMs() {
        return deadlines.next();
    }

    /// Lets one deadline pass that is due.
    /// @return false when none was
    public boolean tick(Turn turn) {
        Timer due = deadlines.poll(turn.nowMs());
        if (due == null) return false;
        ClassicGroup group = groups.get(due.groupId());
        if (group == null) return true;
        switch (due) {
            case Timer.Session(var _, String memberId) -> rebalance.sessionIsOver(group, memberId, turn);
            case Timer.Heartbeat(var _, String member) -> heartbeats.answer(group, group.member(member), NONE, turn);
            case Timer.Join _                          -> rebalance.joinTimeIsOver(group, turn);
            case Timer.Sync _                          -> rebalance.syncTimeIsOver(group, turn);
        }
        return true;
    }

    // ---- offsets ----

    /// May this commit? A client without membership may as long as the group has no members; else it takes the current generation of a member.
    /// Whoever may has been heard of.
    public ErrorCode admitCommit(CommitOffsets commit, Turn turn) {
        ClassicGroup group = groups.get(commit.groupId());
        boolean withoutMembership = commit.generationId() < 0;
        if (group == null) return withoutMembership ? openSimpleGroup(commit.groupId(), turn) : commit.memberEpochAware() ? GROUP_ID_NOT_FOUND : ILLEGAL_GENERATION;
        if (withoutMembership && group.isIn(EMPTY)) return NONE;
        if (withoutMembership && commit.memberId().isEmpty() && commit.groupInstanceId() == null) return UNKNOWN_MEMBER_ID;
        ErrorCode identity = group.identify(commit.memberId(), commit.groupInstanceId());
        if (identity != NONE) return identity;
        if (commit.generationId() != group.generationId()) return ILLEGAL_GENERATION;
        // It has been told of a generation whose assignment is still on its way: nothing read in it can be committed yet.
        if (group.isIn(COMPLETING_REBALANCE)) return REBALANCE_IN_PROGRESS;
        rebalance.heard(group, group.member(commit.memberId()), turn);
        return NONE;
    }

    /// A producer that says nothing of its member commits for a group that manages none; one that does is checked as its member would be, but
    /// not for the state of the group: what it has read was read in this generation.
    public ErrorCode admitCommitInTransaction(CommitOffsets commit, Turn turn) {
        ClassicGroup group = groups.get(commit.groupId());
        boolean withoutMembership = commit.generationId() < 0;
        if (group == null) return withoutMembership ? openSimpleGroup(commit.groupId(), turn) : commit.memberEpochAware() ? GROUP_ID_NOT_FOUND : ILLEGAL_GENERATION;
        if (withoutMembership && (group.isIn(EMPTY) || commit.memberId().isEmpty() && commit.groupInstanceId() == null)) return NONE;
        ErrorCode identity = group.identify(commit.memberId(), commit.groupInstanceId());
        if (identity != NONE) return identity;
        return commit.generationId() == group.generationId() ? NONE : ILLEGAL_GENERATION;
    }

    private ErrorCode openSimpleGroup(String groupId, Turn turn) {
        if (groups.size() >= MAX_GROUPS) return COORDINATOR_LOAD_IN_PROGRESS;
        groups.put(groupId, ClassicGroup.empty(groupId, turn.timestampMs()));
        return NONE;
    }

    /// @return `NONE` when offsets may be deleted of topics that are not subscribed to
    public ErrorCode admitOffsetDeletion(String groupId) {
        ClassicGroup group = groups.get(groupId);
        if (groupId.isEmpty()) return INVALID_GROUP_ID;
        if (group == null) return GROUP_ID_NOT_FOUND;
        boolean mayHaveUnused = group.isIn(EMPTY) || ClassicGroup.CONSUMER_PROTOCOL_TYPE.equals(group.protocolType());
        return mayHaveUnused ? NONE : NON_EMPTY_GROUP;
    }

    public boolean isSubscribed(String groupId, String topic) {
        ClassicGroup group = groups.get(groupId);
        return group != null && group.isSubscribedTo(topic);
    }

    /// How the offsets of that group, which may be no group, grow old.
    public ExpiryRule expiryOf(String groupId) {
        ClassicGroup group = groups.get(groupId);
        if (group == null || group.protocolType() == null) return new ExpiryRule.SinceCommit(_ -> false);
        if (group.isIn(EMPTY)) return new ExpiryRule.SinceEmpty(group.stateTimestampMs());
        boolean consumersAreKnown = ClassicGroup.CONSUMER_PROTOCOL_TYPE.equals(group.protocolType()) && group.subscriptionsAreKnown();
        return group.isIn(STABLE) && consumersAreKnown ? new ExpiryRule.SinceCommit(group::isSubscribedTo) : new ExpiryRule.Kept();
    }

    // ---- administration ----

    public boolean has(String groupId) {
        return groups.containsKey(groupId);
    }

    /// @return ids in order, not to be changed
    public NavigableSet<String> ids() {
        return Collections.unmodifiableNavigableSet(groups.navigableKeySet());
    }

    /// Whether the group may be forgotten once it has no offsets: nobody is in it and nobody has been asked to come back.
    public boolean isAbandoned(String groupId) {
        ClassicGroup group = groups.get(groupId);
        return group == null || group.isIn(EMPTY) && group.pendingMembers().isEmpty();
    }

    /// @return `NONE` when the group may be deleted by an administrator
    public ErrorCode admitDeletion(String groupId) {
        ClassicGroup group = groups.get(groupId);
        if (group == null) return GROUP_ID_NOT_FOUND;
        return group.isIn(EMPTY) ? NONE : NON_EMPTY_GROUP;
    }

    /// The group is no more. Its offsets are somebody else's business.
    public void delete(String groupId, Turn turn) {
        ClassicGroup group = groups.remove(groupId);
        if (group != null) rebalance.forgetDeadlines(group);
        turn.change(new GroupMetadata(groupId, null));
    }

    /// Metadata is shown while the group is stable, since only then it is chosen which; an assignment as long as it has not been withdrawn.
    /// @return null when there is no such group
    public GroupAnswer describe(String groupId) {
        ClassicGroup group = groups.get(groupId);
        if (group == null) return null;
        boolean stable = group.isIn(STABLE);
        List<DescribedMember> members = new ArrayList<>(group.members().size());
        for (ClassicMember member : group.members()) {
            ByteBuffer metadata = stable ? member.metadata(group.protocolName()) : null;
            members.add(new DescribedMember(member.memberId, member.groupInstanceId, member.clientId, member.clientHost,
                    metadata == null ? Bytes.EMPTY : metadata, member.assignment));
        }
        return new Described(NONE, groupId, group.state().text(), typeOf(group), stable ? group.protocolName() : "", members);
    }

    public static Described describedAsDead(String groupId, ErrorCode error) {
        return new Described(error, groupId, DEAD.text(), "", "", List.of());
    }

    public List<ListedGroup> list() {
        List<ListedGroup> all = new ArrayList<>(groups.size());
        for (ClassicGroup group : groups.values()) all.add(new ListedGroup(group.groupId(), typeOf(group), group.state().text(), TYPE));
        return all;
    }

    private static String typeOf(ClassicGroup group) {
        return group.protocolType() == null ? "" : group.protocolType();
    }

    // ---- to and from the consumer protocol ----

    /// @return the group with everybody in it; null when there is none, or nobody
    public ClassicRoster roster(String groupId) {
        ClassicGroup group = groups.get(groupId);
        return group == null || group.members().isEmpty() ? null : group.roster();
    }

    /// The group becomes one of the consumer protocol. Who waits for an answer asks again, and is answered from there.
    public void handOver(String groupId, Turn turn) {
        ClassicGroup group = groups.get(groupId);
        for (ClassicMember member : group.members()) {
            rebalance.answerJoin(group, member, Joined.refused(REBALANCE_IN_PROGRESS, member.memberId), turn);
            rebalance.answerSync(group, member, Synced.refused(REBALANCE_IN_PROGRESS), turn);
        }
        heartbeats.answerAll(group, REBALANCE_IN_PROGRESS, turn);
        delete(groupId, turn);
    }

    /// The group was one of the consumer protocol. Its members join again. Until they have, the log names no leader: so whoever reads it before that
    /// knows that partitions of those that have gone are nobody's yet.
    public void takeOver(String groupId, ClassicRoster roster, Turn turn) {
        ClassicGroup group = ClassicGroup.of(groupId, roster, turn.timestampMs());
        groups.put(groupId, group);
        for (ClassicMember member : group.members()) rebalance.heard(group, member, turn);
        turn.change(new GroupMetadata(groupId, group.toStored().toBuilder().leader(null).build()));
        rebalance.prepare(group, "all members use the classic protocol again", turn);
    }

    // ---- from the log ----

    /// The log says this of a group, and nothing is known beside it. Its members have a session to be heard in.
    public void restore(String groupId, GroupMetadataValue stored, Turn turn) {
        ClassicGroup group = ClassicGroup.stored(groupId, stored);
        groups.put(groupId, group);
        for (ClassicMember member : group.members()) rebalance.heard(group, member, turn);
        if (group.members().size() > settings.maxGroupSize())
            rebalance.prepare(group, "it has " + group.members().size() + " members, group.max.size allows " + settings.maxGroupSize(), turn);
        else if (!group.members().isEmpty() && stored.leader() == null)
            rebalance.prepare(group, "its members have yet to join again after it was a group of the consumer protocol", turn);
    }

    /// A group of which only offsets are left in the log.
    public void restoreSimple(String groupId, Turn turn) {
        groups.computeIfAbsent(groupId, _ -> ClassicGroup.empty(groupId, turn.timestampMs()));
    }

    /// What this group did last could not be written. It goes back to what the log says and begins a new round, under a generation
    /// that nobody has seen; who waits for an answer gets `error` and comes again.
    ///
    /// @param stored null when the log says nothing of it
    public void throwBack(String groupId, GroupMetadataValue stored, ErrorCode error, Turn turn) {
        ClassicGroup before = groups.remove(groupId);
        if (before != null) {
            for (ClassicMember member : before.members()) {
                rebalance.answerJoin(before, member, Joined.refused(error, member.memberId), turn);
                rebalance.answerSync(before, member, Synced.refused(error), turn);
            }
            heartbeats.answerAll(before, REBALANCE_IN_PROGRESS, turn);
            rebalance.forgetDeadlines(before);
        }
        if (stored == null) return;
        restore(groupId, stored, turn);
        ClassicGroup group = groups.get(groupId);
        if (before != null) group.countOnAfter(before.generationId());
        if (group.isIn(STABLE)) rebalance.prepare(group, "its last change could not be written (" + error + ")", turn);
    }

    /// What is wrong with the group as it stands, compared with what is stored of it; for checkers.
    /// @return null when nothing is
    public String disagreement(String groupId, GroupMetadataValue stored) {
        ClassicGroup group = groups.get(groupId);
        if (group == null) return stored == null ? null : "stored, but not there: " + stored;
        if (!group.isIn(STABLE)) return null;
        return group.toStored().equals(stored) ? null : group + " is stored as " + stored;
    }

    @Override public String toString() {
        return groups.values().toString();
    }
}
