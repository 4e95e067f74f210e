package millrace.ports;

/// Two times that must not be mixed up: a monotonic one for durations and deadlines, and the wall's for record timestamps.
public interface Clock {
    /// @return nanoseconds since some arbitrary start; never goes back; only differences mean something
    long monotonicNanos();

    /// @return milliseconds of the same clock as [#monotonicNanos()]; this is what parameters named `nowMs` carry
    default long monotonicMs() {
        return monotonicNanos() / 1_000_000;
    }

    /// @return milliseconds since 1970-01-01T00:00Z as the machine believes; may jump both ways; parameters named `timestampMs`
    long timestampMs();
}
