package millrace.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.stored.ConsumerMember;
import millrace.group.stored.MemberState;
import millrace.protocol.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A group whose members come back when they are told to, and at once when they have given something up, as clients do.
///
/// The laws of `Pace` (decision 17): nobody is told to stay away longer than the settings say; whoever waits does not wait long, so a group settles within
/// [#SETTLES_MS] of its last member; and a group that has settled rests.
class PacedGroupTest {
    private static final int MEMBERS = 10;
    private static final int PARTITIONS = 20;
    private static final int INTERVAL_MS = 5_000;
    private static final int SETTLES_MS = 4_500;
    private static final int RESTS_FROM_MS = 15_000;
    private static final int UNTIL_MS = 45_000;
    private static final int COME_EVERY_MS = 40;
    private static final int REACTS_MS = 5;

    /// What a careless coordinator would tell in place of what it has to.
    enum Bug {
        NONE, ALWAYS_THE_INTERVAL, ALWAYS_SOON, BEYOND_THE_SETTING;

        int told(int intervalMs) {
            return switch (this) {
                case NONE                -> intervalMs;
                case ALWAYS_THE_INTERVAL -> INTERVAL_MS;
                case ALWAYS_SOON         -> 250;
                case BEYOND_THE_SETTING  -> 2 * intervalMs;
            };
        }
    }

    private record Due(long atMs, int member) {}

    /// @return the first law that is broken, null for none
    private static String broken(Bug bug) {
        ConsumerWorld world = ConsumerWorld.with(PARTITIONS);
        world.times = new ConsumerTimes(45_000, INTERVAL_MS, 1_000);
        List<TestConsumer> members = new ArrayList<>();
        var due = new PriorityQueue<>(Comparator.comparingLong(Due::atMs).thenComparingInt(Due::member));
        for (int i = 0; i < MEMBERS; i++) {
            members.add(world.consumer("member-" + i));
            due.add(new Due((long) i * COME_EVERY_MS, i));
        }
        long beganMs = world.world.nowMs;
        long settledMs = -1;
        int atRest = 0;
        for (Due next = due.poll(); next.atMs() < UNTIL_MS; next = due.poll()) {
            world.world.pass(beganMs + next.atMs() - world.world.nowMs);
            TestConsumer member = members.get(next.member());
            boolean hasMoved = beats(member);
            int told = bug.told(member.heard.heartbeatIntervalMs());
            if (told > INTERVAL_MS) return "is told to stay away for " + told + " ms";
            due.add(new Due(next.atMs() + (hasMoved ? REACTS_MS : told), next.member()));
            if (settledMs < 0 && isSettled(world)) settledMs = next.atMs();
            if (next.atMs() >= RESTS_FROM_MS) atRest++;
        }
        long lastCameMs = (MEMBERS - 1) * COME_EVERY_MS;
        if (settledMs < 0 || settledMs - lastCameMs > SETTLES_MS) return "settles late: after " + (settledMs - lastCameMs) + " ms";
        int expected = MEMBERS * ((UNTIL_MS - RESTS_FROM_MS) / INTERVAL_MS + 1);
        return atRest > expected ? "does not rest: " + atRest + " heartbeats in place of " + expected : null;
    }

    /// @return whether it was told of another assignment, and has done as told
    private static boolean beats(TestConsumer member) {
        if (member.epoch == 0) {
            member.joins();
            return false;
        }
        var before = member.owned;
        ErrorCode error = member.beatsAt(member.epoch, member.saysWhatItHas ? before : null);
        assertThat(error).isEqualTo(ErrorCode.NONE);
        member.epoch = member.heard.memberEpoch();
        member.saysWhatItHas = member.heard.assigned() != null && !member.heard.assigned().equals(before);
        if (member.heard.assigned() != null) member.owned = member.heard.assigned();
        return member.saysWhatItHas;
    }

    private static boolean isSettled(ConsumerWorld world) {
        if (world.group().memberCount() < MEMBERS) return false;
        for (ConsumerMember member : world.group().members()) {
            boolean hasItsShare = member.current().assigned().partitions().of(ConsumerWorld.idOf("t")).size() == PARTITIONS / MEMBERS;
            if (member.current().state() != MemberState.STABLE || !hasItsShare) return false;
        }
        return true;
    }

    @Test void aGroupSettlesSoonAndThenRests() {
        assertThat(broken(Bug.NONE)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"settles late, ALWAYS_THE_INTERVAL", "does not rest, ALWAYS_SOON", "is told to stay away, BEYOND_THE_SETTING"})
    void aPlantedBugIsFound(String law, Bug bug) {
        assertThat(broken(bug)).startsWith(law);
    }
}
