package millrace.metrics;

import java.util.List;

/// An owner of something that can be measured.
public interface Measured {
    /// Asked once, when somebody looks for the first time. Safe from any thread.
    List<Family> families();

    /// Called every [Metrics#TICK_MS], whether anybody looks or not: rates and percentiles move on.
    default void tick(long nowNanos) {}
}
