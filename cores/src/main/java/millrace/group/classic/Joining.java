package millrace.group.classic;

import static millrace.group.classic.ClassicGroupState.PREPARING_REBALANCE;
import static millrace.group.classic.ClassicGroupState.STABLE;
import static millrace.protocol.ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
import static millrace.protocol.ErrorCode.FENCED_INSTANCE_ID;
import static millrace.protocol.ErrorCode.GROUP_MAX_SIZE_REACHED;
import static millrace.protocol.ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
import static millrace.protocol.ErrorCode.MEMBER_ID_REQUIRED;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.REBALANCE_IN_PROGRESS;
import static millrace.protocol.ErrorCode.UNKNOWN_MEMBER_ID;

import java.util.List;
import java.util.UUID;

import millrace.common.Uuid;
import millrace.group.command.GroupAnswer.Joined;
import millrace.group.command.GroupAnswer.Synced;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.Protocol;
import millrace.group.command.GroupSettings;
import millrace.group.command.Turn;
import millrace.group.stored.GroupChange.GroupMetadata;
import millrace.group.stored.StoredGroups;
import millrace.protocol.ErrorCode;
import millrace.protocol.group.GroupMetadataValue;
import millrace.protocol.group.GroupMetadataValue.MemberMetadata;

/// JoinGroup (API key 11), once its group is found: who may join, under which id, and whether that begins a rebalance.
final class Joining {
    /// Ids given out in one group that may be outstanding; whoever comes then is told to try again later.
    private static final int MAX_PENDING_MEMBERS = 10_000;
    private static final long UUID_VERSION_MASK = 0xF000L;
    private static final long UUID_RANDOM_VERSION = 0x4000L;
    private static final long UUID_VARIANT_MASK = 0xC000_0000_0000_0000L;
    private static final long UUID_STANDARD_VARIANT = 0x8000_0000_0000_0000L;

    private final GroupSettings settings;
    private final StoredGroups stored;
    private final Rebalance rebalance;

    Joining(GroupSettings settings, StoredGroups stored, Rebalance rebalance) {
        this.settings = settings;
        this.stored = stored;
        this.rebalance = rebalance;
    }

    void join(ClassicGroup group, JoinGroup join, Turn turn) {
        if (!hasRoomFor(group, join)) {
            refuse(join, GROUP_MAX_SIZE_REACHED, "", turn);
        } else if (!group.supports(join.protocolType(), join.protocols())) {
            refuse(join, INCONSISTENT_GROUP_PROTOCOL, join.memberId(), turn);
        } else if (join.memberId().isEmpty()) {
            joinAsNew(group, join, turn);
        } else {
            joinAsKnown(group, join, turn);
        }
    }

    static void refuse(JoinGroup join, ErrorCode error, String memberId, Turn turn) {
        turn.reply(join.token(), Joined.refused(error, memberId));
    }

    /// While members join, those who have are counted, so that a place is theirs who come first; otherwise all members are (KIP-389).
    private boolean hasRoomFor(ClassicGroup group, JoinGroup join) {
        if (metadataBytes(join) > settings.maxMemberMetadataBytes()) return false;
        ClassicMember member = group.member(join.memberId());
        return switch (group.state()) {
            case EMPTY, DEAD                  -> true;
            case PREPARING_REBALANCE          -> member != null && member.awaitsJoin() || group.membersAwaitingJoin() < settings.maxGroupSize();
            case COMPLETING_REBALANCE, STABLE -> member != null || group.members().size() < settings.maxGroupSize();
        };
    }

    private static long metadataBytes(JoinGroup join) {
        long bytes = 0;
        for (Protocol protocol : join.protocols()) bytes += protocol.name().length() + protocol.metadata().remaining();
        return bytes;
    }

    // ---- new members ----

    private void joinAsNew(ClassicGroup group, JoinGroup join, Turn turn) {
        ClassicMember sameInstance = join.groupInstanceId() == null ? null : group.memberOfInstance(join.groupInstanceId());
        if (sameInstance != null) replaceStatic(group, sameInstance, join, turn);
        else if (join.groupInstanceId() == null && join.requireKnownMemberId()) giveOutId(group, join, turn);
        else add(group, join, newMemberId(join), turn);
    }

    /// Without this a client whose first join times out leaves a member behind with each attempt (KIP-394).
    private void giveOutId(ClassicGroup group, JoinGroup join, Turn turn) {
        if (group.pendingMembers().size() >= MAX_PENDING_MEMBERS) {
            refuse(join, COORDINATOR_LOAD_IN_PROGRESS, "", turn);
            return;
        }
        String memberId = newMemberId(join);
        group.addPending(memberId);
        rebalance.pendingMemberWaits(group, memberId, join.sessionTimeoutMs(), turn);
        refuse(join, MEMBER_ID_REQUIRED, memberId, turn);
    }

    /// `client id` or `group instance id`, a hyphen, and a random UUID in its usual spelling.
    private static String newMemberId(JoinGroup join) {
        Uuid random = join.newMemberId();
        long upper = random.mostSignificantBits() & ~UUID_VERSION_MASK | UUID_RANDOM_VERSION;
        long lower = random.leastSignificantBits() & ~UUID_VARIANT_MASK | UUID_STANDARD_VARIANT;
        return (join.groupInstanceId() == null ? join.clientId() : join.groupInstanceId()) + "-" + new UUID(upper, lower);
    }

    private void add(ClassicGroup group, JoinGroup join, String memberId, Turn turn) {
        ClassicMember member = ClassicMember.joining(join, memberId);
        group.add(member, join.protocolType(), turn.nowMs());
        group.awaitJoin(member, join.token());
        rebalance.newMemberWaits(group, member, turn);
        if (member.isStatic()) rememberHolder(group, member, turn);
        rebalance.advance(group, "new member " + memberId + said(join), turn);
    }

    private static String said(JoinGroup join) {
        return join.reason() == null || join.reason().isEmpty() ? "" : ", who says: " + join.reason();
    }

    // ---- static members that come back without their id (KIP-345) ----

    private void replaceStatic(ClassicGroup group, ClassicMember old, JoinGroup join, Turn turn) {
        String leaderBefore = group.leaderId();
        ClassicMember member = takeOver(group, old, join, turn);
        if (group.isIn(STABLE) && group.electProtocol().equals(group.protocolName())) {
            keepPlace(group, member, join, leaderBefore, turn);
            return;
        }
        rememberHolder(group, member, turn);
        // While a leader assigns it may be assigning to the old id right now, so the round begins anew; in a stable group another protocol is due.
        if (group.isIn(PREPARING_REBALANCE)) rebalance.completeJoinIfAllJoined(group, turn);
        else rebalance.prepare(group, "instance " + join.groupInstanceId() + " came back as " + member.memberId + said(join), turn);
    }

    /// The new one is the instance from now on; whoever still asks in the old one's name is fenced.
    private ClassicMember takeOver(ClassicGroup group, ClassicMember old, JoinGroup join, Turn turn) {
        rebalance.answerJoin(group, old, Joined.refused(FENCED_INSTANCE_ID, old.memberId), turn);
        rebalance.answerSync(group, old, Synced.refused(FENCED_INSTANCE_ID), turn);
        rebalance.forgetSession(group, old);
        ClassicMember member = group.rename(old, newMemberId(join));
        group.update(member, join);
        group.awaitJoin(member, join.token());
        rebalance.heard(group, member, turn);
        return member;
    }

    /// Puts the id that an instance has now into the generation that is stored, whatever round is under way. Apache Kafka does not, and when
    /// the coordinator dies before the round is over, the next one takes the old process for the instance: it lets its commits through
    /// (against G3) and tells the living one that it is fenced, which clients do not survive. Found by `ClassicChurnTest`, seeds 174 and 47.
    private void rememberHolder(ClassicGroup group, ClassicMember member, Turn turn) {
        GroupMetadataValue generation = stored.classic(group.groupId());
        MemberMetadata before = generation == null ? null : storedHolder(generation, member.groupInstanceId);
        if (before == null || before.memberId().equals(member.memberId)) return;
        MemberMetadata now = before.toBuilder().memberId(member.memberId).build();
        List<MemberMetadata> members = generation.members().stream().map(each -> each == before ? now : each).toList();
        String leader = before.memberId().equals(generation.leader()) ? member.memberId : generation.leader();
        turn.change(new GroupMetadata(group.groupId(), generation.toBuilder().leader(leader).members(members).build()));
    }

    private static MemberMetadata storedHolder(GroupMetadataValue generation, String groupInstanceId) {
        for (MemberMetadata each : generation.members()) {
            if (groupInstanceId.equals(each.groupInstanceId())) return each;
        }
        return null;
    }

    /// A restart within the session must cost nobody a rebalance: the member gets its old place and assignment. Old clients that lead
    /// are told that another does, or they would assign again.
    private void keepPlace(ClassicGroup group, ClassicMember member, JoinGroup join, String leaderBefore, Turn turn) {
        turn.change(new GroupMetadata(group.groupId(), group.toStored()));
        boolean leads = group.isLeader(member.memberId);
        Joined answer = join.skipAssignment()
                ? new Joined(NONE, group.generationId(), group.protocolType(), group.protocolName(), group.leaderId(), leads, member.memberId,
                        leads ? group.membersForLeader() : List.of())
                : new Joined(NONE, group.generationId(), group.protocolType(), group.protocolName(), leaderBefore, false, member.memberId, List.of());
        rebalance.answerJoin(group, member, answer, turn);
    }

    // ---- members that come with their id ----

    private void joinAsKnown(ClassicGroup group, JoinGroup join, Turn turn) {
        if (group.isPending(join.memberId())) {
            joinWithGivenId(group, join, turn);
            return;
        }
        ErrorCode error = group.identify(join.memberId(), join.groupInstanceId());
        if (error == NONE) rejoin(group, group.member(join.memberId()), join, turn);
        else refuse(join, error, join.memberId(), turn);
    }

    /// An id is given out to dynamic members only; with an instance id beside it, it cannot be from here.
    private void joinWithGivenId(ClassicGroup group, JoinGroup join, Turn turn) {
        if (join.groupInstanceId() == null) add(group, join, join.memberId(), turn);
        else refuse(join, UNKNOWN_MEMBER_ID, join.memberId(), turn);
    }

    private void rejoin(ClassicGroup group, ClassicMember member, JoinGroup join, Turn turn) {
        boolean same = member.saidTheSame(join.protocols());
        switch (group.state()) {
            case PREPARING_REBALANCE -> askAgain(group, member, join, turn);
            case COMPLETING_REBALANCE -> {
                // The answer was lost, perhaps: it is given once more. A member with something new to say begins a new round.
                if (same) tellAgain(group, member, join, turn);
                else askAgain(group, member, join, turn);
            }
            case STABLE -> {
                // A leader joins again when it wants to assign again (topics have changed); a follower that merely lost touch is told what holds.
                if (!same || group.isLeader(member.memberId)) askAgain(group, member, join, turn);
                else tellAgain(group, member, join, turn);
            }
            case EMPTY, DEAD -> refuse(join, UNKNOWN_MEMBER_ID, join.memberId(), turn);
        }
    }

    private void tellAgain(ClassicGroup group, ClassicMember member, JoinGroup join, Turn turn) {
        rebalance.heard(group, member, turn);
        turn.reply(join.token(), Rebalance.joined(group, member, group.isLeader(member.memberId)));
    }

    /// The member waits for the next generation. If it asked before, on a connection that it must have given up, that question is closed.
    private void askAgain(ClassicGroup group, ClassicMember member, JoinGroup join, Turn turn) {
        group.update(member, join);
        rebalance.answerJoin(group, member, Joined.refused(REBALANCE_IN_PROGRESS, member.memberId), turn);
        group.awaitJoin(member, join.token());
        rebalance.advance(group, "member " + member.memberId + " joins again" + said(join), turn);
    }
}
