package millrace.app.jmx;

import millrace.metrics.Metrics;

/// The metrics of this process's node, for the MBean server, which the JDK makes and nobody hands anything to. Apart, because it must be
/// possible to set them without loading a class of JMX.
public final class ShownMetrics {
    private static volatile Metrics shown;

    private ShownMetrics() {}

    /// @param metrics null when there is no node (any more)
    public static void are(Metrics metrics) {
        shown = metrics;
    }

    /// @return null when there is no node
    static Metrics get() {
        return shown;
    }
}
