package millrace.bindings.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

class JdkWorkersTest {
    private final JdkWorkers workers = new JdkWorkers(200);

    @Test void aSerialExecutorRunsItsTasksInOrderOnOneNamedThreadAndAllOfThemBeforeItIsClosed() {
        List<Integer> done = Collections.synchronizedList(new ArrayList<>());
        List<String> threads = Collections.synchronizedList(new ArrayList<>());
        var serial = workers.serial("sync of a");
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            serial.execute(() -> {
                done.add(number);
                threads.add(Thread.currentThread().getName());
            });
        }
        serial.close();
        assertThat(done).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
        assertThat(threads).containsOnly("sync of a");
        assertThatThrownBy(() -> serial.execute(() -> { })).isInstanceOf(IllegalStateException.class).hasMessageContaining("sync of a");
        serial.close();
    }

    @Test void aTaskThatFailsDoesNotStopTheNext() {
        List<String> done = Collections.synchronizedList(new ArrayList<>());
        var serial = workers.serial("cleaner");
        serial.execute(() -> {
            throw new AssertionError("broken");
        });
        serial.execute(() -> done.add("next"));
        serial.close();
        assertThat(done).containsExactly("next");
    }

    @Test void aSerialExecutorMayCloseItselfFromWithin() throws InterruptedException {
        var closed = new CountDownLatch(1);
        var serial = workers.serial("self");
        serial.execute(() -> {
            serial.close();
            closed.countDown();
        });
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test void tasksRunOnVirtualThreadsAndAreWaitedForWithinABound() throws InterruptedException {
        var running = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var virtual = new ArrayList<Boolean>();
        workers.run("quick", () -> {
            virtual.add(Thread.currentThread().isVirtual());
            ended.countDown();
        });
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(virtual).containsExactly(true);
        workers.run("hangs", () -> {
            running.countDown();
            try {
                release.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        workers.close();
        release.countDown();
        assertThatThrownBy(() -> workers.run("late", () -> { })).isInstanceOf(IllegalStateException.class);
    }
}
