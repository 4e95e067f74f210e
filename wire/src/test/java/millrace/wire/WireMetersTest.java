package millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import millrace.metrics.Metric;
import millrace.metrics.Metrics;
import millrace.protocol.ApiKey;
import org.junit.jupiter.api.Test;

class WireMetersTest {
    private final FakeLoop clock = new FakeLoop();
    private final WireMeters meters = new WireMeters(clock, new RequestMemory(1 << 20));
    private final Metrics metrics = new Metrics(clock);

    WireMetersTest() {
        metrics.add(meters);
    }

    @Test void apisHaveKafkasNames() {
        assertThat(WireMeters.kafkasName(ApiKey.PRODUCE)).isEqualTo("Produce");
        assertThat(WireMeters.kafkasName(ApiKey.OFFSET_FOR_LEADER_EPOCH)).isEqualTo("OffsetForLeaderEpoch");
        assertThat(WireMeters.kafkasName(ApiKey.ADD_PARTITIONS_TO_TXN)).isEqualTo("AddPartitionsToTxn");
    }

    @Test void aRequestIsThereOnceOneCameWithItsVersion() {
        assertThat(beans()).noneMatch(each -> each.contains("request="));
        meters.answered(ApiKey.METADATA, false, (short) 12, 40, 100_000, 350_000);
        assertThat(beans()).contains("kafka.network:type=RequestMetrics,name=RequestsPerSec,request=Metadata,version=12", "kafka.network:type=RequestMetrics,name=TotalTimeMs,request=Metadata")
                .noneMatch(each -> each.contains("request=Metadata,version=11"));
        assertThat(request("TotalTimeMs", "Metadata", "Mean")).isEqualTo(0.35);
        assertThat(request("LocalTimeMs", "Metadata", "Mean")).isEqualTo(0.1);
        assertThat(request("RemoteTimeMs", "Metadata", "Mean")).isEqualTo(0.25);
        assertThat(request("RequestBytes", "Metadata", "Max")).isEqualTo(40.0);
    }

    @Test void aFetchIsToldTwiceByWhoAsks() {
        meters.answered(ApiKey.FETCH, false, (short) 17, 1, 0, 0);
        meters.answered(ApiKey.FETCH, true, (short) 17, 1, 0, 0);
        meters.answered(ApiKey.FETCH, true, (short) 17, 1, 0, 0);
        assertThat(List.of(request("TotalTimeMs", "Fetch", "Count"), request("TotalTimeMs", "FetchConsumer", "Count"), request("TotalTimeMs", "FetchFollower", "Count"))).containsExactly(3L, 1L, 2L);
    }

    @Test void connectionsAreCountedByListenerAndLoop() {
        meters.connectionOpened("PLAINTEXT", 0);
        meters.connectionOpened("PLAINTEXT", 1);
        meters.connectionOpened("PLAINTEXT", 1);
        meters.connectionClosed("PLAINTEXT", 1);
        Map<String, String> second = Map.of("type", "socket-server-metrics", "listener", "PLAINTEXT", "networkProcessor", "1");
        assertThat(read(metrics.find("kafka.server", second), "connection-count")).isEqualTo(1.0);
        assertThat(read(metrics.find("kafka.server", second), "connection-creation-total")).isEqualTo(2.0);
        assertThat(read(metrics.find("kafka.server", second), "connection-creation-rate")).as("two in the half minute that rates look back").isEqualTo(2 / 30.0);
    }

    private Object request(String name, String request, String attribute) {
        return read(metrics.find("kafka.network", Map.of("type", "RequestMetrics", "name", name, "request", request)), attribute);
    }

    private static Object read(Metric metric, String attribute) {
        return metric.attributes().stream().filter(each -> each.name().equals(attribute)).findFirst().orElseThrow().value().get();
    }

    private List<String> beans() {
        List<String> beans = new ArrayList<>();
        metrics.each((bean, _) -> beans.add(bean));
        return beans;
    }
}
