package millrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every order of up to seven events at [AfterCompletion]: somebody begins to wait for one of two transactions, one of them completes, a timer goes off.
///
/// The law: whoever waits is tried again exactly once: by the next completion of what it waits for, or else by its own timer, and by nothing else.
class AfterCompletionOrdersTest {
    private static final int MOST_EVENTS = 7;
    private static final int MOST_WAITERS = 3;
    private static final List<String> TRANSACTIONS = List.of("a", "b");

    /// [AfterCompletion], or one with a bug.
    private interface Waiting {
        Runnable await(String transactionalId, Runnable again);

        void completed(String transactionalId);
    }

    /// What somebody careless would write.
    enum Bug { COMPLETION_FORGOTTEN, TIMER_FORGETS_THE_OTHERS, TRIED_TWICE, WAKES_EVERYBODY }

    /// One story so far, and what the law expects of it.
    private static final class Story {
        private final Waiting waiting;
        private final List<String> events = new ArrayList<>();
        private final List<Runnable> timers = new ArrayList<>();
        private final List<String> waitFor = new ArrayList<>();
        private final Map<Integer, Integer> tried = new TreeMap<>();
        private final Map<Integer, Integer> due = new TreeMap<>();

        Story(Waiting waiting) {
            this.waiting = waiting;
        }

        void await(String transactionalId) {
            int number = timers.size();
            events.add(number + " waits for " + transactionalId);
            waitFor.add(transactionalId);
            timers.add(waiting.await(transactionalId, () -> tried.merge(number, 1, Integer::sum)));
        }

        void complete(String transactionalId) {
            events.add(transactionalId + " completes");
            for (int i = 0; i < timers.size(); i++) if (waitFor.get(i).equals(transactionalId)) due.putIfAbsent(i, 1);
            waiting.completed(transactionalId);
        }

        void timer(int number) {
            events.add("the timer of " + number);
            due.putIfAbsent(number, 1);
            timers.get(number).run();
        }

        String broken() {
            return tried.equals(due) ? null : "tried again were " + tried + ", and due " + due + ": " + events;
        }
    }

    /// @return the first story that breaks the law; null for none
    private static String explore(Supplier<Waiting> made) {
        List<List<Integer>> stories = List.of(List.of());
        for (int length = 0; length < MOST_EVENTS; length++) {
            List<List<Integer>> longer = new ArrayList<>();
            for (List<Integer> story : stories) {
                int waiters = (int) story.stream().filter(event -> event < TRANSACTIONS.size()).count();
                for (int event = 0; event < 2 * TRANSACTIONS.size() + waiters; event++) {
                    if (event < TRANSACTIONS.size() && waiters == MOST_WAITERS) continue;
                    List<Integer> next = new ArrayList<>(story);
                    next.add(event);
                    String broken = tell(next, made.get());
                    if (broken != null) return broken;
                    longer.add(next);
                }
            }
            stories = longer;
        }
        return null;
    }

    private static String tell(List<Integer> events, Waiting waiting) {
        var story = new Story(waiting);
        for (int event : events) {
            if (event < TRANSACTIONS.size()) story.await(TRANSACTIONS.get(event));
            else if (event < 2 * TRANSACTIONS.size()) story.complete(TRANSACTIONS.get(event - TRANSACTIONS.size()));
            else story.timer(event - 2 * TRANSACTIONS.size());
        }
        return story.broken();
    }

    @Test void whoWaitsIsTriedAgainExactlyOnceInEveryOrder() {
        assertThat(explore(() -> {
            var after = new AfterCompletion();
            return new Waiting() {
                @Override public Runnable await(String transactionalId, Runnable again) {
                    return after.await(transactionalId, again);
                }

                @Override public void completed(String transactionalId) {
                    after.completed(transactionalId);
                }
            };
        })).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void aPlantedBugIsFound(Bug bug) {
        assertThat(explore(() -> new Careless(bug))).isNotNull();
    }

    private static final class Careless implements Waiting {
        private final Bug bug;
        private final Map<String, List<Runnable>> waiting = new HashMap<>();

        Careless(Bug bug) {
            this.bug = bug;
        }

        @Override public Runnable await(String transactionalId, Runnable again) {
            Runnable waiter = again::run;
            waiting.computeIfAbsent(transactionalId, _ -> new ArrayList<>()).add(waiter);
            return () -> {
                boolean isDue = waiting.getOrDefault(transactionalId, List.of()).contains(waiter);
                if (isDue && bug == Bug.TIMER_FORGETS_THE_OTHERS) waiting.remove(transactionalId);
                else if (isDue) waiting.get(transactionalId).remove(waiter);
                if (isDue || bug == Bug.TRIED_TWICE) waiter.run();
            };
        }

        @Override public void completed(String transactionalId) {
            List<Runnable> due = bug == Bug.WAKES_EVERYBODY ? waiting.values().stream().flatMap(List::stream).toList() : waiting.getOrDefault(transactionalId, List.of());
            if (bug == Bug.WAKES_EVERYBODY) waiting.clear();
            else waiting.remove(transactionalId);
            if (bug != Bug.COMPLETION_FORGOTTEN) due.forEach(Runnable::run);
        }
    }
}
