package millrace.group.consumer;

import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.GroupCommand.ConsumerHeartbeat;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.ConsumerMember;
import millrace.group.stored.MemberState;

/// When a member is to send its next heartbeat. All that it is told, it is told in the answer to one.
///
/// While nothing is the matter that is the interval of the settings. Kafka always says that, so a member that has to wait for another one's
/// partition waits for the rest of an interval when that has long been given up, and members that come together wait for a whole one until they
/// hear of the first target that counts them in. Here who waits comes back soon:
///
///     waits for a partition that somebody still has      [#SOON_MS]
///     the group's next target is not due yet             when it is due
///     has come or been given something just now          when the next target may be due: who comes after it waits for that one
///     has nothing to wait for                            when the target has held twice as long as now
///
/// The last is for those who come late: they need what members have that were here before, and wait until these are heard of. Where a target is new,
/// somebody else is likely to come; the longer it has held, the longer may whoever comes then wait. A group of many members does not do that: it would cost more than
/// [#REST_EACH_MS] says, and is heard of often enough.
///
/// Members come back one after the other, [#MEMBERS_EACH_MS] at a time, so that a large group neither asks more than it can be answered nor goes on
/// in one beat afterwards.
final class Pace {
    private static final int SOON_MS = 250;
    private static final int MEMBERS_EACH_MS = 1;
    /// Of a group whose members rest, no more than one in so many milliseconds is asked for earlier than the settings say.
    private static final int REST_EACH_MS = 10;

    private Pace() {}

    /// @param group after the heartbeat
    /// @return in milliseconds from now, at most the interval of the settings
    static int nextBeatMs(ConsumerHeartbeat heartbeat, ConsumerMember member, ConsumerGroup group, long timestampMs) {
        int restingMs = heartbeat.times().heartbeatIntervalMs();
        boolean lacksPartitions = member.current().state() == MemberState.UNRELEASED_PARTITIONS;
        boolean hasMoved = heartbeat.memberEpoch() == Admission.JOIN || heartbeat.owned() != null;
        long nextTargetMs = untilNextTargetMs(group, heartbeat.times(), timestampMs);
        boolean targetIsToCome = group.groupEpoch() > group.assignmentEpoch() || hasMoved && nextTargetMs > 0;
        if (!lacksPartitions && !targetIsToCome) return restMs(group, restingMs, timestampMs);
        long soonMs = lacksPartitions ? SOON_MS : Math.max(nextTargetMs, SOON_MS);
        return (int) Math.min(restingMs, soonMs + Math.floorMod(member.memberId().hashCode(), group.memberCount()) / MEMBERS_EACH_MS);
    }

    private static int restMs(ConsumerGroup group, int atMostMs, long timestampMs) {
        long heldMs = timestampMs - group.assignmentTimestampMs();
        if (group.assignmentTimestampMs() == 0 || heldMs < 0) return atMostMs;
        long atLeastMs = Math.max(SOON_MS, (long) group.memberCount() * REST_EACH_MS);
        return (int) Math.min(atMostMs, Math.max(heldMs, atLeastMs));
    }

    /// @return not above 0 when a new target could be computed at once
    private static long untilNextTargetMs(ConsumerGroup group, ConsumerTimes times, long timestampMs) {
        long sinceMs = timestampMs - group.assignmentTimestampMs();
        return group.assignmentTimestampMs() == 0 || sinceMs < 0 ? 0 : times.assignmentIntervalMs() - sinceMs;
    }
}
