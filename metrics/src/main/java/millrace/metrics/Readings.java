package millrace.metrics;

import java.util.List;

/// A bean of Kafka's newer kind: many numbers under one name, each an attribute of its own (`event-queue-size`).
public record Readings(List<Attribute> attributes) implements Metric {
    public static Readings of(Attribute... attributes) {
        return new Readings(List.of(attributes));
    }
}
