package millrace.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import millrace.ports.EventLoop;
import millrace.ports.Workers;
import org.junit.jupiter.api.Test;

class WorldTest {
    private static final long SECOND = 1_000_000_000L;

    private static String story(long seed) {
        World world = World.of(seed);
        Incarnation process = world.node("n").start();
        var told = new ArrayList<String>();
        EventLoop loop = process.loop("loop");
        for (int i = 0; i < 5; i++) {
            int number = i;
            process.workers().run("worker", () -> {
                process.sleep(world.chance().between(0, 1_000_000));
                told.add("worker " + number);
            });
            loop.execute(() -> told.add("loop " + number));
        }
        world.run(SECOND);
        return told + " " + Long.toHexString(world.trace().hash());
    }

    @Test void aSeedTellsTheSameStoryEveryTime() {
        for (long seed = 0; seed < 20; seed++) assertThat(story(seed)).isEqualTo(story(seed));
    }

    @Test void otherSeedsTellOtherStories() {
        var stories = new TreeSet<String>();
        for (long seed = 0; seed < 20; seed++) stories.add(story(seed));
        assertThat(stories).hasSize(20);
    }

    @Test void aLoopKeepsTheOrderOfItsTasks() {
        World world = World.of(3);
        EventLoop loop = world.node("n").start().loop("loop");
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            loop.execute(() -> {
                assertThat(loop.inLoop()).isTrue();
                order.add(number);
            });
        }
        world.run(SECOND);
        assertThat(order).isSorted().hasSize(50);
        assertThat(loop.inLoop()).isFalse();
    }

    @Test void timersFireAfterTheirDelayUnlessCancelled() {
        World world = World.of(3);
        EventLoop loop = world.node("n").start().loop("loop");
        List<Long> fired = new ArrayList<>();
        loop.schedule(10, () -> fired.add(world.nowNanos() / 1_000_000));
        loop.schedule(20, () -> fired.add(-1L)).cancel();
        world.run(SECOND);
        assertThat(fired).containsExactly(10L);
    }

    @Test void whoWaitsForALockIsResumedWhenItIsFree() {
        World world = World.of(5);
        Incarnation process = world.node("n").start();
        var lock = new ReentrantLock();
        List<String> told = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            process.workers().run(name, () -> {
                lock.lock();
                try {
                    told.add(name + " in");
                    process.sleep(1_000_000);
                    told.add(name + " out");
                } finally {
                    lock.unlock();
                }
            });
        }
        world.run(SECOND);
        assertThat(told).hasSize(6);
        for (int i = 0; i < 6; i += 2) assertThat(told.get(i + 1)).isEqualTo(told.get(i).replace("in", "out"));
    }

    @Test void nothingOfACrashedProcessRunsOn() {
        World world = World.of(5);
        Node node = world.node("n");
        Incarnation process = node.start();
        List<String> told = new ArrayList<>();
        process.workers().run("w", () -> {
            try {
                told.add("before");
                process.sleep(1_000_000);
                told.add("after");
            } finally {
                told.add("finally");
            }
        });
        world.at(500_000, node::crash);
        world.run(SECOND);
        assertThat(told).containsExactly("before");
    }

    @Test void closingASerialExecutorRunsWhatIsQueued() {
        World world = World.of(5);
        Incarnation process = world.node("n").start();
        List<String> told = new ArrayList<>();
        Workers.SerialExecutor serial = process.workers().serial("s");
        serial.execute(() -> process.sleep(5_000_000));
        serial.execute(() -> told.add("ran"));
        serial.close();
        assertThat(told).containsExactly("ran");
        assertThatThrownBy(() -> serial.execute(() -> {})).isInstanceOf(IllegalStateException.class);
    }

    @Test void aPausedNodeGoesOnWhereItStopped() {
        World world = World.of(5);
        Node node = world.node("n");
        EventLoop loop = node.start().loop("loop");
        List<Long> fired = new ArrayList<>();
        loop.schedule(10, () -> fired.add(world.nowNanos() / SECOND));
        node.pause(7 * SECOND);
        world.run(10 * SECOND);
        assertThat(fired).containsExactly(7L);
    }

    @Test void whatIsThrownInATaskFailsTheSimulation() {
        World world = World.of(5);
        world.node("n").start().loop("loop").execute(() -> {
            throw new IllegalStateException("a mistake");
        });
        assertThatThrownBy(() -> world.run(SECOND)).isInstanceOf(SimulationFailed.class).hasMessageContaining("a mistake");
    }

    @Test void whatAnInjectedFaultExplainsDoesNot() {
        World world = World.of(5);
        world.node("n").start().loop("loop").execute(() -> {
            throw new IllegalStateException(new InjectedFault("disk"));
        });
        world.run(SECOND);
    }

    @Test void theWallClockJumpsAndTheMonotonicOneDoesNot() {
        World world = World.of(5);
        Node node = world.node("n");
        long wall = node.clock().timestampMs();
        long monotonic = node.clock().monotonicMs();
        node.clock().jumpMs(-3_600_000);
        assertThat(node.clock().timestampMs()).isEqualTo(wall - 3_600_000);
        assertThat(node.clock().monotonicMs()).isEqualTo(monotonic);
    }

    @Test void faultsAreDrawnSwarmStyle() {
        var combinations = new TreeSet<String>();
        for (long seed = 0; seed < 100; seed++) {
            World world = World.of(seed);
            FaultPlan plan = world.faults(Fault.PROCESS_CRASH, Fault.POWER_LOSS, Fault.SLOW_DISK);
            assertThat(plan.has(Fault.BIT_ROT)).isFalse();
            combinations.add(plan.has(Fault.PROCESS_CRASH) + " " + plan.has(Fault.POWER_LOSS) + " " + plan.has(Fault.SLOW_DISK));
        }
        assertThat(combinations).hasSize(8);
    }

    @Simulation(seeds = 60)
    void simulationsAreGivenAWorldAndRunTwiceNowAndThen(World world) {
        assertThat(story(world.seed())).isEqualTo(story(world.seed()));
    }

    /// A thread of the JDK may have one at any moment; a lane that met it once was never resumed, and its node stood still.
    @Test void aMonitorOfAnotherThreadIsWaitedForInNoTimeOfTheWorld() throws InterruptedException {
        World world = World.of(7);
        Incarnation process = world.node("n").start();
        var monitor = new Object();
        var kept = new CountDownLatch(1);
        var wanted = new AtomicReference<Thread>();
        Thread keeper = Thread.ofPlatform().start(() -> {
            synchronized (monitor) {
                kept.countDown();
                while (wanted.get() == null || wanted.get().getState() != Thread.State.BLOCKED) Thread.onSpinWait();
            }
        });
        kept.await();
        var passed = new AtomicLong(-1);
        process.loop("loop").execute(() -> {
            long before = process.clock().monotonicNanos();
            wanted.set(Thread.currentThread());
            synchronized (monitor) {
                passed.set(process.clock().monotonicNanos() - before);
            }
        });
        world.run(SECOND);
        keeper.join();
        assertThat(passed).hasValue(0);
    }

    @Test void aMonitorThatAnotherLaneKeepsWhileItWaitsIsToldWithItsPlace() {
        World world = World.of(7);
        Incarnation process = world.node("n").start();
        var monitor = new Object();
        for (String name : List.of("one", "two")) {
            process.loop(name).execute(() -> {
                synchronized (monitor) {
                    process.sleep(SECOND);
                }
            });
        }
        assertThatThrownBy(() -> world.run(3 * SECOND)).isInstanceOf(SimulationFailed.class).hasMessageContaining("waits for a monitor").hasMessageContaining("WorldTest");
    }
}
