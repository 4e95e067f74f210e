package millrace.group.classic;

import static millrace.group.classic.ClassicGroupState.COMPLETING_REBALANCE;
import static millrace.group.classic.ClassicGroupState.EMPTY;
import static millrace.group.classic.ClassicGroupState.PREPARING_REBALANCE;
import static millrace.group.classic.ClassicGroupState.STABLE;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.REBALANCE_IN_PROGRESS;
import static millrace.protocol.ErrorCode.UNKNOWN_MEMBER_ID;

import java.util.List;

import millrace.core.Deadlines;
import millrace.group.command.GroupAnswer.Bytes;
import millrace.group.command.GroupAnswer.Joined;
import millrace.group.command.GroupAnswer.Synced;
import millrace.group.command.GroupSettings;
import millrace.group.command.Turn;
import millrace.group.stored.GroupChange.GroupMetadata;

/// The round that a group goes through: everybody joins, the generation begins; and what makes it start anew.
/// Here members are answered and deadlines are set; [ClassicGroup] only moves.
final class Rebalance {
    private final GroupSettings settings;
    private final Deadlines<Timer> deadlines;
    private final KeptHeartbeats heartbeats;

    Rebalance(GroupSettings settings, Deadlines<Timer> deadlines, KeptHeartbeats heartbeats) {
        this.settings = settings;
        this.deadlines = deadlines;
        this.heartbeats = heartbeats;
    }

    // ---- towards the next generation ----

    /// Somebody joined, changed or went: the generation that is being prepared may be complete, and any other is over.
    /// @param reason for the node's log
    void advance(ClassicGroup group, String reason, Turn turn) {
        if (group.isIn(PREPARING_REBALANCE)) completeJoinIfAllJoined(group, turn);
        else prepare(group, reason, turn);
    }

    /// Asks everybody to join again: who waits for an assignment or has a heartbeat open is told so now, the others with their next heartbeat.
    void prepare(ClassicGroup group, String reason, Turn turn) {
        turn.note("group " + group.groupId() + " rebalances after generation " + group.generationId() + " (" + group.state().text() + "): " + reason);
        if (group.isIn(COMPLETING_REBALANCE)) withdrawAssignments(group, turn);
        deadlines.clear(new Timer.Sync(group.groupId()));
        heartbeats.answerAll(group, REBALANCE_IN_PROGRESS, turn);
        boolean initial = group.isIn(EMPTY);
        group.moveTo(PREPARING_REBALANCE, turn.timestampMs());
        if (initial) beginInitialDelay(group, turn);
        else completeJoinOrWait(group, turn);
    }

    private void withdrawAssignments(ClassicGroup group, Turn turn) {
        for (ClassicMember member : group.members()) {
            member.assignment = Bytes.EMPTY;
            answerSync(group, member, Synced.refused(REBALANCE_IN_PROGRESS), turn);
        }
    }

    /// The group is new. Members usually come together, and each that comes late costs all of them another round (KIP-134): so it begins when
    /// nobody has come for the delay. Kafka waits in whole delays instead, so that two who come together wait for two of them.
    private void beginInitialDelay(ClassicGroup group, Turn turn) {
        int delayMs = settings.initialRebalanceDelayMs();
        group.beginInitialDelay(turn.nowMs() + Math.max(group.rebalanceTimeoutMs(), delayMs));
        deadlines.set(new Timer.Join(group.groupId()), turn.nowMs() + delayMs);
    }

    private void completeJoinOrWait(ClassicGroup group, Turn turn) {
        if (group.allMembersHaveJoined()) completeJoin(group, turn);
        else deadlines.set(new Timer.Join(group.groupId()), turn.nowMs() + group.rebalanceTimeoutMs());
    }

    /// An initial rebalance ends by its delay alone, however many have come.
    void completeJoinIfAllJoined(ClassicGroup group, Turn turn) {
        if (!group.isInitialRebalance() && group.allMembersHaveJoined()) completeJoin(group, turn);
    }

    /// [Timer.Join] is due.
    void joinTimeIsOver(ClassicGroup group, Turn turn) {
        if (!group.isIn(PREPARING_REBALANCE)) return;
        long endsMs = group.isInitialRebalance() ? group.initialDelayEndsMs(settings.initialRebalanceDelayMs()) : turn.nowMs();
        if (endsMs > turn.nowMs()) deadlines.set(new Timer.Join(group.groupId()), endsMs);
        else completeJoin(group, turn);
    }

    /// The next generation begins with those who have joined. A static member may be away for as long as its session lasts; the others go.
    private void completeJoin(ClassicGroup group, Turn turn) {
        deadlines.clear(new Timer.Join(group.groupId()));
        for (ClassicMember member : List.copyOf(group.members())) {
            if (!member.awaitsJoin() && !member.isStatic()) forget(group, member, turn);
        }
        if (!group.members().isEmpty() && !group.electJoinedLeader()) {
            deadlines.set(new Timer.Join(group.groupId()), turn.nowMs() + group.rebalanceTimeoutMs());
            return;
        }
        group.beginGeneration(turn.timestampMs());
        turn.note("group " + group.groupId() + " begins generation " + group.generationId() + " with " + group.members().size() + " members");
        if (group.isIn(EMPTY)) turn.change(new GroupMetadata(group.groupId(), group.toStored()));
        else announce(group, turn);
    }

    private void announce(ClassicGroup group, Turn turn) {
        for (ClassicMember member : group.members()) {
            answerJoin(group, member, joined(group, member, group.isLeader(member.memberId)), turn);
            member.isNew = false;
            heard(group, member, turn);
        }
        deadlines.set(new Timer.Sync(group.groupId()), turn.nowMs() + group.rebalanceTimeoutMs());
    }

    /// @return what `member` is told about the current generation
    static Joined joined(ClassicGroup group, ClassicMember member, boolean withMembers) {
        return new Joined(NONE, group.generationId(), group.protocolType(), group.protocolName(), group.leaderId(), false, member.memberId,
                withMembers ? group.membersForLeader() : List.of());
    }

    // ---- the end of a generation's beginning ----

    /// Everybody has what the leader gave; those who asked are told.
    void stabilize(ClassicGroup group, Turn turn) {
        group.moveTo(STABLE, turn.timestampMs());
        turn.note("group " + group.groupId() + " is stable in generation " + group.generationId());
        turn.change(new GroupMetadata(group.groupId(), group.toStored()));
        for (ClassicMember member : group.members()) answerSync(group, member, synced(group, member), turn);
    }

    static Synced synced(ClassicGroup group, ClassicMember member) {
        return new Synced(NONE, group.protocolType(), group.protocolName(), member.assignment);
    }

    /// A member has asked for its assignment; when all have, nobody needs to be waited for.
    void syncReceived(ClassicGroup group, ClassicMember member) {
        group.synced(member.memberId);
        if (group.pendingSync().isEmpty()) deadlines.clear(new Timer.Sync(group.groupId()));
    }

    /// [Timer.Sync] is due: who joined and then never asked for its assignment holds partitions that nobody reads.
    void syncTimeIsOver(ClassicGroup group, Turn turn) {
        if (!group.isIn(COMPLETING_REBALANCE) && !group.isIn(STABLE)) return;
        if (group.pendingSync().isEmpty()) return;
        List<String> silent = List.copyOf(group.pendingSync());
        for (String memberId : silent) forget(group, group.member(memberId), turn);
        prepare(group, "members " + silent + " never asked for their assignment", turn);
    }

    // ---- members ----

    /// A sign of life: the session begins again.
    void heard(ClassicGroup group, ClassicMember member, Turn turn) {
        deadlines.set(new Timer.Session(group.groupId(), member.memberId), turn.nowMs() + member.sessionTimeoutMs);
    }

    /// A new member cannot heartbeat while it waits for its first generation, and a closed connection is not noticed; so the wait
    /// itself is limited. One that is still there asks again.
    void newMemberWaits(ClassicGroup group, ClassicMember member, Turn turn) {
        deadlines.set(new Timer.Session(group.groupId(), member.memberId), turn.nowMs() + settings.newMemberJoinTimeoutMs());
    }

    /// An id was given out; it is kept for one session.
    void pendingMemberWaits(ClassicGroup group, String memberId, int sessionTimeoutMs, Turn turn) {
        deadlines.set(new Timer.Session(group.groupId(), memberId), turn.nowMs() + sessionTimeoutMs);
    }

    /// [Timer.Session] is due.
    void sessionIsOver(ClassicGroup group, String memberId, Turn turn) {
        ClassicMember member = group.member(memberId);
        if (group.isPending(memberId)) {
            forgetPending(group, memberId);
            if (group.isIn(PREPARING_REBALANCE)) completeJoinIfAllJoined(group, turn);
        } else if (member != null && (member.isNew || !member.awaitsJoin() && !member.awaitsSync())) {
            turn.note("group " + group.groupId() + " has not heard of member " + memberId + " for its session time-out and puts it out");
            forget(group, member, turn);
            afterRemoval(group, "member " + memberId + " was put out", turn);
        }
    }

    /// Members are gone, and their partitions need new owners.
    void afterRemoval(ClassicGroup group, String reason, Turn turn) {
        if (!group.isIn(EMPTY)) advance(group, reason, turn);
    }

    /// Takes a member out without asking what becomes of the group. What it still waits for is answered: if it is alive, it begins anew.
    void forget(ClassicGroup group, ClassicMember member, Turn turn) {
        answerJoin(group, member, Joined.refused(UNKNOWN_MEMBER_ID, ""), turn);
        answerSync(group, member, Synced.refused(UNKNOWN_MEMBER_ID), turn);
        heartbeats.answer(group, member, UNKNOWN_MEMBER_ID, turn);
        group.remove(member);
        forgetSession(group, member);
    }

    void forgetSession(ClassicGroup group, ClassicMember member) {
        deadlines.clear(new Timer.Session(group.groupId(), member.memberId));
    }

    void forgetPending(ClassicGroup group, String memberId) {
        group.removePending(memberId);
        deadlines.clear(new Timer.Session(group.groupId(), memberId));
    }

    /// Gives up whatever is due for a group that is no more.
    void forgetDeadlines(ClassicGroup group) {
        deadlines.clear(new Timer.Join(group.groupId()));
        deadlines.clear(new Timer.Sync(group.groupId()));
        for (ClassicMember member : group.members()) deadlines.clear(new Timer.Session(group.groupId(), member.memberId));
        for (String memberId : group.pendingMembers()) deadlines.clear(new Timer.Session(group.groupId(), memberId));
    }

    // ---- open questions ----

    void answerJoin(ClassicGroup group, ClassicMember member, Joined answer, Turn turn) {
        long token = group.takeJoin(member);
        if (token != ClassicMember.NONE) turn.reply(token, answer);
    }

    /// While it waited the member could not heartbeat, so its session begins with the answer.
    void answerSync(ClassicGroup group, ClassicMember member, Synced answer, Turn turn) {
        if (!member.awaitsSync()) return;
        turn.reply(member.syncToken, answer);
        member.syncToken = ClassicMember.NONE;
        heard(group, member, turn);
    }
}
