package millrace.metrics;

import java.util.function.Supplier;

/// One value of a metric, read when it is asked for.
///
/// @param type `Object` where Kafka does not say, else the class of the value
public record Attribute(String name, Class<?> type, Supplier<?> value) {
    public static Attribute number(String name, Supplier<Double> value) {
        return new Attribute(name, Double.class, value);
    }

    public static Attribute count(String name, Supplier<Long> value) {
        return new Attribute(name, Long.class, value);
    }

    public static Attribute text(String name, Supplier<String> value) {
        return new Attribute(name, String.class, value);
    }
}
