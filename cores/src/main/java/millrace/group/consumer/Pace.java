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
///
/// Members come back one after the other, [#MEMBERS_EACH_MS] at a time, so that a large group neither asks more than it can be answered nor goes on
/// in one beat afterwards.
final class Pace {
    private static final int SOON_MS = 250;
    private static final int MEMBERS_EACH_MS = 1;

    private Pace() {}

    /// @param group after the heartbeat
    /// @return in milliseconds from now, at most the interval of the settings
    static int nextBeatMs(ConsumerHeartbeat heartbeat, ConsumerMember member, ConsumerGroup group, long timestampMs) {
        int restingMs = heartbeat.times().heartbeatIntervalMs();
        boolean lacksPartitions = member.current().state() == MemberState.UNRELEASED_PARTITIONS;
        boolean hasMoved = heartbeat.memberEpoch() == Admission.JOIN || heartbeat.owned() != null;
        long nextTargetMs = untilNextTargetMs(group, heartbeat.times(), timestampMs);
        boolean targetIsToCome = group.groupEpoch() > group.assignmentEpoch() || hasMoved && nextTargetMs > 0;
        if (!lacksPartitions && !targetIsToCome) return restingMs;
        long soonMs = lacksPartitions ? SOON_MS : Math.max(nextTargetMs, SOON_MS);
        return (int) Math.min(restingMs, soonMs + Math.floorMod(member.memberId().hashCode(), group.memberCount()) / MEMBERS_EACH_MS);
    }

    /// @return not above 0 when a new target could be computed at once
    private static long untilNextTargetMs(ConsumerGroup group, ConsumerTimes times, long timestampMs) {
        long sinceMs = timestampMs - group.assignmentTimestampMs();
        return group.assignmentTimestampMs() == 0 || sinceMs < 0 ? 0 : times.assignmentIntervalMs() - sinceMs;
    }
}
