package millrace.group.classic;

import static millrace.protocol.ErrorCode.ILLEGAL_GENERATION;
import static millrace.protocol.ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.REBALANCE_IN_PROGRESS;
import static millrace.protocol.ErrorCode.UNKNOWN_MEMBER_ID;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

import millrace.group.command.GroupAnswer.Bytes;
import millrace.group.command.GroupAnswer.Synced;
import millrace.group.command.GroupCommand.Assignment;
import millrace.group.command.GroupCommand.SyncGroup;
import millrace.group.command.Turn;
import millrace.protocol.ErrorCode;

/// SyncGroup (API key 14), once its group is found: the leader brings the assignment, everybody takes theirs away.
final class Syncing {
    private final Rebalance rebalance;

    Syncing(Rebalance rebalance) {
        this.rebalance = rebalance;
    }

    void sync(ClassicGroup group, SyncGroup sync, Turn turn) {
        ErrorCode error = check(group, sync);
        if (error != NONE) {
            turn.reply(sync.token(), Synced.refused(error));
            return;
        }
        ClassicMember member = group.member(sync.memberId());
        switch (group.state()) {
            case COMPLETING_REBALANCE -> awaitAssignment(group, member, sync, turn);
            case STABLE               -> repeatAssignment(group, member, sync, turn);
            case PREPARING_REBALANCE  -> turn.reply(sync.token(), Synced.refused(REBALANCE_IN_PROGRESS));
            case EMPTY, DEAD          -> turn.reply(sync.token(), Synced.refused(UNKNOWN_MEMBER_ID));
        }
    }

    private static ErrorCode check(ClassicGroup group, SyncGroup sync) {
        ErrorCode identity = group.identify(sync.memberId(), sync.groupInstanceId());
        if (identity != NONE) return identity;
        if (sync.generationId() != group.generationId()) return ILLEGAL_GENERATION;
        boolean agrees = agrees(sync.protocolType(), group.protocolType()) && agrees(sync.protocolName(), group.protocolName());
        return agrees ? NONE : INCONSISTENT_GROUP_PROTOCOL;
    }

    /// A client of before KIP-559 does not say what it believes.
    private static boolean agrees(String said, String holds) {
        return said == null || said.equals(holds);
    }

    private void awaitAssignment(ClassicGroup group, ClassicMember member, SyncGroup sync, Turn turn) {
        rebalance.answerSync(group, member, Synced.refused(REBALANCE_IN_PROGRESS), turn);   // it asked before, on a connection it has given up
        member.syncToken = sync.token();
        rebalance.syncReceived(group, member);
        if (group.isLeader(member.memberId)) assign(group, sync, turn);
    }

    /// Whom the leader forgot gets nothing; whom it made up is passed over.
    private void assign(ClassicGroup group, SyncGroup sync, Turn turn) {
        Map<String, ByteBuffer> assigned = new HashMap<>();
        for (Assignment each : sync.assignments()) assigned.put(each.memberId(), each.assignment());
        for (ClassicMember member : group.members()) member.assignment = assigned.getOrDefault(member.memberId, Bytes.EMPTY);
        rebalance.stabilize(group, turn);
    }

    private void repeatAssignment(ClassicGroup group, ClassicMember member, SyncGroup sync, Turn turn) {
        rebalance.syncReceived(group, member);
        rebalance.heard(group, member, turn);
        turn.reply(sync.token(), Rebalance.synced(group, member));
    }
}
