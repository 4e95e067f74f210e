package millrace.broker.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import millrace.broker.FakeController;
import millrace.broker.metadata.BrokerMetadata;
import millrace.common.OffsetAndEpoch;
import millrace.common.Uuid;
import millrace.metadata.MetadataImage;
import millrace.ports.Cancellable;
import millrace.ports.EventLoop;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.BrokerHeartbeatRequest;
import millrace.protocol.message.BrokerHeartbeatResponse;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.protocol.message.BrokerRegistrationResponse;
import millrace.protocol.metadata.RegisterBrokerRecord;
import millrace.wire.Pending;
import org.junit.jupiter.api.Test;

class BrokerLifecycleTest {
    private static final Uuid INCARNATION = new Uuid(5, 6);

    private static final Uuid DIRECTORY = new Uuid(8, 9);
    private static final Uuid OTHER = new Uuid(8, 10);

    private final FakeController controller = new FakeController();
    private List<Uuid> cordoned = List.of();
    private final BrokerMetadata metadata = new BrokerMetadata("cluster", 1);
    private final Loop loop = new Loop();
    private final BrokerLifecycle lifecycle = new BrokerLifecycle(
            new BrokerLifecycle.Identity(1, "cluster", INCARNATION, List.of(), List.of(), null, List.of(DIRECTORY, OTHER), -1), metadata, controller, loop, 2_000, 30_000, () -> cordoned);

    @Test void aBrokerIsActiveOnceItSeesItsRegistrationAndTheControllerUnfencesIt() {
        Pending<Long> active = start();
        assertThat(controller.asked.getLast()).isInstanceOfSatisfying(BrokerRegistrationRequest.class, request -> assertThat(request.incarnationId()).isEqualTo(INCARNATION));
        answer(registered(7));
        assertThat(controller.asked).as("no heartbeat before its image has the registration").hasSize(1);
        imageShows(7);
        assertThat(heartbeat().brokerEpoch()).isEqualTo(7);
        assertThat(heartbeat().wantFence()).isFalse();
        answer(alive(true));
        assertThat(active.holds()).isFalse();
        assertThat(loop.nextDelayMs()).as("asks often while fenced").isEqualTo(100);
        loop.runTimer();
        answer(alive(false));
        assertThat(active.get()).isEqualTo(7);
        assertThat(loop.nextDelayMs()).isEqualTo(2_000);
    }

    @Test void theRegistrationOfAnEarlierLifeIsNotTakenForThisOne() {
        imageShows(3);
        start();
        answer(registered(7));
        assertThat(controller.asked).hasSize(1);
        imageShows(7);
        assertThat(controller.asked).hasSize(2);
    }

    @Test void aRefusedRegistrationIsTriedAgain() {
        start();
        answer(BrokerRegistrationResponse.builder().errorCode(ErrorCode.NOT_CONTROLLER.code()).build());
        loop.runTimer();
        assertThat(controller.asked).hasSize(2).hasOnlyElementsOfType(BrokerRegistrationRequest.class);
    }

    @Test void aBrokerThatTheControllerHasForgottenRegistersAgain() {
        activeWithEpoch(7);
        loop.runTimer();
        answer(BrokerHeartbeatResponse.builder().errorCode(ErrorCode.STALE_BROKER_EPOCH.code()).build());
        assertThat(controller.asked.getLast()).isInstanceOf(BrokerRegistrationRequest.class);
        answer(registered(12));
        imageShows(12);
        assertThat(heartbeat().brokerEpoch()).isEqualTo(12);
    }

    @Test void aHeartbeatThatFailsIsFollowedByTheNext() {
        activeWithEpoch(7);
        loop.runTimer();
        answer(BrokerHeartbeatResponse.builder().errorCode(ErrorCode.NOT_CONTROLLER.code()).isFenced(true).build());
        loop.runTimer();
        assertThat(heartbeat().brokerEpoch()).isEqualTo(7);
    }

    @Test void leavingWaitsForTheControllersLeave() {
        activeWithEpoch(7);
        Pending<Boolean> left = lifecycle.leave();
        loop.run();
        assertThat(heartbeat().wantShutDown()).isTrue();
        answer(alive(false));
        assertThat(left.holds()).isFalse();
        loop.runLastTimer();
        answer(BrokerHeartbeatResponse.builder().shouldShutDown(true).build());
        assertThat(left.get()).isTrue();
    }

    @Test void aBrokerThatNobodyAnswersLeavesWithoutLeave() {
        activeWithEpoch(7);
        Pending<Boolean> left = lifecycle.leave();
        loop.run();
        answer(BrokerHeartbeatResponse.builder().errorCode(ErrorCode.NOT_CONTROLLER.code()).build());
        assertThat(left.get()).isFalse();
    }

    @Test void aFailedDirectoryIsToldAtOnceAndInEveryHeartbeatAfter() {
        activeWithEpoch(7);
        lifecycle.directoryFailed(OTHER);
        loop.run();
        assertThat(heartbeat().offlineLogDirs()).containsExactly(OTHER);
        answer(alive(false));
        loop.runTimerOf(2_000);
        assertThat(heartbeat().offlineLogDirs()).containsExactly(OTHER);
        answer(alive(false));
        assertThat(loop.timers).as("one chain of heartbeats, beside the time-out").extracting(Loop.Timer::delayMs).containsExactlyInAnyOrder(30_000L, 2_000L);
    }

    @Test void aBrokerWhoseFailedDirectoryTheControllerNeverHearsOfGivesUp() {
        activeWithEpoch(7);
        lifecycle.directoryFailed(OTHER);
        loop.run();
        answer(BrokerHeartbeatResponse.builder().errorCode(ErrorCode.NOT_CONTROLLER.code()).isFenced(true).build());
        assertThat(lifecycle.unheard().holds()).isFalse();
        loop.runTimerOf(30_000);
        assertThat(lifecycle.unheard().get()).isEqualTo(OTHER);
    }

    @Test void aBrokerWhoseFailedDirectoryTheControllerHasHeardOfGoesOn() {
        activeWithEpoch(7);
        lifecycle.directoryFailed(OTHER);
        loop.run();
        answer(alive(false));
        loop.runTimerOf(30_000);
        assertThat(lifecycle.unheard().holds()).isFalse();
    }

    @Test void aDirectoryThatFailsWhileAHeartbeatIsUnderWayIsToldRightAfter() {
        activeWithEpoch(7);
        loop.runTimer();
        lifecycle.directoryFailed(OTHER);
        loop.run();
        assertThat(heartbeat().offlineLogDirs()).isEmpty();
        answer(alive(false));
        loop.runTimerOf(0);
        assertThat(heartbeat().offlineLogDirs()).containsExactly(OTHER);
    }

    @Test void aBrokerThatRegistersAgainNamesOnlyTheDirectoriesThatAreLeft() {
        activeWithEpoch(7);
        lifecycle.directoryFailed(OTHER);
        loop.run();
        answer(BrokerHeartbeatResponse.builder().errorCode(ErrorCode.STALE_BROKER_EPOCH.code()).build());
        assertThat(((BrokerRegistrationRequest) controller.asked.getLast()).logDirs()).containsExactly(DIRECTORY);
    }

    @Test void cordonedDirectoriesAreToldWhenTheyChange() {
        activeWithEpoch(7);
        assertThat(heartbeat().cordonedLogDirs()).isEmpty();
        cordoned = List.of(DIRECTORY);
        lifecycle.tellNow();
        loop.run();
        assertThat(heartbeat().cordonedLogDirs()).containsExactly(DIRECTORY);
    }

    private Pending<Long> start() {
        Pending<Long> active = lifecycle.start();
        loop.run();
        return active;
    }

    private void activeWithEpoch(long epoch) {
        start();
        answer(registered(epoch));
        imageShows(epoch);
        answer(alive(false));
    }

    private void answer(ApiResponse response) {
        controller.answers(response);
        loop.run();
    }

    private void imageShows(long epoch) {
        MetadataImage now = metadata.image();
        metadata.publish(now.apply(RegisterBrokerRecord.builder().brokerId(1).brokerEpoch(epoch).incarnationId(INCARNATION).endPoints(List.of()).features(List.of())
                .logDirs(List.of()).build()).at(new OffsetAndEpoch(epoch, 1)));
        loop.run();
    }

    private BrokerHeartbeatRequest heartbeat() {
        return (BrokerHeartbeatRequest) controller.asked.getLast();
    }

    private static BrokerRegistrationResponse registered(long epoch) {
        return BrokerRegistrationResponse.builder().brokerEpoch(epoch).build();
    }

    private static BrokerHeartbeatResponse alive(boolean fenced) {
        return BrokerHeartbeatResponse.builder().isCaughtUp(true).isFenced(fenced).build();
    }

    /// Tasks run when the test says so, and timers, one at a time, too.
    private static final class Loop implements EventLoop {
        private record Timer(long delayMs, Runnable task) {}

        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private final Deque<Timer> timers = new ArrayDeque<>();

        @Override public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override public Cancellable schedule(long delayMs, Runnable task) {
            var timer = new Timer(delayMs, task);
            timers.add(timer);
            return () -> timers.remove(timer);
        }

        @Override public boolean inLoop() {
            return true;
        }

        long nextDelayMs() {
            return timers.getFirst().delayMs();
        }

        void runTimer() {
            execute(timers.removeFirst().task());
            run();
        }

        void runTimerOf(long delayMs) {
            Timer due = timers.stream().filter(timer -> timer.delayMs() == delayMs).findFirst().orElseThrow();
            timers.remove(due);
            execute(due.task());
            run();
        }

        void runLastTimer() {
            execute(timers.removeLast().task());
            run();
        }

        void run() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) task.run();
        }
    }
}
