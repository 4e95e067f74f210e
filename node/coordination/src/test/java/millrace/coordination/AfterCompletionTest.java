package millrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

class AfterCompletionTest {
    private final AfterCompletion after = new AfterCompletion();
    private final List<String> tried = new ArrayList<>();

    @Test void whatWaitsIsTriedOnceWhenTheTransactionIsComplete() {
        Runnable timer = after.await("orders", () -> tried.add("first"));
        after.await("orders", () -> tried.add("second"));
        after.completed("orders");
        timer.run();
        after.completed("orders");
        assertThat(tried).containsExactly("first", "second");
    }

    @Test void theTimerTriesWhatTheCompletionHasNotReached() {
        Runnable timer = after.await("orders", () -> tried.add("first"));
        after.completed("payments");
        timer.run();
        timer.run();
        after.completed("orders");
        assertThat(tried).containsExactly("first");
    }

    @Test void whatHasToWaitAgainWaitsForTheNextCompletion() {
        after.await("orders", () -> {
            tried.add("first");
            after.await("orders", () -> tried.add("again"));
        });
        after.completed("orders");
        assertThat(tried).containsExactly("first");
        after.completed("orders");
        assertThat(tried).containsExactly("first", "again");
    }
}
