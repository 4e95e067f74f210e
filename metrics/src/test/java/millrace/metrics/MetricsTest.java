package millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.ports.Clock;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final Clock STOPPED = new Clock() {
        @Override public long monotonicNanos() {
            return 0;
        }

        @Override public long timestampMs() {
            return 0;
        }
    };
    private final Metrics metrics = new Metrics(STOPPED);

    @Test void anOwnerIsAskedForItsFamiliesWhenSomebodyLooksAndOnlyOnce() {
        List<String> asked = new ArrayList<>();
        metrics.add(() -> {
            asked.add("once");
            return List.of(Family.of("kafka.server", "ReplicaManager", "PartitionCount", new Gauge(() -> 3)));
        });
        metrics.tick();
        assertThat(asked).isEmpty();
        assertThat(beans()).containsExactly("kafka.server:type=ReplicaManager,name=PartitionCount");
        assertThat(beans()).hasSize(1);
        assertThat(asked).hasSize(1);
    }

    @Test void membersAreMadeWhileTheyAreAskedForAndGoWithTheirOwner() {
        var sizes = new TreeMap<String, Integer>();
        FamilyName size = FamilyName.of("millrace", "Topic", "Size", "topic");
        metrics.add(() -> List.of(Family.over(size, sizes, bytes -> new Gauge(() -> bytes))));
        assertThat(beans()).isEmpty();
        sizes.put("orders", 10);
        assertThat(beans()).containsExactly("millrace:type=Topic,name=Size,topic=orders");
        assertThat(metrics.find("millrace", Map.of("topic", "orders", "type", "Topic", "name", "Size")).attributes().getFirst().value().get()).isEqualTo(10);
        assertThat(metrics.find("millrace", Map.of("topic", "payments", "type", "Topic", "name", "Size"))).isNull();
        sizes.clear();
        assertThat(beans()).isEmpty();
    }

    @Test void oneNameWithOtherLabelsIsAnotherFamily() {
        metrics.add(() -> List.of(Family.of("millrace", "Topic", "Size", new Gauge(() -> 7)),
                Family.over(FamilyName.of("millrace", "Topic", "Size", "topic"), Map.of("orders", 5), bytes -> new Gauge(() -> bytes))));
        assertThat(value(Map.of("type", "Topic", "name", "Size"))).isEqualTo(7);
        assertThat(value(Map.of("type", "Topic", "name", "Size", "topic", "orders"))).isEqualTo(5);
        assertThat(metrics.find("millrace", Map.of("type", "Topic", "name", "Size", "partition", "0"))).isNull();
        assertThat(metrics.find("kafka", Map.of("type", "Topic", "name", "Size"))).isNull();
    }

    private Object value(Map<String, String> keys) {
        return metrics.find("millrace", keys).attributes().getFirst().value().get();
    }

    @Test void whatMeansSomethingInANameIsQuotedAsByKafka() {
        FamilyName name = FamilyName.of("kafka.log", "LogManager", "LogDirectoryOffline", "logDirectory");
        assertThat(name.bean(List.of("/data/kafka"))).isEqualTo("kafka.log:type=LogManager,name=LogDirectoryOffline,logDirectory=\"/data/kafka\"");
        assertThat(name.bean(List.of("a*b?c\"d\\e"))).endsWith("logDirectory=\"a\\*b\\?c\\\"d\\\\e\"");
        assertThat(name.bean(List.of("disk_1.a-b"))).endsWith("logDirectory=disk_1.a-b");
    }

    @Test void twoOwnersCannotMeasureTheSame() {
        Measured owner = () -> List.of(Family.of("millrace", "A", "B", new Gauge(() -> 1)));
        metrics.add(owner);
        metrics.add(owner);
        assertThatThrownBy(metrics::families).hasMessageContaining("type=A");
    }

    private List<String> beans() {
        List<String> beans = new ArrayList<>();
        metrics.each((bean, _) -> beans.add(bean));
        return beans;
    }
}
