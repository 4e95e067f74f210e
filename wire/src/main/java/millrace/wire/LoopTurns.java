package millrace.wire;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

import millrace.ports.Clock;
import millrace.ports.EventLoop;

/// What the connections of one event loop share: their deadlines, and the one task that looks again at all waiting requests
/// that were woken. However many requests a sync or a high watermark wakes, each loop is told once.
final class LoopTurns {
    /// Waits of requests: milliseconds matter.
    private static final long ANSWER_TICK_MS = 2;
    /// Idle connections: seconds do.
    private static final long IDLE_TICK_MS = 1_000;

    private final EventLoop loop;
    private final int number;
    private final DeadlineWheel answers;
    private final DeadlineWheel idle;
    private final AtomicBoolean told = new AtomicBoolean();
    /// Bounded by the requests in flight, each of which is in it at most once.
    private final Queue<Exchange> woken = new ConcurrentLinkedQueue<>();
    private final List<ServerConnection> moved = new ArrayList<>();
    private final Set<ServerConnection> connections = new LinkedHashSet<>();

    LoopTurns(EventLoop loop, int number, Clock clock) {
        this.loop = loop;
        this.number = number;
        this.answers = new DeadlineWheel(loop, clock, ANSWER_TICK_MS);
        this.idle = new DeadlineWheel(loop, clock, IDLE_TICK_MS);
    }

    EventLoop loop() {
        return loop;
    }

    /// @return 0 for the first loop that had a connection, and so on
    int number() {
        return number;
    }

    DeadlineWheel answers() {
        return answers;
    }

    DeadlineWheel idle() {
        return idle;
    }

    /// The loop's open server connections; on the loop only.
    Set<ServerConnection> connections() {
        return connections;
    }

    /// From any thread.
    void wake(Exchange exchange) {
        woken.add(exchange);
        if (told.compareAndSet(false, true)) loop.execute(this::lookAgain);
    }

    private void lookAgain() {
        told.set(false);
        for (Exchange next = woken.poll(); next != null; next = woken.poll()) {
            if (next.look() && next.connection().markMoved()) moved.add(next.connection());
        }
        for (ServerConnection connection : moved) connection.moveOn();
        moved.clear();
    }
}
