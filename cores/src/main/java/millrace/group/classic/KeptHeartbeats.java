package millrace.group.classic;

import static millrace.group.classic.ClassicGroupState.STABLE;
import static millrace.protocol.ErrorCode.NONE;

import java.util.List;

import millrace.core.Deadlines;
import millrace.group.command.GroupAnswer.HeartbeatHeard;
import millrace.group.command.GroupCommand.Heartbeat;
import millrace.group.command.GroupSettings;
import millrace.group.command.Turn;
import millrace.protocol.ErrorCode;

/// Heartbeats of stable groups whose answer is kept back, so that it can tell of a rebalance in the moment when one begins.
///
///     keep ─▶ kept ──the group leaves STABLE: REBALANCE_IN_PROGRESS──▶ answered
///               ├─────the member is put out: UNKNOWN_MEMBER_ID───────▶
///               └─────the next heartbeat, something behind it on its
///                     connection, or the time is over: NONE──────────▶
///
/// Why: the coordinator cannot call a member. With answers given at once a rebalance is heard of with the next heartbeat, up to
/// `heartbeat.interval.ms` later, and all the others wait for whom it reaches last. What is answered is what a heartbeat is always answered;
/// only when is new. Answering early is never wrong, so whoever is in doubt answers.
///
/// Kept waiting is only who says that it may be (the node knows which clients go on working meanwhile), and who leaves its group when it closes:
/// a client that does not, waits in `close()` for its open requests. Those are static members, and the members of Kafka Streams.
/// A member whose connection broke over a kept heartbeat may have had less patience than we thought: it is not kept waiting again.
///
/// Invariants: who is kept waiting is a dynamic member of a stable group, in its generation; one heartbeat of a member at a time, for at most
/// `millrace.group.heartbeat.hold.ms` and a third of its session. The session counts from when the heartbeat came.
final class KeptHeartbeats {
    /// Kafka's advice is three heartbeats in a session: the next one comes before this part of it is over.
    private static final int PARTS_OF_A_SESSION = 3;
    private static final List<String> TYPES_THAT_LEAVE = List.of(ClassicGroup.CONSUMER_PROTOCOL_TYPE, "connect");
    /// What the members of Kafka Streams call the way in which they share partitions.
    private static final String STREAMS_PROTOCOL = "stream";

    private final GroupSettings settings;
    private final Deadlines<Timer> deadlines;

    KeptHeartbeats(GroupSettings settings, Deadlines<Timer> deadlines) {
        this.settings = settings;
        this.deadlines = deadlines;
    }

    /// A member has been heard, and nothing is wrong. One that it sent before is answered now: at any time one is open.
    void answerOrKeep(ClassicGroup group, ClassicMember member, Heartbeat heartbeat, Turn turn) {
        answer(group, member, NONE, turn);
        int forMs = Math.min(settings.heartbeatHoldMs(), member.sessionTimeoutMs / PARTS_OF_A_SESSION);
        if (forMs == 0 || !heartbeat.mayWait() || member.cannotWait || !membersLeaveWhenTheyClose(group, member)) {
            turn.reply(heartbeat.token(), new HeartbeatHeard(NONE));
            return;
        }
        member.heartbeatToken = heartbeat.token();
        deadlines.set(new Timer.Heartbeat(group.groupId(), member.memberId), turn.nowMs() + forMs);
    }

    private static boolean membersLeaveWhenTheyClose(ClassicGroup group, ClassicMember member) {
        return group.isIn(STABLE) && !member.isStatic() && TYPES_THAT_LEAVE.contains(group.protocolType()) && !STREAMS_PROTOCOL.equals(group.protocolName());
    }

    void answerAll(ClassicGroup group, ErrorCode error, Turn turn) {
        for (ClassicMember member : group.members()) answer(group, member, error, turn);
    }

    /// Answers the member's heartbeat, if one is kept.
    void answer(ClassicGroup group, ClassicMember member, ErrorCode error, Turn turn) {
        if (!member.heartbeatIsKept()) return;
        turn.reply(member.heartbeatToken, new HeartbeatHeard(error));
        member.heartbeatToken = ClassicMember.NONE;
        deadlines.clear(new Timer.Heartbeat(group.groupId(), member.memberId));
    }
}
