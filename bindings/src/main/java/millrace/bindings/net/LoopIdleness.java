package millrace.bindings.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import millrace.metrics.Family;
import millrace.metrics.FamilyName;
import millrace.metrics.Gauge;
import millrace.metrics.Measured;
import millrace.metrics.Metric;
import millrace.metrics.RateMeter;
import millrace.ports.Clock;
import millrace.ports.EventLoop;

/// How much of their time the event loops have nothing to do: Kafka's RequestHandlerAvgIdlePercent and NetworkProcessorAvgIdlePercent, which
/// are the same here, because the same threads do both.
///
/// The kernel knows it, so the loops need not look at a clock: a loop never blocks but for want of events, and `schedstat` tells how long its
/// thread ran or waited for a processor; the rest is idleness. Where there is no such file the metrics are not there.
public final class LoopIdleness implements Measured {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final Path OWN_TASK = Path.of("/proc/thread-self");

    private final List<Loop> loops;
    private final LastLook lastLook = new LastLook();
    private long previousTickNanos;
    /// Null until every loop has been looked at once.
    private volatile RateMeter idle;

    public LoopIdleness(List<? extends EventLoop> loops) {
        this.loops = loops.stream().map(Loop::new).toList();
    }

    @Override public void tick(long nowNanos) {
        long before = previousTickNanos;
        previousTickNanos = nowNanos;
        boolean all = true;
        long idleNanos = 0;
        for (Loop loop : loops) {
            long since = loop.idleSinceLastLook(nowNanos);
            all &= since >= 0;
            idleNanos += since;
        }
        if (!all) return;
        if (idle == null) {
            lastLook.nanos = before;
            idle = new RateMeter(lastLook, "percent", TimeUnit.NANOSECONDS);
        }
        idle.mark(idleNanos / loops.size());
        lastLook.nanos = nowNanos;
        idle.tick();
    }

    @Override public List<Family> families() {
        return List.of(
                new Family(FamilyName.of("kafka.server", "KafkaRequestHandlerPool", "RequestHandlerAvgIdlePercent"), visitor -> {
                    if (idle != null) visitor.accept(List.of(), idle);
                }, _ -> idle),
                new Family(FamilyName.of("kafka.network", "SocketServer", "NetworkProcessorAvgIdlePercent"), visitor -> {
                    if (idle != null) visitor.accept(List.of(), average());
                }, _ -> idle == null ? null : average()),
                Family.over(FamilyName.of("kafka.network", "Processor", "IdlePercent", "networkProcessor"), number -> List.of(Integer.toString(number)),
                        visitor -> IntStream.range(0, idle == null ? 0 : loops.size()).forEach(visitor::accept), this::loop, number -> new Gauge(() -> loops.get(number).share)));
    }

    private Metric average() {
        return new Gauge(() -> loops.stream().mapToDouble(loop -> loop.share).average().orElse(0));
    }

    private Integer loop(List<String> number) {
        for (int i = 0; idle != null && i < loops.size(); i++) if (number.getFirst().equals(Integer.toString(i))) return i;
        return null;
    }

    /// What has been idle since nobody knows, so for the mean the time stands still between two looks.
    private static final class LastLook implements Clock {
        private volatile long nanos;

        @Override public long monotonicNanos() {
            return nanos;
        }

        @Override public long timestampMs() {
            throw new UnsupportedOperationException("a rate needs no wall time");
        }
    }

    /// One loop's thread, as the kernel knows it.
    private static final class Loop {
        private static final long UNKNOWN = -1;

        private final EventLoop loop;
        private volatile Path schedstat;
        private boolean asked;
        private long lookedNanos;
        private long busyNanos = UNKNOWN;
        /// Of the time between the last two looks, 0 to 1.
        private volatile double share;

        Loop(EventLoop loop) {
            this.loop = loop;
        }

        /// @return nanoseconds, negative when it is not known (yet)
        long idleSinceLastLook(long nowNanos) {
            if (!asked) loop.execute(this::findOwnTask);
            asked = true;
            long busy = busyNanos();
            if (busy < 0) return UNKNOWN;
            long idle = busyNanos < 0 ? UNKNOWN : Math.clamp(nowNanos - lookedNanos - (busy - busyNanos), 0, Math.max(0, nowNanos - lookedNanos));
            if (idle >= 0 && nowNanos > lookedNanos) share = idle / (double) (nowNanos - lookedNanos);
            lookedNanos = nowNanos;
            busyNanos = busy;
            return idle;
        }

        private void findOwnTask() {
            try {
                schedstat = TASKS.resolve(Files.readSymbolicLink(OWN_TASK).getFileName()).resolve("schedstat");
            } catch (IOException | UnsupportedOperationException notLinux) {
                // it stays unknown, and there is no metric
            }
        }

        /// The file has three numbers: nanoseconds on a processor, nanoseconds waiting for one, turns.
        private long busyNanos() {
            if (schedstat == null) return UNKNOWN;
            try {
                String[] numbers = Files.readString(schedstat).trim().split(" ");
                return Long.parseLong(numbers[0]) + Long.parseLong(numbers[1]);
            } catch (IOException | RuntimeException unreadable) {
                return UNKNOWN;
            }
        }
    }
}
