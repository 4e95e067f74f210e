package millrace.bindings.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import millrace.bindings.time.SystemClock;
import millrace.metrics.Metric;
import millrace.metrics.Metrics;
import millrace.ports.EventLoop;
import org.junit.jupiter.api.Test;

class LoopIdlenessTest {
    private static final long WORK_NANOS = 200_000_000;
    private final Metrics metrics = new Metrics(new SystemClock());

    @Test void aLoopThatWorksIsNotIdleAndItsNeighbourIs() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/schedstat")), "only Linux tells how long a thread has run");
        try (var net = new NettyNet(NetSettings.defaults().withLoops(2))) {
            metrics.add(new LoopIdleness(net.loops()));
            metrics.tick();
            for (EventLoop loop : net.loops()) await(loop, () -> { });         // both have found their threads
            assertThat(find("kafka.server", "KafkaRequestHandlerPool", "RequestHandlerAvgIdlePercent")).as("nothing is known yet").isNull();
            long begin = System.nanoTime();
            metrics.tick();
            await(net.loops().getFirst(), LoopIdlenessTest::work);
            metrics.tick();
            double worked = (double) WORK_NANOS / (System.nanoTime() - begin);       // at least, however long this thread was kept waiting
            assertThat(share("0")).isLessThan(1 - worked + 0.1);
            assertThat(share("1")).isGreaterThan(0.5);
            double average = value(find("kafka.network", "SocketServer", "NetworkProcessorAvgIdlePercent"), "Value");
            assertThat(average).isCloseTo((share("0") + share("1")) / 2, within(1e-9));
            assertThat(value(find("kafka.server", "KafkaRequestHandlerPool", "RequestHandlerAvgIdlePercent"), "MeanRate")).isBetween(average - 0.01, average + 0.01);
        }
    }

    private static void work() {
        for (long end = System.nanoTime() + WORK_NANOS; System.nanoTime() < end; ) Thread.onSpinWait();
    }

    private static void await(EventLoop loop, Runnable task) throws InterruptedException {
        var done = new CountDownLatch(1);
        loop.execute(() -> {
            task.run();
            done.countDown();
        });
        done.await();
    }

    private Metric find(String domain, String type, String name) {
        return metrics.find(domain, Map.of("type", type, "name", name));
    }

    private double share(String loop) {
        return value(metrics.find("kafka.network", Map.of("type", "Processor", "name", "IdlePercent", "networkProcessor", loop)), "Value");
    }

    private static double value(Metric metric, String attribute) {
        return metric.attributes().stream().filter(each -> each.name().equals(attribute)).map(each -> (Double) each.value().get()).findFirst().orElseThrow();
    }
}
