package millrace.app;

import millrace.app.jmx.ShownMetrics;
import millrace.metrics.Measured;
import millrace.metrics.Metrics;
import millrace.ports.Cancellable;
import millrace.ports.Clock;
import millrace.ports.EventLoop;
import millrace.ports.Workers;

/// The metrics of a node, from its start to its end: collects the owners, shows them, and lets their rates move on.
final class NodeMetrics implements AutoCloseable {
    private final Metrics metrics;
    private EventLoop loop;
    private Workers workers;
    private Cancellable next;
    private boolean closed;

    NodeMetrics(Clock clock) {
        this.metrics = new Metrics(clock);
    }

    /// @return the owner
    <T extends Measured> T of(T owner) {
        metrics.add(owner);
        return owner;
    }

    /// @param loop whose timer tells when a step is due; `workers` make it
    void begin(EventLoop loop, Workers workers) {
        this.loop = loop;
        this.workers = workers;
        ShownMetrics.are(metrics);
        waitForTick();
    }

    private synchronized void waitForTick() {
        if (!closed) next = loop.schedule(Metrics.TICK_MS, this::due);
    }

    private synchronized void due() {
        if (!closed) workers.run("metrics", this::tick);
    }

    private void tick() {
        try {
            metrics.tick();
        } finally {
            waitForTick();
        }
    }

    @Override public synchronized void close() {
        closed = true;
        if (next != null) next.cancel();
        ShownMetrics.are(null);
    }
}
