package millrace.metrics;

import java.util.List;
import java.util.function.Supplier;

/// What somebody else knows, read while it is asked for.
public record Gauge(Supplier<?> value) implements Metric {
    @Override public List<Attribute> attributes() {
        return List.of(new Attribute("Value", Object.class, value));
    }
}
