package millrace.wire;

import java.util.List;
import millrace.metrics.Attribute;
import millrace.metrics.Readings;
import millrace.metrics.RecentRate;
import millrace.ports.Clock;

/// The connections of one listener on one event loop, as a processor's bean of Kafka's `socket-server-metrics` has them.
final class ConnectionMeter {
    private final String listener;
    private final int loop;
    private final RecentRate created;
    private final RecentRate closed;

    ConnectionMeter(String listener, int loop, Clock clock) {
        this.listener = listener;
        this.loop = loop;
        this.created = new RecentRate(clock);
        this.closed = new RecentRate(clock);
    }

    /// @return listener and loop
    List<String> labels() {
        return List.of(listener, Integer.toString(loop));
    }

    void opened() {
        created.mark(1);
    }

    void closed() {
        closed.mark(1);
    }

    void tick(long nowNanos) {
        created.tick(nowNanos);
        closed.tick(nowNanos);
    }

    Readings readings() {
        return Readings.of(Attribute.number("connection-count", () -> (double) (created.count() - closed.count())),
                Attribute.number("connection-creation-total", () -> (double) created.count()), Attribute.number("connection-creation-rate", created::rate),
                Attribute.number("connection-close-total", () -> (double) closed.count()), Attribute.number("connection-close-rate", closed::rate));
    }
}
