package millrace.group;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import millrace.core.CoordinatorCore.Reply;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.HeartbeatHeard;
import millrace.group.command.GroupAnswer.Joined;
import millrace.group.command.GroupCommand.AnswerHeartbeat;
import millrace.group.command.GroupSettings;
import millrace.protocol.ErrorCode;

/// Every story of a few events around heartbeats that are kept back, in a group of two to which a third may come: after each event what is kept
/// is kept rightly, and once nothing happens any more everything is answered. That nothing is answered twice sees to [GroupWorld].
class HeartbeatExplorationTest {
    private static final int EVENTS_OF_A_STORY = 5;
    private static final int SESSION_MS = 12_000;
    private static final int HOLD_MS = SESSION_MS / 3;

    private enum Event { ANNA_BEATS, BOB_BEATS, SOMETHING_COMES_BEHIND_ANNA, ANNAS_CONNECTION_BREAKS, ANNA_JOINS_AGAIN, BOB_LEAVES, CARL_COMES, THE_GROUP_SETTLES, TIME_PASSES, THE_COORDINATOR_DIES }

    private enum Bug { NONE, ITS_TIME_DOES_NOT_END, AN_ANSWER_IS_LOST, A_REBALANCE_IS_NOT_TOLD }

    private static final class Story {
        private final GroupWorld world = new GroupWorld(GroupSettings.DEFAULTS.withHeartbeatHoldMs(60_000));
        private final TestMember anna = member("anna");
        private final TestMember bob = member("bob");
        private final List<TestMember> present = new ArrayList<>(List.of(anna, bob));
        /// Token ─▶ when it was asked.
        private final Map<Long, Long> beats = new TreeMap<>();
        private int kept;
        private boolean timePasses;

        Story(Bug bug) {
            for (TestMember each : present) each.joins();
            world.pass(GroupWorld.DELAY_MS);
            settle();
            world.lost = reply -> isLost(bug, reply);
        }

        private TestMember member(String name) {
            return world.member(name).timeouts(SESSION_MS, 60_000);
        }

        private boolean isLost(Bug bug, Reply<GroupAnswer> reply) {
            boolean wasKept = beats.containsKey(reply.token()) && reply.answer() instanceof HeartbeatHeard;
            boolean ofRebalance = reply.answer().error() == ErrorCode.REBALANCE_IN_PROGRESS;
            return wasKept && (bug == Bug.ITS_TIME_DOES_NOT_END && timePasses || bug == Bug.AN_ANSWER_IS_LOST && !ofRebalance || bug == Bug.A_REBALANCE_IS_NOT_TOLD && ofRebalance);
        }

        /// Whoever has been asked to joins again, and gets its part.
        private void settle() {
            for (TestMember each : present) {
                if (!each.waitsToJoin() && world.state(GroupWorld.GROUP).equals("PreparingRebalance")) each.joins();
            }
            for (TestMember each : present) {
                Joined joined = world.answer(each.joinToken, Joined.class);
                if (joined == null || joined.error() != ErrorCode.NONE) continue;
                each.isIn();
                if (!each.leads()) each.syncs();
            }
            for (TestMember each : present) {
                Joined joined = world.answer(each.joinToken, Joined.class);
                if (joined != null && joined.error() == ErrorCode.NONE && each.leads()) each.asksToSync(Map.of());
            }
        }

        private void happens(Event event) {
            switch (event) {
                case ANNA_BEATS                  -> beat(anna);
                case BOB_BEATS                   -> beat(bob);
                case SOMETHING_COMES_BEHIND_ANNA -> world.ask(token -> new AnswerHeartbeat(token, GroupWorld.GROUP, anna.memberId, false));
                case ANNAS_CONNECTION_BREAKS     -> world.ask(token -> new AnswerHeartbeat(token, GroupWorld.GROUP, anna.memberId, true));
                case ANNA_JOINS_AGAIN            -> anna.joins();
                case BOB_LEAVES                  -> bobLeaves();
                case CARL_COMES                  -> carlComes();
                case THE_GROUP_SETTLES           -> settle();
                case TIME_PASSES                 -> pass(SESSION_MS / 5);
                case THE_COORDINATOR_DIES        -> coordinatorDies();
            }
        }

        private void pass(long ms) {
            timePasses = true;
            world.pass(ms);
            timePasses = false;
        }

        private void beat(TestMember member) {
            member.beats();
            if (member.heard() != null) return;
            beats.put(member.beatToken, world.nowMs);
            kept++;
        }

        private void bobLeaves() {
            if (present.remove(bob)) bob.leaves();
        }

        private void carlComes() {
            if (present.size() < 3) present.add(member("carl").joins());
        }

        /// The node tells whoever waits, so that the next coordinator owes nothing.
        private void coordinatorDies() {
            beats.clear();
            world.failsOver();
        }

        /// @return what is wrong; null for nothing
        private String wrong() {
            beats.keySet().removeIf(world.answers::containsKey);
            String state = world.state(GroupWorld.GROUP);
            if (!beats.isEmpty() && !state.equals("Stable")) return "the group is " + state + ", and heartbeats have not been told";
            if (beats.size() > 2) return "a member has two heartbeats open";
            for (long sinceMs : beats.values()) {
                if (world.nowMs > sinceMs + HOLD_MS) return "a heartbeat is kept for " + (world.nowMs - sinceMs) + " ms";
            }
            return null;
        }

        private String wrongInTheEnd() {
            pass(HOLD_MS);
            String wrong = wrong();
            return wrong != null || beats.isEmpty() ? wrong : "a heartbeat is never answered";
        }
    }

    /// @return the first story that goes wrong; null for none
    private static String explore(Bug bug, int[] told) {
        Event[] events = Event.values();
        long stories = Math.round(Math.pow(events.length, EVENTS_OF_A_STORY));
        for (long number = 0; number < stories; number++) {
            List<Event> chosen = new ArrayList<>();
            for (long rest = number; chosen.size() < EVENTS_OF_A_STORY; rest /= events.length) chosen.add(events[(int) (rest % events.length)]);
            String wrong = tell(new Story(bug), chosen, told);
            if (wrong != null) return chosen.stream().map(Enum::name).collect(joining(", ")) + ": " + wrong;
        }
        return null;
    }

    private static String tell(Story story, List<Event> events, int[] told) {
        for (Event event : events) {
            story.happens(event);
            String wrong = story.wrong();
            if (wrong != null) return wrong;
        }
        told[0] += story.kept;
        return story.wrongInTheEnd();
    }

    @Test void inEveryStoryHeartbeatsAreAnsweredOnceAndInTime() {
        int[] kept = {0};
        assertThat(explore(Bug.NONE, kept)).isNull();
        assertThat(kept[0]).as("heartbeats that were kept back").isGreaterThan(50_000);
    }

    @Test void anAnswerThatIsLostIsFound() {
        assertThat(explore(Bug.AN_ANSWER_IS_LOST, new int[1])).contains("two heartbeats open");
    }

    @Test void aTimeThatDoesNotEndIsFound() {
        assertThat(explore(Bug.ITS_TIME_DOES_NOT_END, new int[1])).containsAnyOf("a heartbeat is kept for", "never answered");
    }

    @Test void aRebalanceThatIsNotToldIsFound() {
        assertThat(explore(Bug.A_REBALANCE_IS_NOT_TOLD, new int[1])).contains("have not been told");
    }
}
