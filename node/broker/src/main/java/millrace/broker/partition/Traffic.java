package millrace.broker.partition;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import millrace.metrics.Family;
import millrace.metrics.FamilyName;
import millrace.metrics.Measured;
import millrace.ports.Clock;

/// What goes in and out of this broker, of each topic and of all. A topic's counts go with the topic, those of all stay.
public final class Traffic implements Measured {
    private final Clock clock;
    private final TopicTraffic all;
    private final ConcurrentMap<String, TopicTraffic> byTopic = new ConcurrentHashMap<>();

    public Traffic(Clock clock) {
        this.clock = clock;
        this.all = new TopicTraffic(clock, null);
    }

    TopicTraffic of(String topic) {
        return byTopic.computeIfAbsent(topic, _ -> new TopicTraffic(clock, all));
    }

    /// Of what belongs to no topic that this broker knows.
    public TopicTraffic all() {
        return all;
    }

    void forget(String topic) {
        byTopic.remove(topic);
    }

    @Override public List<Family> families() {
        List<Family> families = new ArrayList<>();
        for (TopicTraffic.Kind kind : TopicTraffic.Kind.values()) {
            families.add(Family.of("kafka.server", "BrokerTopicMetrics", kind.kafkasName, all.counted(kind)));
            families.add(ofTopics(kind));
        }
        return families;
    }

    private Family ofTopics(TopicTraffic.Kind kind) {
        return new Family(FamilyName.of("kafka.server", "BrokerTopicMetrics", kind.kafkasName, "topic"), visitor -> byTopic.forEach((topic, traffic) -> {
            if (traffic.counted(kind) != null) visitor.accept(List.of(topic), traffic.counted(kind));
        }), labels -> {
            TopicTraffic traffic = byTopic.get(labels.getFirst());
            return traffic == null ? null : traffic.counted(kind);
        });
    }

    @Override public void tick(long nowNanos) {
        all.tick();
        byTopic.values().forEach(TopicTraffic::tick);
    }
}
