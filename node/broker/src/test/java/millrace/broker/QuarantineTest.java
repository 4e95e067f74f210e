package millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import millrace.bindings.time.SystemClock;
import millrace.common.TopicPartition;
import millrace.metrics.Metric;
import millrace.metrics.Metrics;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.log.LogEvent;
import org.junit.jupiter.api.Test;

/// Damage is counted as long as it is refused, for each log and in all.
class QuarantineTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 3);
    private static final TopicPartition PAYMENTS = new TopicPartition("payments", 0);
    private final List<LogEvent> passedOn = new ArrayList<>();
    private final StorageMeters meters = new StorageMeters(new SystemClock(), new LogDirSettings.Listener() {
        @Override public void onEvent(LogEvent event) {
            passedOn.add(event);
        }
    });
    private final Metrics metrics = new Metrics(new SystemClock());

    QuarantineTest() {
        metrics.add(meters);
    }

    @Test void rangesAndTheirBytesAreToldOfEachLogAndOfAll() {
        damaged(ORDERS, 0, 100, 10, 19);
        damaged(ORDERS, 500, 600, 50, 59);
        damaged(PAYMENTS, 0, 7, 0, 0);
        assertThat(List.of(of("QuarantinedRanges", ORDERS), of("QuarantinedBytes", ORDERS), of("QuarantinedRanges", PAYMENTS))).containsExactly(2L, 200L, 1L);
        assertThat(List.of(inAll("QuarantinedRanges"), inAll("QuarantinedBytes"))).containsExactly(3L, 207L);
        assertThat(passedOn).hasSize(3);
    }

    @Test void whatHasLeftTheLogIsInQuarantineNoMore() {
        damaged(ORDERS, 0, 100, 10, 19);
        damaged(ORDERS, 500, 600, 50, 59);
        meters.onEvent(new LogEvent.SegmentsDeleted(ORDERS, 1, 400, 20, "retention"));
        assertThat(of("QuarantinedRanges", ORDERS)).isEqualTo(1);
        meters.onEvent(new LogEvent.Truncated(ORDERS, 80, 50));
        assertThat(find("QuarantinedRanges", ORDERS)).as("nothing is refused in it").isNull();
        damaged(PAYMENTS, 0, 7, 0, 0);
        meters.onDeleted(PAYMENTS);
        assertThat(inAll("QuarantinedRanges")).isZero();
    }

    private void damaged(TopicPartition log, int from, int to, long firstOffset, long lastOffset) {
        meters.onEvent(new LogEvent.DamageFound(log, Path.of("00.log"), from, from, to, firstOffset, lastOffset, "it rots"));
    }

    private Metric find(String name, TopicPartition log) {
        return metrics.find("millrace", Map.of("type", "Storage", "name", name, "topic", log.topic(), "partition", Integer.toString(log.partition())));
    }

    private long of(String name, TopicPartition log) {
        return number(find(name, log));
    }

    private long inAll(String name) {
        return number(metrics.find("millrace", Map.of("type", "Storage", "name", name)));
    }

    private static long number(Metric gauge) {
        return ((Number) gauge.attributes().getFirst().value().get()).longValue();
    }
}
