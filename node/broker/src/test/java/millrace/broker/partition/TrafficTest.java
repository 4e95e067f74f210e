package millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import millrace.bindings.time.SystemClock;
import millrace.metrics.Metric;
import millrace.metrics.Metrics;
import millrace.metrics.RateMeter;
import millrace.protocol.ErrorCode;
import millrace.storage.log.AppendResult;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private final Traffic traffic = new Traffic(new SystemClock());
    private final Metrics metrics = new Metrics(new SystemClock());

    TrafficTest() {
        metrics.add(traffic);
    }

    @Test void whatIsAppendedToATopicCountsForItAndForAll() {
        traffic.of("orders").appended(new AppendResult.Appended(10, 14, -1, 0, 0, 90), 100);
        traffic.of("payments").appended(new AppendResult.Appended(0, 0, -1, 0, 0, 7), 7);
        assertThat(of("orders", "MessagesInPerSec")).isEqualTo(5);
        assertThat(of("orders", "BytesInPerSec")).as("as they came").isEqualTo(100);
        assertThat(ofAll("MessagesInPerSec")).isEqualTo(6);
        assertThat(ofAll("BytesInPerSec")).isEqualTo(107);
        assertThat(ofAll("TotalProduceRequestsPerSec")).isEqualTo(2);
    }

    @Test void aRefusalIsFailedTooLargeOrJustAtTheWrongDoor() {
        for (ErrorCode error : List.of(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, ErrorCode.MESSAGE_TOO_LARGE, ErrorCode.NOT_LEADER_OR_FOLLOWER))
            traffic.of("orders").appended(new AppendResult.Refused(error, null, List.of()), 50);
        assertThat(of("orders", "FailedProduceRequestsPerSec")).isEqualTo(1);
        assertThat(of("orders", "BytesRejectedPerSec")).isEqualTo(50);
        assertThat(of("orders", "TotalProduceRequestsPerSec")).isEqualTo(3);
        assertThat(find("orders", "MessagesInPerSec")).as("nothing came in").isNull();
    }

    @Test void aReadOfDamagedRecordsHasFailedAndOneBeyondTheEndHasNot() {
        traffic.of("orders").fetched(ErrorCode.NONE, 300);
        traffic.of("orders").fetched(ErrorCode.OFFSET_OUT_OF_RANGE, 0);
        traffic.of("orders").fetched(ErrorCode.CORRUPT_MESSAGE, 0);
        assertThat(of("orders", "TotalFetchRequestsPerSec")).isEqualTo(3);
        assertThat(of("orders", "FailedFetchRequestsPerSec")).isEqualTo(1);
        assertThat(of("orders", "BytesOutPerSec")).isEqualTo(300);
    }

    @Test void aTopicsCountsGoWithIt() {
        traffic.of("orders").fetched(ErrorCode.NONE, 300);
        traffic.forget("orders");
        assertThat(find("orders", "BytesOutPerSec")).isNull();
        assertThat(ofAll("BytesOutPerSec")).isEqualTo(300);
    }

    private long of(String topic, String name) {
        return ((RateMeter) find(topic, name)).count();
    }

    private Metric find(String topic, String name) {
        return metrics.find("kafka.server", Map.of("type", "BrokerTopicMetrics", "name", name, "topic", topic));
    }

    private long ofAll(String name) {
        return ((RateMeter) metrics.find("kafka.server", Map.of("type", "BrokerTopicMetrics", "name", name))).count();
    }
}
