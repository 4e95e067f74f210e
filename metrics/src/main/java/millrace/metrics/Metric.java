package millrace.metrics;

import java.util.List;

/// Something that can be read: a bean with attributes, in the words of JMX.
public sealed interface Metric permits Gauge, Histogram, RateMeter, Readings, Timer {
    List<Attribute> attributes();
}
