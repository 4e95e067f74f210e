package millrace.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import millrace.ports.Clock;

/// How often something was done, and how long it took in milliseconds.
public final class Timer implements Metric {
    private static final double MICROS_PER_MS = 1_000;

    private final RateMeter calls;
    private final Histogram durations = new Histogram(MICROS_PER_MS);

    public Timer(Clock clock) {
        this.calls = new RateMeter(clock, "calls");
    }

    public void took(long nanos) {
        calls.mark(1);
        durations.record(nanos / 1_000);
    }

    public void tick() {
        calls.tick();
        durations.tick();
    }

    @Override public List<Attribute> attributes() {
        List<Attribute> all = new ArrayList<>();
        all.add(new Attribute("LatencyUnit", TimeUnit.class, () -> TimeUnit.MILLISECONDS));
        all.addAll(calls.attributes());
        for (Attribute each : durations.attributes()) if (!each.name().equals("Count")) all.add(each);
        return all;
    }
}
